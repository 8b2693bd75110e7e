// SPDX-License-Identifier: MIT
#include "tests/unit/transition_events.hpp"

#include <iterator>

#include "engine/core/apply.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::test {
namespace {

using core::ReplyState;
using core::WorkReported;

const core::TaskId commanded_task = *core::TaskId::parse("t1");
const core::PlaneName above = *core::PlaneName::parse("above");
const core::PlaneName own_site = *core::PlaneName::parse("c0");
const core::PlaneName stranger = *core::PlaneName::parse("elsewhere");

void add_requests(std::vector<Happening>& all) {
  for (const bool paused : {false, true}) {
    for (const char* stage : {"next", "nowhere"}) {
      core::ActivationRequested event;
      event.request.activation = *core::ActivationId::parse("a1");
      event.request.campaign = *core::CampaignName::parse("c");
      event.request.stage = stage;
      event.request.inputs = "{}";
      event.request.paused = paused;
      event.hash = "hash";
      event.author = "ann";
      all.push_back({About::run, event});
    }
  }
}

core::CommandReceived command(int attempt, const char* provider, const char* inputs) {
  core::CommandReceived event;
  event.origin = above;
  event.command.id = commanded_task;
  event.command.attempt = attempt;
  event.command.stage = "work";
  event.command.context = "hq";
  event.command.provider = provider;
  event.command.config = "{}";
  event.command.inputs = inputs;
  event.command.depth = 1;
  event.deadline = event.command.deadline = deadline_at;
  return event;
}

void add_commands(std::vector<Happening>& all) {
  for (int attempt = known_attempt - 1; attempt <= known_attempt + 1; ++attempt) {
    const auto add = [&all](const core::CommandReceived& event, bool parent = true) {
      all.push_back({About::command, event, made_at, parent});
    };
    const core::CommandReceived script = command(attempt, "script", "{}");
    add(script);
    add(script, false);
    add(command(attempt, "mock", "{}"));
    add(command(attempt, "delay", R"({"delay":30})"));
    add(command(attempt, "delay", R"({"delay":"soon"})"));
    add(command(attempt, "counter", "{}"));
    add(command(attempt, "ask", R"({"times":2})"));
    core::CommandReceived expired = script;
    expired.deadline = made_at;
    add(expired);
    core::CommandReceived circular = script;
    circular.command.path = {"hq"};
    add(circular);
    core::CancelReceived cancel;
    cancel.origin = above;
    cancel.cancel = {commanded_task, attempt, "it is late"};
    all.push_back({About::command, cancel});
    all.push_back({About::command, cancel, made_at, false});
  }
}

core::ReplyReceived reply(ReplyState state, int attempt, const core::PlaneName& site) {
  core::ReplyReceived event;
  event.site = site;
  event.reply.state = state;
  event.reply.attempt = attempt;
  event.reply.journal = "theirs";
  return event;
}

void add_replies(std::vector<Happening>& all) {
  for (const auto state :
       {ReplyState::accepted, ReplyState::started, ReplyState::progress, ReplyState::done,
        ReplyState::failed, ReplyState::rejected, ReplyState::cancelled}) {
    all.push_back({About::task, reply(state, known_attempt, own_site)});
    core::ReplyReceived older = reply(state, known_attempt - 1, own_site);
    all.push_back({About::task, older});
    if (!core::is_final(state)) continue;
    core::ReplyReceived bad = reply(state, known_attempt, own_site);
    bad.reply.status = core::status::uncertain;
    bad.reply.outputs = older.reply.outputs = R"({"status":500,"error":"no"})";
    all.push_back({About::task, bad});
    all.push_back({About::task, older});
  }
  all.push_back({About::task, reply(ReplyState::started, known_attempt, stranger)});
  all.push_back({About::task, reply(ReplyState::done, known_attempt, stranger)});
}

/// Commanded work is at its first attempt, as its stage run is.
void add_work(std::vector<Happening>& all) {
  using Kind = WorkReported::Kind;
  const std::string too_much(core::limits::poll_state_bytes + 1, ' ');
  for (const int attempt : {1, known_attempt}) {
    all.push_back({About::task, WorkReported{Kind::started, 0, {}, {}, attempt}});
    all.push_back({About::task, WorkReported{Kind::uncertain, 0, {}, {}, attempt}});
    all.push_back({About::task, WorkReported{Kind::not_yet, 0, "{}", "an answer", attempt}});
    all.push_back({About::task, WorkReported{Kind::started, 0, {}, {}, attempt, known_polls}});
    all.push_back({About::task, WorkReported{Kind::finished, 200, {}, {}, attempt, known_polls}});
    all.push_back({About::task, WorkReported{Kind::not_yet, 0, too_much, {}, attempt}});
    all.push_back({About::task, WorkReported{Kind::not_yet, 0, "{}", {}, attempt, known_polls}});
    for (const int status : {200, 500, 20001}) {
      const char* error = status == 200 ? "" : "no";
      all.push_back({About::task, WorkReported{Kind::finished, status, {}, error, attempt}});
    }
  }
}

void add_the_rest(std::vector<Happening>& all) {
  for (const core::Instant at : {made_at, turn_at, send_at, wake_at, deadline_at}) {
    if (at <= turn_at) all.push_back({About::run, core::DueReached{}, at});
    all.push_back({About::task, core::DueReached{}, at});
  }
  for (const auto verb : core::verbs) {
    all.push_back({About::run, core::VerbRequested{verb, "ann", {}}});
  }
  for (const char* stage : {"next", "pure", "nowhere"}) {
    all.push_back({About::run, core::VerbRequested{core::Verb::rewind, "ann", {}, {}, stage}});
    all.push_back({About::run, core::VerbRequested{core::Verb::retry, "ann", {}, {}, stage}});
    all.push_back({About::run, core::VerbRequested{core::Verb::skip, "ann", {}, {}, stage}});
  }
  all.push_back({About::task, core::JournalLost{}});
}

void add_votes(std::vector<Happening>& all) {
  for (const char* comment : {"", "again", "no"}) {
    for (const bool approve : {true, false}) {
      all.push_back({About::task, core::VoteGiven{{approve, "ann", comment}, {}}});
    }
  }
  all.push_back({About::run, core::VoteGiven{{true, "ann", {}}, {}}});
  for (const char* name : {"go", "fail", "full", "early"}) {
    core::SignalGiven event;
    event.signal.name = name;
    all.push_back({About::run, event});
  }
}

void add_steps(std::vector<Happening>& all) {
  core::StepRequested step;
  step.author = "ci";
  all.push_back({About::run, step});
  for (const bool self_driving : {true, false}) {
    core::StepRequested driver = step;
    driver.request.self_driving = self_driving;
    all.push_back({About::run, driver});
  }
  step.request.stage = "nowhere";
  all.push_back({About::run, step});
  step.request.stage = "wait";
  step.request.token = "build-7";
  step.request.inputs = step.request.outputs = R"({"n":7})";
  all.push_back({About::run, step});
}

std::optional<core::RunRecord> stored_record(store::Transaction& rows) {
  auto activation = rows.activation(*core::ActivationId::parse("a1"));
  if (!activation) activation = rows.commanded(above, commanded_task);
  if (!activation) return std::nullopt;
  core::RunRecord record;
  record.activation = *std::move(activation);
  const core::ActivationId& id = record.activation.id;
  for (std::int64_t run = 1; run <= record.activation.run; ++run) {
    record.runs.push_back(*rows.stage_run(id, run));
    constexpr std::size_t every_task = 1'000;
    rows.each_task(id, run, -1, every_task, [&record](const core::Task& task) {
      record.tasks.push_back(task);
      return true;
    });
    const std::string& stage = record.runs.back().stage;
    if (auto output = rows.output(id, stage)) record.outputs[stage] = *output;
  }
  return record;
}

void store_record(store::Transaction& rows, const core::RunRecord& record) {
  rows.insert(record.activation);
  for (const core::StageRun& run : record.runs) rows.insert(run);
  for (const core::Task& task : record.tasks) rows.insert(task);
  for (const auto& [stage, output] : record.outputs) {
    rows.put_output(record.activation.id, stage, output);
  }
}

void load(core::Slice& slice, const Happening& happening, const Situation& situation,
          const core::RunRecord& record) {
  slice.activation = record.activation;
  if (!record.runs.empty()) slice.run = record.runs.back();
  const bool with_task = happening.about != About::run && situation.task;
  if (with_task) slice.task = record.tasks[situation.task_index()];
}

template <class Found>
void append(std::vector<core::Violation>& all, Found found) {
  std::move(found.begin(), found.end(), std::back_inserter(all));
}

void check(Applied& applied) {
  if (!applied.after) return;
  append(applied.broken, check_transitions(applied.meeting, applied.before, *applied.after));
  append(applied.broken, core::check_run(*applied.after, plane(true).self));
  if (applied.before) {
    append(applied.broken, core::check_step(*applied.before, *applied.after));
  }
}

}  // namespace

