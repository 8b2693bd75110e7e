// SPDX-License-Identifier: MIT
#include "engine/core/invariants.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "engine/core/aggregate.hpp"
#include "engine/core/findings.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

using Tasks = std::span<const Task>;

Tasks tasks_of(const RunRecord& record, std::int64_t run) {
  const auto earlier = [](const Task& task, std::int64_t number) { return task.key.run < number; };
  const auto first = std::lower_bound(record.tasks.begin(), record.tasks.end(), run, earlier);
  const auto last = std::lower_bound(first, record.tasks.end(), run + 1, earlier);
  return {first, last};
}

void check_task(Findings& findings, const Task& task, const StageRun& run) {
  const std::string at = where(task);
  const bool over = settled(task.state);
  findings.expect(over == task.settled_at.has_value(), "I5", at,
                  "settled, or not, without its instant");
  findings.expect(over || !ended(run.state), "I4", at, "open in a stage run that has ended");
  findings.expect(over == !due_at(task).has_value(), "waits", at,
                  "open without an instant, or due though settled");
  findings.expect(!task.next_send || !task.site.empty(), "waits", at,
                  "is sent again though it has no site");
  findings.expect(task.state != TaskState::cancelling || task.wake_at, "waits", at,
                  "is cancelling without an end of its grace");
  findings.expect(over || task.deadline.ms > 0, "waits", at, "has no deadline");
  findings.expect(task.context.size() <= limits::context_bytes, "I8", at,
                  "its context is too long");
  findings.expect(!over || task.state == TaskState::done || task.status != 0, "I3", at,
                  "failed without a number");
}

/// The tasks of a stage run are numbered without a gap, each context once, and the counters are
/// what the tasks say.
void check_tasks(Findings& findings, const StageRun& run, Tasks tasks) {
  const std::string at = where(run);
  std::set<std::string> contexts;
  std::int64_t next = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  for (const Task& task : tasks) {
    findings.expect(task.key.ordinal == next++, "I3", at, "its tasks are not numbered one by one");
    contexts.insert(task.context);
    if (task.state == TaskState::done) ++done;
    if (settled(task.state) && task.state != TaskState::done) ++failed;
    check_task(findings, task, run);
  }
  findings.expect(contexts.size() == tasks.size(), "I3", at, "a context has two tasks");
  findings.expect(run.opened == next, "I3", at, "`opened` is not the number of its tasks");
  findings.expect(run.succeeded == done, "I3", at,
                  "`succeeded` is not the number of its done tasks");
  findings.expect(run.failed == failed, "I3", at, "`failed` is not the number of its failed tasks");
}

void check_stage_run(Findings& findings, const StageRun& run, const Activation& activation) {
  const std::string at = where(run);
  const bool over = ended(run.state);
  findings.expect(over == run.ended_at.has_value(), "I5", at, "ended, or not, without its instant");
  findings.expect(run.opened <= run.total, "I3", at, "has more tasks than it shall have");
  findings.expect(run.state == StageRunState::opening || run.opened == run.total, "I3", at,
                  "is open for work without all its tasks");
  findings.expect(!over || run.succeeded + run.failed == run.total, "I4", at,
                  "ended with open tasks");
  findings.expect(run.state != StageRunState::done || run.failed == 0, "I3", at,
                  "done with failed tasks");
  findings.expect(run.state != StageRunState::opening || !run.contexts.empty(), "waits", at,
                  "opening without the contexts that are left");
  findings.expect(run.state == StageRunState::opening || run.contexts.empty(), "I8", at,
                  "keeps contexts that it does not need any more");
  findings.expect(run.total >= 0 && static_cast<std::size_t>(run.total) <= limits::contexts, "I8",
                  at, "has too many contexts");
  findings.expect(over || !ended(activation.state), "I5", at, "open in a run that has ended");
}

