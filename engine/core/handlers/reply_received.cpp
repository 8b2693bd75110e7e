// SPDX-License-Identifier: MIT
#include "engine/core/attempts.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// The site has the task: it is asked again only now and then.
void note_arrival(Slice& slice, const Reply& reply) {
  Task& task = *slice.task;
  const TaskState state =
      reply.state == ReplyState::accepted ? TaskState::accepted : TaskState::started;
  slice.emit(Arrived{task.site, task.id});
  const bool news = task.state == TaskState::owed ||
                    (task.state == TaskState::accepted && state == TaskState::started);
  if (!news) return;
  task.state = state;
  task.journal = reply.journal;
  task.sends = 0;
  task.next_send = slice.now() + slice.draws.jitter(limits::requery_first);
  slice.rows.update(task);
  tell_task(slice, state == TaskState::accepted ? "task.accepted" : "task.started", task);
}

/// The site's provider returned the error: neither a status among the outputs, nor the deadline,
/// nor that the reply was too large to send.
bool may_retry(int number, const Reply& reply) {
  const auto among = status_among(parse_object(reply.outputs));
  return number != status::uncertain && number != status::timed_out &&
         number != status::too_large && (!among || status::is_success(*among));
}

Settlement settlement_of(const Slice& slice, const Reply& reply) {
  switch (reply.state) {
    case ReplyState::done: {
      const int number = status::is_success(reply.status) ? reply.status : status::ok;
      return judge(Finished{number, parse_object(reply.outputs), {}}, *slice.run, *slice.task);
    }
    case ReplyState::rejected:
      return {TaskState::rejected, reply.status == 0 ? status::rejected : reply.status,
              reply.outputs, reply.error};
    case ReplyState::cancelled:
      return {TaskState::cancelled, status::cancelled, reply.outputs, reply.error};
    default:
      break;
  }
  const int number =
      status::is_success(reply.status) || reply.status == 0 ? status::internal_error : reply.status;
  return {number == status::uncertain ? TaskState::uncertain : TaskState::failed, number,
          reply.outputs, reply.error, may_retry(number, reply)};
}

/// The site has more of it than a reply carries.
void note_log(Slice& slice, const Reply& reply) {
  WorkLog log = tail_of(*reply.log, limits::reply_log_bytes);
  log.attempt = reply.attempt;
  if (!log.note.empty()) log.note += "; more of it is at " + slice.task->site.text();
  slice.rows.put_log(slice.task->key, log);
}

std::string name_of(const Reply& reply) {
  return std::string(to_text(reply.state)) + " of attempt " + std::to_string(reply.attempt);
}

/// The site works on what nobody waits for any more: it was off, or the cancel was lost.
void stop_late(Slice& slice, const Reply& reply) {
  const Task& task = *slice.task;
  if (task.state != TaskState::cancelled || reply.attempt > task.attempt) return;
  slice.emit(SendCancel{task.site, {task.id, task.attempt, slice.run->error}});
}

void plant(Slice& slice, const Reply& reply) {
  if (planted(Planted::reply_counted_twice) && is_final(reply.state) && !ended(slice.run->state)) {
    slice.run->succeeded += slice.task->state == TaskState::done ? -1 : 1;
    slice.run->failed += slice.task->state == TaskState::done ? 1 : -1;
    slice.touch_run();
  }
  const bool again =
      planted(Planted::cancelled_settles_twice) && slice.task->state == TaskState::cancelled;
  if (!again || slice.activation->state != ActivationState::cancelled) return;
  slice.task->error += "; and again";
  slice.rows.update(*slice.task);
}

}  // namespace

void handle(Slice& slice, const ReplyReceived& event) {
  Task& task = *slice.task;
  const Reply& reply = event.reply;
  const bool anybody = planted(Planted::anybody_answers);
  if (task.site.empty() || (task.site != event.site && !anybody)) {
    slice.outcome.refused = Error{status::forbidden, "task " + task.id.text() + " is not " +
                                                         event.site.text() + "'s to answer"};
    return;
  }
  if (settled(task.state)) {  // a repeat, or too late: it was counted once
    plant(slice, reply);
    if (!is_final(reply.state)) stop_late(slice, reply);
    return;
  }
  const bool current = reply.attempt == task.attempt;
  if (current && task.state == TaskState::waiting && reply.state != ReplyState::done) {
    return;  // it has said how this attempt ended
  }
  if (!current && reply.state != ReplyState::done && !planted(Planted::any_attempt_settles)) {
    slice.outcome.refused =
        Error{status::conflict, name_of(reply) + " came while attempt " +
                                    std::to_string(task.attempt) + " is the current one"};
    return;
  }
  if (!is_final(reply.state)) {
    if (task.state != TaskState::cancelling) note_arrival(slice, reply);
    return;
  }
  if (reply.log) note_log(slice, reply);
  task.journal = reply.journal;
  conclude(slice, task, settlement_of(slice, reply));
  slice.rows.update(task);
  after_settling(slice);
}

}  // namespace antiphon::core
