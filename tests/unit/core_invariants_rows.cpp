// SPDX-License-Identifier: MIT
#include "tests/unit/core_invariants_rows.hpp"

#include "engine/core/aggregate.hpp"

namespace antiphon::core {
namespace {

Task sample_task(std::int64_t run, std::int64_t ordinal, TaskState state) {
  Task task;
  task.key = {*ActivationId::parse("a1"), run, ordinal};
  task.id = *TaskId::parse("id" + std::to_string(run) + std::to_string(ordinal));
  task.context = "site" + std::to_string(ordinal);
  task.site = *PlaneName::parse(task.context);
  task.provider = "mock";
  task.state = state;
  task.request = R"({"config":{},"inputs":{}})";
  task.created = start - seconds(1);
  task.deadline = start + days(7);
  if (!settled(state)) return task;
  task.status = state == TaskState::done ? 200 : 500;
  task.outputs = R"({"v":1})";
  task.settled_at = start;
  return task;
}

StageRun sample_stage_run(std::int64_t number, const char* stage, StageRunState state) {
  StageRun run;
  run.activation = *ActivationId::parse("a1");
  run.run = number;
  run.stage = stage;
  run.state = state;
  run.total = run.opened = 2;
  run.opened_at = start;
  if (!ended(state)) return run;
  run.status = state == StageRunState::done ? 9996 : 500;
  run.ended_at = start;
  return run;
}

void leave_outputs(RunRecord& record, const StageRun& run) {
  Aggregate all;
  for (const Task& task : record.tasks) {
    if (task.key.run == run.run) add(all, run, {&task, 1}, self());
  }
  finish(all);
  record.outputs[run.stage] = {run.run, stored(all)};
}

}  // namespace

std::string at::task(int stage_run, int ordinal) {
  return "run a1, stage run " + std::to_string(stage_run) + ", task " + std::to_string(ordinal) +
         " (site" + std::to_string(ordinal) + ")";
}

const PlaneName& self() {
  static const PlaneName name = *PlaneName::parse("hq");
  return name;
}

RunRecord open_run() {
  RunRecord record;
  Activation& activation = record.activation;
  activation.id = *ActivationId::parse("a1");
  activation.hash = "hash";
  activation.inputs = "{}";
  activation.run = 2;
  activation.stage = "second";
  activation.created = start - seconds(1);
  activation.updated = start;
  StageRun first = sample_stage_run(1, "first", StageRunState::failed);
  first.succeeded = first.failed = 1;
  first.next_stage = "second";
  first.handled = true;
  StageRun second = sample_stage_run(2, "second", StageRunState::open);
  second.succeeded = 1;
  record.runs = {first, second};
  record.tasks = {sample_task(1, 0, TaskState::done), sample_task(1, 1, TaskState::failed),
                  sample_task(2, 0, TaskState::done), sample_task(2, 1, TaskState::owed)};
  leave_outputs(record, first);
  return record;
}

RunRecord ended_run() {
  RunRecord record = open_run();
  record.tasks[3] = sample_task(2, 1, TaskState::failed);
  StageRun& run = record.runs[1];
  run = sample_stage_run(2, "second", StageRunState::cancelled);
  run.succeeded = run.failed = 1;
  record.activation.state = ActivationState::cancelled;
  record.activation.status = 20001;
  record.activation.ended_at = start;
  return record;
}

RunRecord run_between() {
  RunRecord record = open_run();
  record.tasks[3] = sample_task(2, 1, TaskState::done);
  StageRun& run = record.runs[1];
  run = sample_stage_run(2, "second", StageRunState::done);
  run.succeeded = 2;
  run.next_stage = "third";
  leave_outputs(record, run);
  record.activation.next_stage = "third";
  record.activation.due = start;
  return record;
}

RunRecord run_with_parts() {
  RunRecord record = open_run();
  StageRun& run = record.runs[1];
  run.parts = {2, 1, 0};
  run.total = run.opened = 1;
  run.succeeded = 0;
  record.tasks.pop_back();
  for (const std::int64_t ordinal : {1, 2}) {
    Task part = sample_task(2, ordinal, ordinal == 1 ? TaskState::done : TaskState::owed);
    part.context = record.tasks[2].context;
    part.name = "part" + std::to_string(ordinal);
    part.site = {};
    record.tasks.push_back(std::move(part));
  }
  return record;
}

RunRecord commanded_run() {
  RunRecord record;
  Activation& activation = record.activation;
  activation.id = *ActivationId::parse("a1");
  activation.origin = *PlaneName::parse("above");
  activation.task_id = *TaskId::parse("t1");
  activation.run = 2;
  activation.stage = "first";
  activation.depth = 1;
  StageRun failed = sample_stage_run(1, "first", StageRunState::failed);
  failed.total = failed.opened = failed.failed = 1;
  StageRun open = sample_stage_run(2, "first", StageRunState::open);
  open.total = open.opened = 1;
  record.runs = {failed, open};
  record.tasks = {sample_task(1, 0, TaskState::failed), sample_task(2, 0, TaskState::started)};
  record.tasks[1].attempt = 2;
  for (Task& task : record.tasks) task.site = {};
  return record;
}

std::function<std::vector<Violation>()> checked(RunRecord (*base)(), Fault fault) {
  return [base, fault = std::move(fault)] {
    RunRecord record = base();
    fault(record);
    return check_run(record, self());
  };
}

LaneRecord sound_lane() {
  LaneRecord record;
  record.lane = {
      "default/hello/press/7", "press", *ActivationId::parse("a1"), start, start, 1, 2, 1, 2, 3};
  record.events = {{1, false, "hash", "{}"}, {2, true, "hash", "{}"}};
  record.busy = true;
  return record;
}

}  // namespace antiphon::core
