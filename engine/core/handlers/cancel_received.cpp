// SPDX-License-Identifier: MIT
#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

void reply_only(Slice& slice, const CancelReceived& event, ReplyState state, Error error) {
  Reply reply;
  reply.id = event.cancel.id;
  reply.attempt = event.cancel.attempt;
  reply.state = state;
  reply.status = error.status;
  reply.error = std::move(error.message);
  slice.emit(SendReply{event.origin, std::move(reply)});
}

/// A run without a stage run: it makes a command that comes later find itself cancelled.
void leave_tombstone(Slice& slice, const CancelReceived& event) {
  Activation fresh;
  fresh.id = *ActivationId::parse("tombstone-" + slice.draws.task_id().text());
  fresh.name_space = *Namespace::parse("default");
  fresh.origin = event.origin;
  fresh.task_id = event.cancel.id;
  fresh.author = event.origin.text();
  fresh.state = ActivationState::cancelled;
  fresh.status = status::cancelled;
  fresh.error = event.cancel.reason;
  fresh.created = slice.now();
  fresh.ended_at = slice.now();
  slice.begin(std::move(fresh));
}

void stop_task(Slice& slice, const CancelReceived& event) {
  Task& task = *slice.task;
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  const bool worker = info != nullptr && info->executor == Executor::worker;
  if (worker && task.state != TaskState::waiting) {
    if (task.state != TaskState::cancelling) task.wake_at = slice.now() + slice.plane.cancel_grace;
    task.state = TaskState::cancelling;
    stop_work(slice, task);
    slice.rows.update(task);
    return;
  }
  leave_poll(slice, task);
  settle(slice, task, {TaskState::cancelled, status::cancelled, {}, event.cancel.reason});
  slice.rows.update(task);
  after_settling(slice);
}

}  // namespace

void handle(Slice& slice, const CancelReceived& event) {
  if (!slice.plane.parents.contains(event.origin)) {
    slice.outcome.refused = Error{
        status::forbidden, event.origin.text() + " is no parent of " + slice.plane.self.text()};
    reply_only(slice, event, ReplyState::rejected, *slice.outcome.refused);
    return;
  }
  if (!slice.activation) leave_tombstone(slice, event);
  if (slice.activation->run == 0) {
    reply_only(slice, event, ReplyState::cancelled, {status::cancelled, slice.activation->error});
    return;
  }
  Task& task = *slice.task;
  const bool newer = event.cancel.attempt > task.attempt;
  if (newer) task.attempt = event.cancel.attempt;
  if (event.cancel.attempt == task.attempt && !settled(task.state)) {
    stop_task(slice, event);
    return;
  }
  // How it ended is the newer attempt's end too: its command, should it come yet, starts nothing.
  if (newer) slice.rows.update(task);
  answer_origin(slice, task);
}

}  // namespace antiphon::core
