// SPDX-License-Identifier: MIT
// What must hold of the tasks of each context: the stage's own provider's comes first, then its
// parts', and the stage run counts the contexts that are over.
#include <algorithm>
#include <set>
#include <string_view>

#include "engine/core/aggregate.hpp"
#include "engine/core/findings.hpp"

namespace antiphon::core {
namespace {

bool all_settled(ContextTasks tasks) {
  return std::all_of(tasks.begin(), tasks.end(),
                     [](const Task& task) { return settled(task.state); });
}

void check_parts(Findings& findings, const StageRun& run, ContextTasks tasks) {
  const Task& own = tasks.front();
  const auto open = std::count_if(tasks.begin() + 1, tasks.end(),
                                  [](const Task& task) { return !settled(task.state); });
  findings.expect(open <= run.parts.at_once, "I8", own,
                  "more tasks of its context are open than may be at once");
  findings.expect(tasks.size() == 1 || own.state == TaskState::done, "I4", own,
                  "is not done, and tasks that come after it have begun");
  std::int64_t next = own.key.ordinal;
  for (const Task& task : tasks) {
    findings.expect(task.key.ordinal == next++, "I3", task, "its number does not follow");
    findings.expect(task.context == own.context, "I3", task,
                    "has another context than the task before it");
  }
}

}  // namespace

void check_contexts(Findings& findings, const StageRun& run, std::span<const Task> tasks,
                    const Activation& activation) {
  const bool cancelled = activation.state == ActivationState::cancelling ||
                         activation.state == ActivationState::cancelled;
  std::set<std::string_view> contexts;
  std::int64_t next = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  each_context(run.parts, tasks, [&](ContextTasks context) {
    const Task& own = context.front();
    findings.expect(own.key.ordinal == next++ * places(run.parts), "I3", own,
                    "its number does not follow");
    findings.expect(contexts.insert(own.context).second, "I3", own, "its context has another task");
    check_parts(findings, run, context);
    if (!all_settled(context)) return;
    findings.expect(cancelled || !wants_part(run.parts, context), "waits", own,
                    "tasks should have begun after it, and nothing begins them");
    ++(verdict_of(run.parts, context).done ? done : failed);
  });
  findings.expect(run.opened == next, "I3", run, "`opened` is not the number of its contexts");
  findings.expect(run.succeeded == done, "I3", run,
                  "`succeeded` is not the number of its done contexts");
  findings.expect(run.failed == failed, "I3", run,
                  "`failed` is not the number of its failed contexts");
}

}  // namespace antiphon::core
