// SPDX-License-Identifier: MIT
// Which states of a run, its stage runs and its tasks go together. That some cells of the table of
// states and events cannot happen rests on these rules.
#include "engine/core/findings.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

void check_instants(Findings& findings, const Task& task) {
  const bool cancelling = task.state == TaskState::cancelling;
  const bool between = task.state == TaskState::waiting;
  const bool waiting = between || (task.state == TaskState::started && task.site.empty());
  findings.expect(!task.wake_at || cancelling || waiting, "waits", task,
                  "is to be woken, and neither waits for an instant nor is being cancelled");
  findings.expect(!between || task.wake_at, "waits", task,
                  "is to be tried again, and nothing says when");
  findings.expect(!between || (!task.next_send && task.journal.empty()), "waits", task,
                  "is between two attempts, and at its site");
  findings.expect(!task.next_send || task.state != TaskState::owed, "waits", task,
                  "is sent again by its row before its site has it");
}

/// Work that is asked again is this plane's, and what it said is kept while it may be.
void check_polls(Findings& findings, const Task& task) {
  const bool asked = task.polls > 0;
  const bool over = settled(task.state);
  findings.expect(task.polls >= 0 && (!asked || task.site.empty()), "waits", task,
                  "was asked again here, and is a site's");
  findings.expect(!asked || task.state != TaskState::owed, "waits", task,
                  "was asked again before it began");
  const bool kept = !task.poll_state.empty();
  findings.expect(
      kept == (asked && !over), "waits", task,
      kept ? "keeps what nobody will be asked with" : "is asked again, and what it said is gone");
  findings.expect(kept || task.waits_for.empty(), "waits", task,
                  "says what it waits for, and is not asked again");
  findings.expect(task.poll_state.size() <= limits::poll_state_bytes, "I8", task,
                  "keeps too much between two polls");
}

void check_work_time(Findings& findings, const Task& task) {
  const bool may = task.work_timeout.ms > 0 && task.site.empty() && !settled(task.state) &&
                   task.state != TaskState::owed;
  findings.expect(may || !task.work_until, "waits", task,
                  "has an end of its work's time, and no work here that has begun");
}

/// Who waits for a step has no stage open, and one to propose.
void check_steps(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const bool own = activation.origin.empty();
  findings.expect(own || !activation.stepped, "I6", activation, "was commanded, and is stepped");
  const bool between = record.runs.empty() || ended(record.runs.back().state);
  const bool may = activation.stepped && activation.state == ActivationState::paused && between &&
                   !activation.due;
  findings.expect(!activation.awaits_step || may, "waits", activation,
                  "waits for a step, and cannot take one");
  for (const StageRun& run : record.runs) {
    findings.expect(run.given_outputs.empty() || ended(run.state), "I3", run,
                    "was given outputs while it is open");
    findings.expect(run.step_token.empty() || !run.stepped_by.empty(), "I4", run,
                    "has the token of a step, and was opened by none");
  }
}

void check_own_states(Findings& findings, const RunRecord& record) {
  const bool cancelling = record.activation.state == ActivationState::cancelling;
  for (const StageRun& run : record.runs) {
    const bool to_open =
        run.state == StageRunState::opening || run.state == StageRunState::scheduled;
    findings.expect(!cancelling || !to_open, "I4", run,
                    "goes on opening in a run that is being cancelled");
  }
  for (const Task& task : record.tasks) {
    findings.expect(cancelling || task.state != TaskState::cancelling, "I5", task,
                    "was asked to stop, and its run goes on");
  }
}

/// A commanded run ends as its last task; without one it is a tombstone.
ActivationState end_of(const RunRecord& record) {
  if (record.tasks.empty()) return ActivationState::cancelled;
  const TaskState last = record.tasks.back().state;
  if (last == TaskState::done) return ActivationState::done;
  return last == TaskState::cancelled ? ActivationState::cancelled : ActivationState::failed;
}

void check_commanded_states(Findings& findings, const RunRecord& record) {
  const Activation& activation = record.activation;
  const ActivationState state = activation.state;
  findings.expect(!activation.due, "I6", activation, "was commanded, and wants a turn of its own");
  const bool fits = ended(state) ? state == end_of(record)
                                 : state == ActivationState::running && !record.tasks.empty();
  findings.expect(fits, "I6", activation, "is in a state that its origin's task does not have");
  for (const StageRun& run : record.runs) {
    const bool at_once =
        run.state != StageRunState::opening && run.state != StageRunState::scheduled;
    findings.expect(at_once, "I6", run, "was commanded, and is not open at once");
  }
  for (const Task& task : record.tasks) {
    findings.expect(task.state != TaskState::waiting || task.polls > 0, "I6", task,
                    "was commanded, and counts attempts of its own");
  }
}

}  // namespace

void check_states(Findings& findings, const RunRecord& record) {
  for (const Task& task : record.tasks) {
    check_instants(findings, task);
    check_polls(findings, task);
    check_work_time(findings, task);
  }
  check_steps(findings, record);
  if (record.activation.origin.empty()) {
    check_own_states(findings, record);
  } else {
    check_commanded_states(findings, record);
  }
}

}  // namespace antiphon::core
