// SPDX-License-Identifier: MIT
// What the world sees its planes do, and what of it may not be.
#include "engine/core/status.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

template <class... Parts>
std::string joined(const Parts&... parts) {
  std::string text;
  ((text += parts, text += '/'), ...);
  return text;
}

}  // namespace

void World::sent(const Node&, const core::PlaneName& site, const core::Command& command) {
  int& attempt = commands_[{site, command.id}];
  if (attempt != 0) marks.hit(Mark::command_repeated);
  attempt = std::max(attempt, command.attempt);
}

void World::acknowledged(const Node& node, const Deliver& copy) {
  if (&node == &hq()) people_->taken(copy);
}

/// I6: only what its origin sent is begun, and once by each journal and attempt.
void World::work_begun(const Node& node, const runtime::Work& work,
                       const std::optional<core::Activation>& run,
                       const std::optional<core::Task>& task) {
  if (!run || !task) {
    broken("I6", node.name().text() + " begins work that no row asks for");
    return;
  }
  const std::string journal = node.disk().identity().journal;
  std::string piece = joined(journal, run->id.text(), std::to_string(work.key.run));
  if (!run->origin.empty()) {
    const auto sent = commands_.find({node.name(), run->task_id});
    if (sent == commands_.end() || sent->second < task->attempt) {
      broken("I6", node.name().text() + " begins task " + run->task_id.text() +
                       ", which its origin never sent");
    }
    piece = joined(journal, run->origin.text(), run->task_id.text(), std::to_string(task->attempt));
  } else {
    piece += std::to_string(work.key.ordinal);
  }
  const int times = ++begun_[piece];
  if (times > 1 && !task->idempotent) {
    broken("I6", node.name().text() + " begins the work of " + run->id.text() + " " +
                     std::to_string(times) + " times");
  }
}

void World::applying(const Node&, const core::Slice& slice, const core::Event& event) {
  const auto* reply = std::get_if<core::ReplyReceived>(&event);
  if (reply != nullptr && slice.task && core::settled(slice.task->state)) {
    marks.hit(Mark::reply_after_settled);
  }
}

void World::applied(const Node&, const core::Slice&, const core::Event& event,
                    const core::Outcome& outcome) {
  if (!outcome.refused) return;
  if (std::holds_alternative<core::ReplyReceived>(event) &&
      outcome.refused->status == core::status::forbidden) {
    marks.hit(Mark::reply_forged);
  }
  if (std::holds_alternative<core::CommandReceived>(event)) marks.hit(Mark::command_from_stranger);
}

void World::seen(const Node& node, const core::RunRecord& before, const core::RunRecord& after) {
  for (const core::Task& task : after.tasks) {
    if (task.outputs.find("forged") != std::string::npos) {
      broken("I7", node.name().text() + ": a forged reply settled a task of " +
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
  }
  std::set<std::string> stages;
  for (const core::StageRun& run : after.runs) {
    if (run.total > 1 && run.state == core::StageRunState::done) marks.hit(Mark::fan_out_done);
    if (!stages.insert(run.stage).second) marks.hit(Mark::loop_taken);
  }
}

}  // namespace antiphon::sim
