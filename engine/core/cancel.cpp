// SPDX-License-Identifier: MIT
// Cancelling a run: nothing new opens, and each open task is asked to stop, chunk by chunk.
#include "engine/core/drive.hpp"
#include "engine/core/parts.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

bool out_of_grace(const Slice& slice) {
  return slice.activation->stop_by && *slice.activation->stop_by <= slice.now();
}

/// Whoever has the task is told so once more if it is heard of again.
void tell_to_stop(Slice& slice, const Task& task) {
  if (task.site.empty()) {
    stop_work(slice, task);
  } else {
    slice.emit(SendCancel{task.site, {task.id, task.attempt, slice.activation->error}});
  }
}

void terminate_task(Slice& slice, Task& task) {
  tell_to_stop(slice, task);
  settle(slice, task,
         {TaskState::cancelled,
          status::cancelled,
          {},
          "it was not waited for; whether it was done is uncertain"});
}

void cancel_task(Slice& slice, Task& task) {
  const Executor executor = slice.plane.providers->find(task.provider) == nullptr
                                ? Executor::inline_stage
                                : slice.plane.providers->find(task.provider)->executor;
  const bool nobody_works =
      task.state == TaskState::waiting || (task.site.empty() && executor == Executor::inline_stage);
  if (nobody_works) {
    leave_poll(slice, task);
    settle(slice, task, {TaskState::cancelled, status::cancelled, {}, slice.activation->error});
    return;
  }
  if (out_of_grace(slice)) return terminate_task(slice, task);
  task.state = TaskState::cancelling;
  task.wake_at = slice.activation->stop_by.value_or(slice.now() + slice.plane.cancel_grace);
  if (!task.site.empty()) {
    task.sends = 0;
    task.next_send = slice.now() + slice.draws.jitter(limits::resend_first);
    slice.emit(Arrived{task.site, task.id});
  }
  tell_to_stop(slice, task);
}

/// Contexts of which the last open task was cancelled here.
void count_contexts(Slice& slice, const std::vector<Task>& asked) {
  const auto place = [&](const Task& task) { return task.key.ordinal / places(slice.run->parts); };
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const bool last = i + 1 == asked.size() || place(asked[i + 1]) != place(asked[i]);
    if (last && settled(asked[i].state)) go_on_in_context(slice, asked[i].key);
  }
}

void end_cancelled(Slice& slice) {
  if (slice.run && !ended(slice.run->state)) {
    slice.run->state = StageRunState::cancelled;
    slice.run->status = status::cancelled;
    slice.run->error = slice.activation->error;
    slice.run->ended_at = slice.now();
    slice.touch_run();
    tell_stage(slice, "stage.ended");
  }
  end(slice, ActivationState::cancelled, status::cancelled, slice.activation->error);
}

}  // namespace

void begin_cancel(Slice& slice, std::string reason, Duration grace) {
  Activation& activation = *slice.activation;
  activation.stop_by = slice.now() + grace;
  activation.state = ActivationState::cancelling;
  activation.awaits_step = false;
  activation.error = std::move(reason);
  activation.next_stage.clear();
  activation.act.clear();
  activation.due.reset();
  slice.touch_activation();
  tell(slice, "activation.cancelling");
  if (slice.run && slice.run->state == StageRunState::opening) {
    slice.run->total = slice.run->opened;
    slice.run->contexts.clear();
    slice.run->state = StageRunState::open;
    slice.touch_run();
  }
  sweep_cancel(slice);
}

void terminate(Slice& slice, std::string reason) {
  Activation& activation = *slice.activation;
  if (activation.state != ActivationState::cancelling) {
    return begin_cancel(slice, std::move(reason), Duration{0});
  }
  activation.error = std::move(reason);
  activation.stop_by = slice.now();
  slice.touch_activation();
  slice.run->swept = 0;
  sweep_cancel(slice);
}

void sweep_cancel(Slice& slice) {
  if (!slice.run || ended(slice.run->state)) return end_cancelled(slice);
  StageRun& run = *slice.run;
  const bool again = out_of_grace(slice);
  std::vector<Task> open;
  std::size_t visited = 0;
  slice.rows.each_task(run.activation, run.run, run.swept - 1, limits::fan_out_chunk,
                       [&](const Task& task) {
                         ++visited;
                         run.swept = task.key.ordinal + 1;
                         const bool asked = task.state == TaskState::cancelling && !again;
                         if (!settled(task.state) && !asked) open.push_back(task);
                         return true;
                       });
  for (Task& task : open) {
    cancel_task(slice, task);
    slice.rows.update(task);
  }
  count_contexts(slice, open);
  slice.touch_run();
  if (run.succeeded + run.failed == run.total) return end_cancelled(slice);
  if (visited == limits::fan_out_chunk) {
    slice.activation->due = slice.now();
    slice.touch_activation();
  }
}

}  // namespace antiphon::core
