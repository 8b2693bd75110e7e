// SPDX-License-Identifier: MIT
// What the world sees its planes do, and what of it may not be.
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/status.hpp"
#include "tests/sim/confidential.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

constexpr core::Duration restart_within = core::seconds(5);
constexpr core::Duration starved_after = core::seconds(30);

template <class... Parts>
std::string joined(const Parts&... parts) {
  std::string text;
  ((text += parts, text += '/'), ...);
  return text;
}

}  // namespace

void World::sent(const Node& from, const core::PlaneName& site, const core::Command& command) {
  Said& said = commands_[{site, command.id}];
  if (said.attempt != 0) marks.hit(Mark::command_repeated);
  said = {from.name(), std::max(said.attempt, command.attempt)};
}

void World::acknowledged(const Node& node, const Deliver& copy) {
  for (const auto& people : people_) people->taken(node, copy);
}

void World::answered(const Node& node, const runtime::AnswerOut& out) {
  for (const auto& people : people_) people->answered(node, out);
}

/// I6: what said "not yet" is asked again in its time, with what it said.
void World::check_poll(const Node& node, const runtime::Work& work, const core::Task& task) {
  const auto said = core::parse_object(work.poll_state);
  if (said.value("said", 0) == work.polls && task.polls == work.polls) return;
  broken("I6", node.name().text() + " asks the work of task " + task.id.text() + " for the poll " +
                   std::to_string(work.polls) + " with " + work.poll_state);
}

/// I6: only what its origin sent is begun, and once by each journal and attempt.
void World::work_begun(const Node& node, const runtime::Work& work,
                       const std::optional<core::Activation>& run,
                       const std::optional<core::Task>& task) {
  if (!run || !task) {
    broken("I6", node.name().text() + " begins work that no row asks for");
    return;
  }
  if (work.polls > 0) return check_poll(node, work, *task);
  const std::string journal = node.disk().identity().journal;
  std::string piece = joined(journal, run->id.text(), std::to_string(work.key.run));
  if (!run->origin.empty()) {
    const auto sent = commands_.find({node.name(), run->task_id});
    if (sent == commands_.end() || sent->second.attempt < task->attempt ||
        sent->second.origin != run->origin) {
      broken("I6", node.name().text() + " begins task " + run->task_id.text() +
                       ", which its origin never sent");
    }
    piece = joined(journal, run->origin.text(), run->task_id.text(), std::to_string(task->attempt));
  } else {
    piece += joined(std::to_string(work.key.ordinal), std::to_string(work.attempt));
  }
  const int times = ++begun_[piece];
  if (times > 1 && !task->idempotent) {
    broken("I6", node.name().text() + " begins the work of " + run->id.text() + " " +
                     std::to_string(times) + " times");
  }
}

/// L2: what it owes goes out, as far as the window allows, however long ago it was sent before.
void World::came_to_the_bus(Node& node) {
  check_sent_soon(node, now);
  if (!core::planted(core::Planted::late_after_restart)) return;
  agenda.put(now + core::minutes(1), [this] {  // hides the bug from everybody else
    for (auto& site : nodes_) net.cut(site->client());
  });
}

void World::check_sent_soon(Node& node, core::Instant since) {
  agenda.put(now + restart_within, [this, &node, since] {
    --items_;
    if (node.on_bus_since() != since) return;
    if (!node.had_room_for(restart_within)) return check_sent_soon(node, since);
    check_sent(node);
  });
}

void World::check_sent(const Node& node) {
  const auto rows = node.disk().begin();
  for (const core::PlaneName& site : rows->owing_sites()) {
    for (const core::Task& task :
         rows->owed(site, std::nullopt, core::limits::in_flight_per_site)) {
      const bool old = task.created < node.own_time(*node.on_bus_since());
      if (task.state != core::TaskState::owed || !old || node.sent().contains(task.id)) continue;
      broken("L2", "task " + task.id.text() + " of " + site.text() + " was not sent within " +
                       core::to_text(restart_within) + " after the start");
    }
  }
}

