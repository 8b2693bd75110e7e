// SPDX-License-Identifier: MIT
#include "engine/core/invariants.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "engine/core/aggregate.hpp"
#include "engine/core/findings.hpp"
#include "engine/core/given.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

void check_stage_run(Findings& findings, const StageRun& run, const Activation& activation) {
  const bool over = ended(run.state);
  findings.expect(!over || run.ended_at, "I5", run, "has ended, and has no instant of it");
  findings.expect(over || !run.ended_at, "I5", run, "is open, and has an instant of its end");
  findings.expect(over || !ended(activation.state), "I5", run, "is open in a run that has ended");
  findings.expect(!over || run.status != 0, "I3", run, "has ended without a number");
  findings.expect(!run.ended_at || run.opened_at <= *run.ended_at, "time", run,
                  "ended before it was opened");
  findings.expect(run.opened <= run.total, "I3", run, "has more tasks than it shall have");
  findings.expect(run.state == StageRunState::opening || run.opened == run.total, "I3", run,
                  "is past its opening without all its tasks");
  findings.expect(!over || run.succeeded + run.failed == run.total, "I4", run,
                  "has ended with open tasks");
  findings.expect(run.state != StageRunState::done || run.failed == 0, "I3", run,
                  "is done with failed tasks");
  const bool chosen = !run.next_stage.empty();
  findings.expect(0 <= run.again_of && run.again_of < run.run, "I4", run,
                  "repeats what was not before it");
  findings.expect(!run.handled || chosen, "I4", run, "passed its error on, and to no stage");
  findings.expect(run.state != StageRunState::failed || run.handled || !chosen, "I4", run,
                  "has failed, and chose a stage that handles no errors");
  findings.expect(0 <= run.swept && run.swept <= run.opened * places(run.parts), "I3", run,
                  "was swept past its last task");
  findings.expect(run.state != StageRunState::opening || !run.contexts.empty(), "waits", run,
                  "is opening without the contexts that are left");
  findings.expect(run.state == StageRunState::opening || run.contexts.empty(), "I8", run,
                  "keeps contexts that it does not need any more");
  const bool scheduled = run.state == StageRunState::scheduled;
  findings.expect(!scheduled || run.begins_at, "waits", run,
                  "is scheduled, and nothing says for when");
  findings.expect(!scheduled || run.total == 0, "I4", run, "has tasks before its instant");
  findings.expect(run.total >= 0 && static_cast<std::size_t>(run.total) <= limits::contexts, "I8",
                  run, "has too many contexts");
}

/// Stage runs are numbered from 1 without a gap, and each begins after the one before it has ended.
void check_order(Findings& findings, const StageRun* before, const StageRun& run,
                 const Activation& activation) {
  const std::int64_t expected = before == nullptr ? 1 : before->run + 1;
  findings.expect(run.run == expected, "I4", run, "its number does not follow");
  if (before == nullptr) return;
  findings.expect(ended(before->state), "I4", run, "was opened before the one before it had ended");
  findings.expect(!before->ended_at || *before->ended_at <= run.opened_at, "time", run,
                  "was opened before the end of the one before it");
  const bool chosen = !activation.origin.empty() || before->next_stage == run.stage ||
                      !run.stepped_by.empty() || !run.act.empty();
  findings.expect(chosen, "I4", run, "is not the stage that was chosen");
}

void check_history(Findings& findings, const RunRecord& record, const PlaneName& self) {
  const Activation& activation = record.activation;
  const StageRun* last = nullptr;
  std::size_t tasks = 0;
  for (const StageRun& run : record.runs) {
    const auto own = tasks_of(record, run.run);
    check_order(findings, last, run, activation);
    check_stage_run(findings, run, activation);
    check_tasks(findings, run, own, self);
    check_contexts(findings, run, own, activation);
    tasks += own.size();
    last = &run;
  }
  findings.expect(activation.run == (last == nullptr ? 0 : last->run), "I4", activation,
                  "`run` is not its last stage run");
  findings.expect(last == nullptr || activation.stage == last->stage, "I4", activation,
                  "`stage` is not that of its last stage run");
  findings.expect(tasks == record.tasks.size(), "I4", activation,
                  "has tasks that belong to no stage run");
}

/// How a run may have ended after its last stage run. It is cancelled between stages as well, also
/// where an operator had sent it back after its end.
bool fits(ActivationState state, const StageRun* last) {
  const bool chosen = last != nullptr && !last->next_stage.empty();
  switch (state) {
    case ActivationState::done:
      return last != nullptr && last->state == StageRunState::done && !chosen;
    case ActivationState::failed:
      return last != nullptr && last->state == StageRunState::failed && !chosen;
    default:
      return true;
  }
}

void check_ended(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const StageRun* last = record.runs.empty() ? nullptr : &record.runs.back();
  findings.expect(activation.ended_at.has_value(), "I5", activation,
                  "has ended, and has no instant of it");
  findings.expect(!activation.due && activation.next_stage.empty(), "I5", activation,
                  "has ended, and has still something to do");
  findings.expect(activation.status != 0, "I3", activation, "has ended without a number");
  const bool agree = (last != nullptr && !ended(last->state)) || fits(activation.state, last);
  findings.expect(agree, "I4", activation, "has ended otherwise than its last stage run says");
}

/// What an open stage run waits for.
void check_open(Findings& findings, const Activation& activation, const StageRun& run) {
  const bool opening = run.state == StageRunState::opening;
  const bool scheduled = run.state == StageRunState::scheduled;
  findings.expect(!opening || activation.due, "waits", activation,
                  "opens a stage, and nothing wakes it");
  const bool paused = activation.state == ActivationState::paused;
  findings.expect(!scheduled || activation.due || paused, "waits", activation,
                  "has a scheduled stage, and nothing wakes it");
  findings.expect(opening || scheduled || run.succeeded + run.failed < run.total, "waits",
                  activation, "its stage has nothing to wait for");
  findings.expect(activation.next_stage.empty(), "I4", activation,
                  "has chosen a stage while one is open");
}

