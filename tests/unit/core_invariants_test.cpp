// SPDX-License-Identifier: MIT
// The checkers are checked: a sound run has no violation, and each planted fault is found by the
// rule it breaks.
#include <doctest/doctest.h>

#include <functional>

#include "engine/core/aggregate.hpp"
#include "engine/core/invariants.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

const PlaneName self = *PlaneName::parse("hq");
constexpr Instant start{1'000};

Task task(std::int64_t run, std::int64_t ordinal, TaskState state) {
  Task task;
  task.key = {*ActivationId::parse("a1"), run, ordinal};
  task.id = *TaskId::parse("id" + std::to_string(run) + std::to_string(ordinal));
  task.context = "site" + std::to_string(ordinal);
  task.site = *PlaneName::parse(task.context);
  task.provider = "mock";
  task.state = state;
  task.deadline = start + days(7);
  if (!settled(state)) return task;
  task.status = state == TaskState::done ? 200 : 500;
  task.outputs = R"({"v":1})";
  task.settled_at = start;
  return task;
}

StageRun stage_run(std::int64_t number, const char* stage, StageRunState state) {
  StageRun run;
  run.activation = *ActivationId::parse("a1");
  run.run = number;
  run.stage = stage;
  run.state = state;
  run.total = run.opened = 2;
  run.opened_at = start;
  return run;
}

/// The first stage run is closed, the second waits for one of its two tasks.
RunRecord sound() {
  RunRecord record;
  record.activation.id = *ActivationId::parse("a1");
  record.activation.run = 2;
  record.activation.stage = "second";
  StageRun first = stage_run(1, "first", StageRunState::failed);
  first.succeeded = first.failed = 1;
  first.next_stage = "second";
  first.ended_at = start;
  StageRun second = stage_run(2, "second", StageRunState::open);
  second.succeeded = 1;
  record.runs = {first, second};
  record.tasks = {task(1, 0, TaskState::done), task(1, 1, TaskState::failed),
                  task(2, 0, TaskState::done), task(2, 1, TaskState::owed)};
  Aggregate all;
  add(all, record.tasks[0], self);
  add(all, record.tasks[1], self);
  finish(all);
  record.outputs["first"] = {1, stored(all)};
  return record;
}

void end(RunRecord& record) {
  Task& last = record.tasks[3];
  last.state = TaskState::failed;
  last.status = 500;
  last.settled_at = start;
  StageRun& run = record.runs[1];
  run.state = StageRunState::cancelled;
  run.failed = 1;
  run.ended_at = start;
  record.activation.state = ActivationState::cancelled;
  record.activation.ended_at = start;
}

using Fault = std::function<void(RunRecord&)>;

struct Row {
  const char* rule;
  const char* text;
  Fault fault;
};

bool finds(const std::vector<Violation>& found, const Row& row) {
  for (const Violation& violation : found) {
    if (violation.rule == row.rule && violation.text.find(row.text) != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("invariants: a sound run has no violation, open or ended") {
  RunRecord record = sound();
  CHECK(check_run(record, self).empty());
  CHECK(check_step(record, record).empty());
  const RunRecord before = record;
  end(record);
  CHECK(check_run(record, self).empty());
  CHECK(check_step(before, record).empty());
}

void check_each(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    RunRecord record = sound();
    row.fault(record);
    CHECK_MESSAGE(finds(check_run(record, self), row), row.rule, ": ", row.text);
  }
}

TEST_CASE("invariants: each planted fault in what a run has done is found by its rule") {
  check_each({
      {"I3", "`succeeded`", [](RunRecord& r) { r.runs[1].succeeded = 0; }},
      {"I3", "`failed`", [](RunRecord& r) { r.runs[0].failed = 0; }},
      {"I3", "`opened`", [](RunRecord& r) { r.runs[1].opened = 1; }},
      {"I3", "without all its tasks", [](RunRecord& r) { r.runs[1].total = 3; }},
      {"I3", "more tasks than", [](RunRecord& r) { r.runs[1].total = 1; }},
      {"I3", "one by one", [](RunRecord& r) { r.tasks[3].key.ordinal = 2; }},
      {"I3", "has two tasks", [](RunRecord& r) { r.tasks[3].context = r.tasks[2].context; }},
      {"I3", "what the tasks say", [](RunRecord& r) { r.tasks[0].outputs = R"({"v":2})"; }},
      {"I3", "no ended stage run", [](RunRecord& r) { r.outputs["first"].run = 2; }},
      {"I3", "leaving its outputs", [](RunRecord& r) { r.outputs.clear(); }},
      {"I3", "done with failed", [](RunRecord& r) { r.runs[0].state = StageRunState::done; }},
      {"I3", "without a number", [](RunRecord& r) { r.tasks[1].status = 0; }},
      {"I4", "does not follow", [](RunRecord& r) { r.runs[1].run = 3; }},
      {"I4", "before the one before", [](RunRecord& r) { r.runs[0].state = StageRunState::open; }},
      {"I4", "before the end of", [](RunRecord& r) { r.runs[0].ended_at = start + seconds(1); }},
      {"I4", "not the stage that was chosen", [](RunRecord& r) { r.runs[0].next_stage = "third"; }},
      {"I4", "open in a stage run", [](RunRecord& r) { r.tasks[1] = task(1, 1, TaskState::owed); }},
      {"I4", "`run` is not", [](RunRecord& r) { r.activation.run = 3; }},
      {"I4", "`stage` is not", [](RunRecord& r) { r.activation.stage = "first"; }},
      {"I4", "while one is open", [](RunRecord& r) { r.activation.next_stage = "first"; }},
      {"I5", "without its instant", [](RunRecord& r) { r.tasks[2].settled_at.reset(); }},
      {"I5", "without its instant", [](RunRecord& r) { r.runs[1].ended_at = start; }},
      {"I5", "in a run that has ended",
       [](RunRecord& r) { r.activation.state = ActivationState::done; }},
      {"I5", "something to do",
       [](RunRecord& r) {
         end(r);
         r.activation.due = start;
       }},
      {"I5", "have one id", [](RunRecord& r) { r.tasks[3].id = r.tasks[0].id; }},
  });
}

TEST_CASE("invariants: each planted fault in what a run waits for is found by its rule") {
  check_each({
      {"I6", "without its task",
       [](RunRecord& r) { r.activation.origin = *PlaneName::parse("above"); }},
      {"I8", "context is too long",
       [](RunRecord& r) { r.tasks[3].context.assign(limits::context_bytes + 1, 'x'); }},
      {"I8", "does not need any more", [](RunRecord& r) { r.runs[1].contexts = "[]"; }},
      {"waits", "has no deadline", [](RunRecord& r) { r.tasks[3].deadline = {}; }},
      {"waits", "end of its grace", [](RunRecord& r) { r.tasks[3].state = TaskState::cancelling; }},
      {"waits", "it has no site",
       [](RunRecord& r) {
         r.tasks[3].site = {};
         r.tasks[3].next_send = start;
       }},
      {"waits", "nothing wakes it",
       [](RunRecord& r) {
         r.runs[1].state = StageRunState::opening;
         r.runs[1].contexts = "[\"x\"]";
       }},
      {"waits", "contexts that are left",
       [](RunRecord& r) { r.runs[1].state = StageRunState::opening; }},
      {"waits", "nothing to wait for", [](RunRecord& r) { r.runs[1].failed = 1; }},
      {"waits", "has none to open",
       [](RunRecord& r) {
         end(r);
         r.activation.state = ActivationState::running;
       }},
      {"waits", "a stage to open, and nothing wakes it",
       [](RunRecord& r) {
         end(r);
         r.activation.state = ActivationState::running;
         r.activation.next_stage = "first";
       }},
      {"waits", "not asked to stop",
       [](RunRecord& r) { r.activation.state = ActivationState::cancelling; }},
  });
}

TEST_CASE("invariants: each planted change of what has ended is found by its rule") {
  const Row rows[]{
      {"I4", "went back", [](RunRecord& r) { r.activation.run = 1; }},
      {"I5", "settled twice", [](RunRecord& r) { r.tasks[0].outputs = "{}"; }},
      {"I5", "settled twice", [](RunRecord& r) { r.tasks[0].state = TaskState::failed; }},
      {"I5", "became another task", [](RunRecord& r) { r.tasks[3].site = self; }},
      {"I5", "is gone", [](RunRecord& r) { r.tasks.pop_back(); }},
      {"I5", "stage run is gone", [](RunRecord& r) { r.runs.pop_back(); }},
      {"I5", "had ended, and changed", [](RunRecord& r) { r.runs[0].next_stage = "third"; }},
      {"I5", "its seq went back", [](RunRecord& r) { r.activation.seq = -1; }},
      {"I5", "its time went back", [](RunRecord& r) { r.activation.updated = {-1}; }},
      {"I5", "version or inputs", [](RunRecord& r) { r.activation.hash = "other"; }},
      {"I6", "attempt went back", [](RunRecord& r) { r.tasks[3].attempt = 0; }},
      {"I8", "too many stages", [](RunRecord& r) { r.activation.run = 2'000; }},
  };
  for (const Row& row : rows) {
    RunRecord after = sound();
    row.fault(after);
    CHECK_MESSAGE(finds(check_step(sound(), after), row), row.rule, ": ", row.text);
  }
  RunRecord ended = sound();
  end(ended);
  CHECK(finds(check_step(ended, sound()), {"I5", "had ended, and goes on", {}}));
  RunRecord cancelling = sound();
  cancelling.activation.state = ActivationState::cancelling;
  CHECK(finds(check_step(cancelling, sound()), {"I5", "being cancelled", {}}));
}

}  // namespace antiphon::core
