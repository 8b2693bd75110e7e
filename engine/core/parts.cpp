// SPDX-License-Identifier: MIT
#include "engine/core/parts.hpp"

#include <algorithm>

#include "engine/core/aggregate.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/proxy.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

std::int64_t own_ordinal(const StageRun& run, const TaskKey& key) {
  return key.ordinal - key.ordinal % places(run.parts);
}

/// Whether a further part may begin now.
bool has_room(const Parts& parts, ContextTasks tasks) {
  const auto open = std::count_if(tasks.begin(), tasks.end(),
                                  [](const Task& task) { return !settled(task.state); });
  return wants_part(parts, tasks) && (open < parts.at_once || planted(Planted::parts_all_at_once));
}

/// The stage's inputs for this context, which the own provider got, overlaid by the part's.
Result<Value> part_inputs(const Task& own, const PartSpec& part, const RunScope& scope) {
  Value inputs = stage_inputs(unpack_request(own.request));
  const auto context = inputs.find("context");
  const Value value = context == inputs.end() ? Value(nullptr) : *context;
  const Scope readable = scope.scope(&inputs, &part.inputs, &value);
  if (part.target != nullptr) {
    auto target = part.target->evaluate(readable);
    if (!target) return target;
    if (holds_secret(*target)) return secret_target();
    inputs["__target"] = plain_text(*target);
  }
  auto overlay = evaluate(part.inputs, scope.scope(&inputs, &part.inputs, &value));
  if (!overlay) return overlay;
  drop_built_ins(*overlay);
  inputs.update(*overlay);
  return inputs;
}

void start_part(Slice& slice, Task& task, const Task& own, const PartSpec& part) {
  const RunScope scope(slice.rows, *slice.activation, slice.now(), slice.draws);
  auto inputs = part_inputs(own, part, scope);
  auto config = inputs ? evaluate_config(part.config, slice.plane.providers->find(part.provider),
                                         scope.scope(&*inputs, nullptr, nullptr))
                       : inputs;
  if (!config) {
    settle(slice, task, {TaskState::failed, config.error().status, {}, config.error().message});
    return;
  }
  Value request{{"config", *config}, {"inputs", *inputs}};
  task.request = pack_request(request);
  if (slice.now() >= task.deadline) {
    settle(slice, task,
           {TaskState::failed, status::timed_out, {}, "the deadline had passed before it began"});
    return;
  }
  start_local(slice, task, request.at("config"), request.at("inputs"));
}

Task begin_part(Slice& slice, const Task& own, std::size_t index) {
  const PartSpec& part = spec_of(slice).tasks[index];
  Task task;
  task.key = own.key;
  task.key.ordinal += 1 + static_cast<std::int64_t>(index);
  task.id = slice.draws.task_id();
  task.context = own.context;
  task.name = part.name;
  task.provider = part.provider;
  task.idempotent = own.idempotent;
  task.work_timeout = own.work_timeout;
  task.created = slice.now();
  task.deadline = own.deadline;
  start_part(slice, task, own, part);
  slice.rows.insert(task);
  return task;
}

}  // namespace

std::vector<Task> tasks_of_context(Slice& slice, std::int64_t number, std::int64_t own) {
  const StageRun& run = *slice.run;
  const std::int64_t end = own + places(run.parts);
  std::vector<Task> tasks;
  slice.rows.each_task(run.activation, number, own - 1, static_cast<std::size_t>(places(run.parts)),
                       [&](const Task& task) {
                         if (task.key.ordinal < end) tasks.push_back(task);
                         return task.key.ordinal < end;
                       });
  return tasks;
}

void go_on_in_context(Slice& slice, const TaskKey& settled_task) {
  const Parts& parts = slice.run->parts;
  if (parts.count == 0) return;
  std::vector<Task> tasks =
      tasks_of_context(slice, slice.run->run, own_ordinal(*slice.run, settled_task));
  const bool goes_on = tasks.front().state == TaskState::done &&
                       slice.activation->state != ActivationState::cancelling;
  while (goes_on && has_room(parts, tasks)) {
    tasks.push_back(begin_part(slice, tasks.front(), tasks.size() - 1));
  }
  const bool over =
      std::all_of(tasks.begin(), tasks.end(), [](const Task& task) { return settled(task.state); });
  if (over) count_context(slice, verdict_of(parts, tasks).done);
}

}  // namespace antiphon::core