/// What a run between two stages, or before the first, waits for.
void check_between(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const StageRun* last = record.runs.empty() ? nullptr : &record.runs.back();
  findings.expect(!activation.next_stage.empty(), "waits", activation,
                  "is between stages, and has none to open");
  const bool chosen = last == nullptr || activation.next_stage == last->next_stage;
  findings.expect(chosen || !activation.act.empty(), "I4", activation,
                  "is to open another stage than its last stage run chose");
  findings.expect(activation.state == ActivationState::paused || activation.due, "waits",
                  activation, "has a stage to open, and nothing wakes it");
}

/// A run that has not ended waits for something that a row names.
void check_going(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  findings.expect(!activation.ended_at && activation.status == 0, "I5", activation,
                  "goes on, and has the instant or the number of an end");
  const bool between = record.runs.empty() || ended(record.runs.back().state);
  if (!between) check_open(findings, activation, record.runs.back());
  if (activation.state != ActivationState::cancelling) {
    if (between) check_between(findings, record);
    return;
  }
  findings.expect(!between, "waits", activation, "is being cancelled, and nothing is open");
  const bool swept = std::all_of(record.tasks.begin(), record.tasks.end(), [](const Task& task) {
    return settled(task.state) || task.state == TaskState::cancelling;
  });
  findings.expect(swept || activation.due, "waits", activation,
                  "tasks were not asked to stop, and nothing will");
}

void check_activation(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  findings.expect(activation.created <= activation.updated, "time", activation,
                  "changed before it was created");
  findings.expect(!activation.ended_at || *activation.ended_at <= activation.updated, "time",
                  activation, "ended after its last change");
  findings.expect(!activation.stop_by || activation.state == ActivationState::cancelling, "I5",
                  activation, "has the end of a grace, and is not being cancelled");
  findings.expect(activation.act.empty() || !activation.next_stage.empty(), "I4", activation,
                  "has an operator's act, and no stage that it chose");
  findings.expect(activation.depth <= limits::command_depth, "I8", activation,
                  "has too many planes above it");
  if (ended(activation.state)) {
    check_ended(findings, record);
  } else {
    check_going(findings, record);
  }
}

/// The stored outputs of a stage are what its last closed stage run's tasks add up to.
void check_outputs(Findings& findings, const RunRecord& record, const PlaneName& self) {
  for (const auto& [stage, output] : record.outputs) {
    const OutputsOf row{record.activation, stage};
    const auto run = std::find_if(record.runs.begin(), record.runs.end(),
                                  [last = output.run](const StageRun& r) { return r.run == last; });
    const bool given = run != record.runs.end() && run->stage == stage && ended(run->state) &&
                       run->state != StageRunState::cancelled;
    findings.expect(given, "I3", row, "no closed stage run gave them");
    if (!given) continue;
    Aggregate all;
    each_context(run->parts, tasks_of(record, run->run),
                 [&](ContextTasks context) { add(all, *run, context, self); });
    finish(all);
    findings.expect(with_given(stored(all), run->given_outputs) == output.outputs, "I3", row,
                    "are not what the tasks say");
  }
  if (!record.activation.origin.empty()) return;
  for (const StageRun& run : record.runs) {
    const bool closed =
        run.state == StageRunState::done || (run.state == StageRunState::failed && run.total > 0);
    if (!closed) continue;
    const auto output = record.outputs.find(run.stage);
    findings.expect(output != record.outputs.end() && output->second.run >= run.run, "I3", run,
                    "closed without leaving its outputs");
  }
}

/// A run that another plane commanded: one stage run an attempt, of one task that is done here.
void check_commanded(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  findings.expect(!activation.task_id.empty(), "I6", activation,
                  "has an origin, and no task of it");
  findings.expect(activation.hash.empty() && activation.next_stage.empty(), "I6", activation,
                  "was commanded, and has a campaign of its own");
  for (const StageRun& run : record.runs) {
    findings.expect(run.total == 1 && run.parts.count == 0, "I6", run,
                    "has not one task, as commanded work has");
    const bool again = run.state == StageRunState::done && &run != &record.runs.back();
    findings.expect(!again, "I6", run, "was done, and another one was begun");
  }
  const Task* before = nullptr;
  for (const Task& task : record.tasks) {
    findings.expect(task.site.empty(), "I6", task, "was commanded, and is another site's");
    findings.expect(before == nullptr || before->attempt < task.attempt, "I6", task,
                    "was begun for an attempt that had been begun");
    before = &task;
  }
}

void check_own(Findings& findings, const Activation& activation) {
  findings.expect(activation.task_id.empty(), "I6", activation, "has a task of no origin");
  findings.expect(!activation.hash.empty(), "I6", activation, "has no campaign version");
}

void check_ids(Findings& findings, const RunRecord& record) {
  std::set<std::string_view> ids;
  for (const Task& task : record.tasks) {
    findings.expect(!task.id.empty(), "I5", task, "has no id");
    findings.expect(ids.insert(task.id.text()).second, "I5", task, "has the id of another task");
  }
}

}  // namespace

std::vector<Violation> check_run(const RunRecord& record, const PlaneName& self) {
  Findings findings;
  check_history(findings, record, self);
  check_activation(findings, record);
  check_outputs(findings, record, self);
  if (record.activation.origin.empty()) {
    check_own(findings, record.activation);
  } else {
    check_commanded(findings, record);
  }
  check_ids(findings, record);
  check_states(findings, record);
  return findings.take();
}

}  // namespace antiphon::core