/// L3: no site and no run is left out for long, whatever others do.
void World::check_starved() {
  const core::Duration look_every = std::max(starved_after, core::Duration{swarm.length.ms / 64});
  agenda.put(now + look_every, [this] {
    --items_;  // a look is no step of what is looked at
    for (const auto& centre : centres()) check_starved(*centre);
    for (const auto& node : nodes_) check_late(*node);
    check_starved();
  });
}

void World::check_starved(const Node& centre) {
  const auto since = centre.on_bus_since();
  if (!since || *since + starved_after > now || !centre.had_room_for(starved_after)) return;
  const auto rows = centre.disk().begin();
  for (const core::PlaneName& site : rows->owing_sites()) {
    const auto owed = rows->owed(site, std::nullopt, 1);
    if (owed.empty() || owed.front().state != core::TaskState::owed) continue;
    const core::Instant created = owed.front().created;
    const bool fresh = created > centre.own_time(centre.booted());  // else L2 speaks of it
    const bool old = created + starved_after < centre.own_time(now);
    if (fresh && old && !centre.sent().contains(owed.front().id)) {
      broken("L3", "site " + site.text() + " is owed a task for long, and was never sent it");
    }
  }
}

void World::check_late(const Node& node) {
  if (!node.up() || node.booted() + starved_after > now) return;
  if (!node.had_room_for(starved_after)) return;
  const auto late = node.disk().begin()->due(node.own_time(now - starved_after), 1);
  if (late.empty()) return;
  broken("L3", "run " + late.front().activation.text() + " is due at " + node.name().text() +
                   " for long, and nothing happens");
}

void World::applying(const Node&, const core::Slice& slice, const core::Event& event) {
  table_.applying(slice, event);
  const auto* reply = std::get_if<core::ReplyReceived>(&event);
  if (reply != nullptr && slice.task && core::settled(slice.task->state)) {
    marks.hit(Mark::reply_after_settled);
  }
}

void World::applied(const Node& node, const core::Slice& slice, const core::Event& event,
                    const core::Outcome& outcome) {
  if (auto found = table_.applied(slice)) broken(node, {std::move(*found)});
  if (!outcome.refused) return;
  if (std::holds_alternative<core::ReplyReceived>(event) &&
      outcome.refused->status == core::status::forbidden) {
    marks.hit(Mark::reply_forged);
  }
  if (std::holds_alternative<core::CommandReceived>(event)) marks.hit(Mark::command_from_stranger);
}

void World::seen(const Node& node, const core::RunRecord& before, const core::RunRecord& after) {
  broken(node, check_kept(after));
  for (const core::Task& task : after.tasks) {
    const bool forged = task.outputs.find("forged") != std::string::npos ||
                        task.error == "forged" || task.journal == "forged";
    if (forged) {
      broken("I7", node.name().text() + ": a forged reply changed a task of " +
                       after.activation.id.text());
    }
  }
  using State = core::ActivationState;
  const State state = after.activation.state;
  if (!before.activation.id.empty() && before.activation.state == state) return;
  if (state == State::paused) marks.hit(Mark::run_paused);
  if (!core::ended(state)) return;
  marks.hit(state == State::done     ? Mark::run_done
            : state == State::failed ? Mark::run_failed
                                     : Mark::run_cancelled);
  for (const core::Task& task : after.tasks) {
    if (task.state == core::TaskState::uncertain) marks.hit(Mark::task_uncertain);
    if (task.state == core::TaskState::rejected) marks.hit(Mark::task_rejected);
    if (task.state == core::TaskState::cancelled) marks.hit(Mark::task_cancelled);
    if (task.status == core::status::timed_out) marks.hit(Mark::task_timed_out);
    if (task.attempt > 1) {
      marks.hit(task.state == core::TaskState::done ? Mark::later_attempt_done
                                                    : Mark::later_attempt_failed);
    }
  }
  std::set<std::string> stages;
  for (const core::StageRun& run : after.runs) {
    if (run.parts.count > 0 && run.state == core::StageRunState::done) {
      marks.hit(Mark::parts_done);
    }
    if (run.begins_at && run.begins_at != run.opened_at) marks.hit(Mark::stage_scheduled);
    if (run.total > 1 && run.state == core::StageRunState::done) marks.hit(Mark::fan_out_done);
    if (!stages.insert(run.stage).second) marks.hit(Mark::loop_taken);
  }
}

}  // namespace antiphon::sim