std::vector<Happening> all_happenings() {
  std::vector<Happening> all;
  add_requests(all);
  add_commands(all);
  add_replies(all);
  add_work(all);
  add_the_rest(all);
  add_steps(all);
  add_votes(all);
  return all;
}

bool fits(const Happening& happening, const Situation& situation) {
  const bool request = std::holds_alternative<core::ActivationRequested>(happening.event);
  if (!situation.run) return request || happening.about == About::command;
  if (situation.is_wide()) return happening.about == About::run && !request;
  if (happening.about == About::command) return situation.commanded;
  if (happening.about == About::run) return true;
  if (!situation.task) return false;
  const auto* reply = std::get_if<core::ReplyReceived>(&happening.event);
  const bool of_site = (reply != nullptr && reply->site == own_site) ||
                       std::holds_alternative<core::JournalLost>(happening.event);
  return situation.place == Place::site || !of_site;
}

Applied apply(store::Store& store, const Happening& happening, const Situation& situation) {
  const auto rows = store.begin();
  Applied applied;
  applied.before = record_of(situation);
  if (applied.before) store_record(*rows, *applied.before);
  const core::Plane& here = plane(happening.parent);
  core::Slice slice(*rows, here, {happening.at, {1, 2}});
  if (applied.before) load(slice, happening, situation, *applied.before);
  const bool request = std::holds_alternative<core::ActivationRequested>(happening.event);
  if (request || !situation.commanded) slice.campaign = campaign(situation);

  core::TransitionCheck looking_on;
  looking_on.applying(slice, happening.event);
  applied.meeting = looking_on.meeting();
  applied.outcome = core::apply(slice, happening.event);
  if (auto wrong = looking_on.applied(slice)) applied.broken.push_back(*std::move(wrong));
  applied.after = stored_record(*rows);
  check(applied);
  return applied;
}

}  // namespace antiphon::test
