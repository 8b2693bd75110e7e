// SPDX-License-Identifier: MIT
// What must hold of the tasks of a stage run.
#include <algorithm>

#include "engine/core/findings.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

void check_settling(Findings& findings, const Task& task, const StageRun& run) {
  const bool over = settled(task.state);
  findings.expect(!over || task.settled_at, "I5", task, "is settled, and has no instant of it");
  findings.expect(over || !task.settled_at, "I5", task, "is open, and has an instant of its end");
  findings.expect(over || !ended(run.state), "I4", task, "is open in a stage run that has ended");
  findings.expect(!task.settled_at || task.created <= *task.settled_at, "time", task,
                  "was settled before it was created");
  findings.expect(!over || task.state == TaskState::done || task.status != 0, "I3", task,
                  "has failed without a number");
  const bool result = task.status != 0 || !task.outputs.empty() || !task.error.empty();
  findings.expect(over || !result, "I3", task, "is open, and has a result");
  findings.expect(!over || (!task.next_send && !task.wake_at), "waits", task,
                  "is settled, and still wants to be woken");
}

/// Whoever has the task, here or at a site, is heard of or asked again.
void check_pending(Findings& findings, const Task& task) {
  const bool remote = !task.site.empty();
  const bool begun = task.state == TaskState::accepted || task.state == TaskState::started ||
                     task.state == TaskState::cancelling;
  findings.expect(!task.next_send || remote, "waits", task, "is sent again, and has no site");
  findings.expect(!begun || !remote || task.next_send, "waits", task,
                  "is at its site, and nobody asks again");
  findings.expect(task.state != TaskState::cancelling || task.wake_at, "waits", task,
                  "is being cancelled without an end of its grace");
  findings.expect(settled(task.state) || task.deadline.ms > 0, "waits", task, "has no deadline");
}

void check_site(Findings& findings, const Task& task, const PlaneName& self) {
  const bool remote = !task.site.empty();
  const bool by_site = task.state == TaskState::accepted || task.state == TaskState::rejected;
  findings.expect(!remote || task.site.text() == task.context, "I7", task,
                  "is another site's than its context");
  findings.expect(!remote || task.site != self, "I7", task, "is sent to its own plane");
  findings.expect(remote || !by_site, "I7", task, "was accepted or rejected by no site");
  findings.expect(remote || task.journal.empty(), "I7", task, "is in a journal of no site");
}

void check_task(Findings& findings, const Task& task, const StageRun& run, const PlaneName& self) {
  check_settling(findings, task, run);
  check_pending(findings, task);
  check_site(findings, task, self);
  findings.expect(task.context.size() <= limits::context_bytes, "I8", task,
                  "its context is too long");
  findings.expect(task.attempt >= 1, "I6", task, "its attempts do not begin at 1");
}

}  // namespace

std::span<const Task> tasks_of(const RunRecord& record, std::int64_t run) {
  const auto earlier = [](const Task& task, std::int64_t number) { return task.key.run < number; };
  const auto first = std::lower_bound(record.tasks.begin(), record.tasks.end(), run, earlier);
  const auto last = std::lower_bound(first, record.tasks.end(), run + 1, earlier);
  return {first, last};
}

void check_tasks(Findings& findings, const StageRun& run, std::span<const Task> tasks,
                 const PlaneName& self) {
  for (const Task& task : tasks) check_task(findings, task, run, self);
}

}  // namespace antiphon::core
