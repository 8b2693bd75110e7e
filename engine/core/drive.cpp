// SPDX-License-Identifier: MIT
#include "engine/core/drive.hpp"

#include "engine/core/parts.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// A commanded run has one stage and no campaign: its end is its task's, and its origin hears of
/// it.
void end_commanded(Slice& slice) {
  const Task& task = *slice.task;
  StageRun& run = *slice.run;
  const bool done = task.state == TaskState::done;
  const bool cancelled = task.state == TaskState::cancelled;
  run.state = done        ? StageRunState::done
              : cancelled ? StageRunState::cancelled
                          : StageRunState::failed;
  run.status = done ? status::done : task.status;
  run.error = task.error;
  run.ended_at = slice.now();
  slice.touch_run();
  end(slice,
      done        ? ActivationState::done
      : cancelled ? ActivationState::cancelled
                  : ActivationState::failed,
      run.status, task.error);
  answer_origin(slice, task);
}

void await_step(Slice& slice) {
  slice.activation->state = ActivationState::paused;
  slice.activation->awaits_step = true;
  slice.activation->due.reset();
  slice.touch_activation();
  tell(slice, "activation.proposed");
}

}  // namespace

void drive(Slice& slice, const Again* again) {
  Activation& activation = *slice.activation;
  for (int opened = 0;
       activation.state == ActivationState::running && !activation.next_stage.empty(); ++opened) {
    const bool chosen = opened == 0 && again != nullptr;
    if (activation.stepped && !chosen) return await_step(slice);
    if (opened == limits::inline_stage_runs) {
      activation.due = slice.now();
      slice.touch_activation();
      return;
    }
    open_stage(slice, chosen ? again : nullptr);
  }
}

void after_settling(Slice& slice) {
  StageRun& run = *slice.run;
  if (slice.task && settled(slice.task->state)) go_on_in_context(slice, slice.task->key);
  if (run.state != StageRunState::open || run.succeeded + run.failed < run.total) return;
  if (!slice.activation->origin.empty()) {
    end_commanded(slice);
    return;
  }
  if (slice.activation->state == ActivationState::cancelling) {
    sweep_cancel(slice);
    return;
  }
  close_stage(slice);
  drive(slice);
}

void end(Slice& slice, ActivationState state, int status, std::string error) {
  Activation& activation = *slice.activation;
  activation.state = state;
  activation.awaits_step = false;
  activation.status = status;
  activation.error = std::move(error);
  activation.next_stage.clear();
  activation.signals.clear();
  activation.act.clear();
  activation.due.reset();
  activation.stop_by.reset();
  activation.ended_at = slice.now();
  slice.touch_activation();
  tell(slice, "activation.ended");
}

}  // namespace antiphon::core