/// Stage runs are numbered from 1 without a gap, and each begins after the one before it has ended.
void check_history(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const StageRun* before = nullptr;
  for (const StageRun& run : record.runs) {
    const std::string at = where(run);
    const std::int64_t expected = before == nullptr ? 1 : before->run + 1;
    findings.expect(run.run == expected, "I4", at, "its number does not follow");
    if (before != nullptr) {
      findings.expect(ended(before->state), "I4", at, "opened before the one before it had ended");
      findings.expect(!before->ended_at || *before->ended_at <= run.opened_at, "I4", at,
                      "opened at an instant before the end of the one before it");
      const bool chosen = !activation.origin.empty() || before->next_stage == run.stage;
      findings.expect(chosen, "I4", at, "is not the stage that was chosen");
    }
    check_stage_run(findings, run, activation);
    check_tasks(findings, run, tasks_of(record, run.run));
    before = &run;
  }
  const std::int64_t last = before == nullptr ? 0 : before->run;
  findings.expect(activation.run == last, "I4", where(activation),
                  "`run` is not its last stage run");
  findings.expect(before == nullptr || activation.stage == before->stage, "I4", where(activation),
                  "`stage` is not that of its last stage run");
  findings.expect(last > 0 || record.tasks.empty(), "I4", where(activation),
                  "has tasks without a stage run");
}

/// A run that has not ended waits for something that a row names.
void check_waiting(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const std::string at = where(activation);
  if (ended(activation.state)) {
    findings.expect(activation.ended_at && !activation.due && activation.next_stage.empty(), "I5",
                    at, "ended, and has still something to do");
    return;
  }
  findings.expect(!activation.ended_at, "I5", at, "has an end and goes on");
  const bool between = record.runs.empty() || ended(record.runs.back().state);
  if (!between) {
    const StageRun& run = record.runs.back();
    const bool opening = run.state == StageRunState::opening;
    findings.expect(!opening || activation.due, "waits", at, "opens a stage, and nothing wakes it");
    findings.expect(opening || run.succeeded + run.failed < run.total, "waits", at,
                    "its stage has nothing to wait for");
    findings.expect(activation.next_stage.empty(), "I4", at,
                    "has chosen a stage while one is open");
  }
  if (activation.state == ActivationState::cancelling) {
    findings.expect(!between, "waits", at, "is cancelling, and nothing is open");
    const bool swept = std::all_of(record.tasks.begin(), record.tasks.end(), [](const Task& task) {
      return settled(task.state) || task.state == TaskState::cancelling;
    });
    findings.expect(swept || activation.due, "waits", at,
                    "tasks were not asked to stop, and nothing will");
  } else if (between) {
    findings.expect(!activation.next_stage.empty(), "waits", at,
                    "is between stages, and has none to open");
    findings.expect(activation.state == ActivationState::paused || activation.due, "waits", at,
                    "has a stage to open, and nothing wakes it");
  }
}

/// The stored outputs of a stage are what its last closed stage run's tasks add up to.
void check_outputs(Findings& findings, const RunRecord& record, const PlaneName& self) {
  for (const auto& [stage, output] : record.outputs) {
    const std::string at = where(record.activation) + ", outputs of stage " + stage;
    const auto run = std::find_if(record.runs.begin(), record.runs.end(),
                                  [&](const StageRun& r) { return r.run == output.run; });
    if (run == record.runs.end() || run->stage != stage || !ended(run->state)) {
      findings.expect(false, "I3", at, "no ended stage run gave them");
      continue;
    }
    Aggregate all;
    for (const Task& task : tasks_of(record, run->run)) add(all, task, self);
    finish(all);
    findings.expect(stored(all) == output.outputs, "I3", at, "are not what the tasks say");
  }
  if (!record.activation.origin.empty()) return;
  for (const StageRun& run : record.runs) {
    const bool closed =
        run.state == StageRunState::done || (run.state == StageRunState::failed && run.total > 0);
    if (!closed) continue;
    const auto output = record.outputs.find(run.stage);
    findings.expect(output != record.outputs.end() && output->second.run >= run.run, "I3",
                    where(run), "closed without leaving its outputs");
  }
}

void check_commanded(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const std::string at = where(activation);
  findings.expect(activation.task_id.empty() == activation.origin.empty(), "I6", at,
                  "has an origin without its task, or a task without its origin");
  if (activation.origin.empty()) return;
  for (const StageRun& run : record.runs) {
    findings.expect(run.total == 1, "I6", where(run), "a commanded run has one task");
  }
}

}  // namespace

std::vector<Violation> check_run(const RunRecord& record, const PlaneName& self) {
  Findings findings;
  check_history(findings, record);
  check_waiting(findings, record);
  check_outputs(findings, record, self);
  check_commanded(findings, record);
  std::set<TaskId> ids;
  for (const Task& task : record.tasks) ids.insert(task.id);
  findings.expect(ids.size() == record.tasks.size(), "I5", where(record.activation),
                  "two of its tasks have one id");
  return findings.take();
}

}  // namespace antiphon::core
