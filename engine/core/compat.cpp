// SPDX-License-Identifier: MIT
#include "engine/core/compat.hpp"

#include "engine/core/report.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core::compat {
namespace {

/// When the context's last task settled.
Instant settled_at(ContextTasks tasks) {
  Instant last{};
  for (const Task& task : tasks) last = std::max(last, task.settled_at.value_or(Instant{}));
  return last;
}

void keep_last(Aggregate& all, const StageRun& run, ContextTasks tasks, const Verdict& verdict) {
  const Instant at = settled_at(tasks);
  if (run.provider != "remote" || !verdict.done || at < all.last_at) return;
  all.last_at = at;
  all.last = outputs_of(tasks);
  all.last["status"] = verdict.status;
}

}  // namespace

bool succeeds(const StageRun& run, int status) {
  return run.compat ? status == status::ok : status::is_success(status);
}

void add_context(Aggregate& all, const StageRun& run, ContextTasks tasks, const Verdict& verdict,
                 bool own) {
  if (!run.compat) return;
  keep_last(all, run, tasks, verdict);
  if (own) return;
  const std::string& context = tasks.front().context;
  all.outputs[context + ".status"] = status::untouched;
  if (verdict.done) return;
  all.outputs[context + ".status." + context] = verdict.status;
  all.outputs[context + ".error." + context] = error_text(verdict.status, verdict.error);
}

void finish(Aggregate& all) {
  if (all.last.is_object()) all.outputs.update(all.last);
}

void forget_handled(StageRun& run) {
  if (!run.compat || !run.handled) return;
  run.status = status::done;
  run.error.clear();
}

const std::string& first_stage(const Campaign& campaign, const std::string& stage) {
  const bool unknown = campaign.compat && !campaign.stages.contains(stage);
  return stage.empty() || unknown ? campaign.first_stage : stage;
}

}  // namespace antiphon::core::compat
