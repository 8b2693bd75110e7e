// SPDX-License-Identifier: MIT
// What must hold between two states of one run: what has ended stays as it ended.
#include <algorithm>

#include "engine/core/findings.hpp"
#include "engine/core/invariants.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

bool same_end(const Task& a, const Task& b) {
  return a.state == b.state && a.status == b.status && a.outputs == b.outputs &&
         a.error == b.error && a.settled_at == b.settled_at;
}

bool same_end(const StageRun& a, const StageRun& b) {
  return a.state == b.state && a.status == b.status && a.error == b.error &&
         a.next_stage == b.next_stage && a.ended_at == b.ended_at && a.total == b.total &&
         a.succeeded == b.succeeded && a.failed == b.failed;
}

/// An origin's next attempt and an operator's act reopen a run, and open a stage run, or propose a
/// stage.
bool may_reopen(const RunRecord& before, const RunRecord& after) {
  if (after.activation.awaits_step && !after.activation.act.empty()) return true;
  const std::size_t known = before.runs.size();
  if (after.runs.size() <= known) return false;
  return !after.activation.origin.empty() || !after.runs[known].act.empty();
}

void check_activation_step(Findings& findings, const RunRecord& was, const RunRecord& is) {
  const Activation& before = was.activation;
  const Activation& after = is.activation;
  findings.expect(before.seq <= after.seq, "I5", after, "its seq went back");
  findings.expect(before.updated <= after.updated, "time", after, "its time went back");
  findings.expect(before.run <= after.run, "I4", after, "its stage runs went back");
  findings.expect(before.hash == after.hash && before.inputs == after.inputs &&
                      before.metadata == after.metadata,
                  "I5", after, "its campaign version or its inputs changed");
  findings.expect(before.origin == after.origin && before.task_id == after.task_id, "I6", after,
                  "its origin or its origin's task changed");
  // A step or an operator opens one, and the run goes on from it.
  findings.expect(after.run - before.run <= limits::inline_stage_runs + 1, "I8", after,
                  "opened too many stages at once");
  const bool as_it_was = !ended(before.state) || before.state == after.state;
  findings.expect(as_it_was || may_reopen(was, is), "I5", after, "had ended, and goes on");
  const bool cancelled = before.state != ActivationState::cancelling ||
                         after.state == ActivationState::cancelling ||
                         after.state == ActivationState::cancelled;
  findings.expect(cancelled, "I5", after, "was being cancelled, and is no longer");
}

void check_task_step(Findings& findings, const Task& before, const Task& after) {
  findings.expect(
      before.id == after.id && before.context == after.context && before.site == after.site, "I5",
      after, "became another task");
  findings.expect(!settled(before.state) || same_end(before, after), "I5", after,
                  "was settled twice");
  findings.expect(before.attempt <= after.attempt, "I6", after, "its attempt went back");
  findings.expect(before.polls <= after.polls || before.attempt < after.attempt || after.polls == 0,
                  "I6", after, "its polls went back");
}

}  // namespace

std::vector<Violation> check_step(const RunRecord& before, const RunRecord& after) {
  Findings findings;
  check_activation_step(findings, before, after);
  findings.expect(before.runs.size() <= after.runs.size(), "I5", after.activation,
                  "a stage run is gone");
  for (std::size_t i = 0; i < std::min(before.runs.size(), after.runs.size()); ++i) {
    const StageRun& was = before.runs[i];
    findings.expect(!ended(was.state) || same_end(was, after.runs[i]), "I5", was,
                    "had ended, and changed");
  }
  auto now = after.tasks.begin();
  for (const Task& was : before.tasks) {
    now =
        std::find_if(now, after.tasks.end(), [&](const Task& task) { return task.key == was.key; });
    findings.expect(now != after.tasks.end(), "I5", was, "is gone");
    if (now == after.tasks.end()) break;
    check_task_step(findings, was, *now);
  }
  return findings.take();
}

}  // namespace antiphon::core
