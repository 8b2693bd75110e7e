// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/core/attempts.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

void take_turn(Slice& slice) {
  Activation& activation = *slice.activation;
  if (!activation.due || slice.now() < *activation.due) return;
  activation.due.reset();
  slice.touch_activation();
  const bool scheduled = slice.run && slice.run->state == StageRunState::scheduled;
  if (activation.state == ActivationState::cancelling) {
    sweep_cancel(slice);
  } else if (slice.run && slice.run->state == StageRunState::opening) {
    open_tasks(slice);
  } else if (!scheduled) {
    drive(slice);
  } else if (activation.state == ActivationState::running) {
    begin_if_due(slice);
    drive(slice);
  }  // paused: a resume begins it
}

void settle_now(Slice& slice, Settlement settlement) {
  settle(slice, *slice.task, std::move(settlement));
  slice.rows.update(*slice.task);
  after_settling(slice);
}

std::string how_far(const Task& task) {
  if (polling(task)) {
    return "it waited for the next of " + std::to_string(task.polls) + " polls: " + task.waits_for;
  }
  if (task.state == TaskState::waiting) {
    return "it waited for attempt " + std::to_string(task.attempt + 1);
  }
  if (task.state != TaskState::owed) return "it was " + std::string(to_text(task.state));
  return task.site.empty() ? "it had not begun" : "the site never accepted it";
}

std::string too_late(const Task& task) {
  if (task.work_until && *task.work_until <= task.deadline) {
    return "its work took longer than workTimeout, " + to_text(task.work_timeout) + "; " +
           how_far(task);
  }
  return "no result within " + to_text(std::max(task.deadline - task.created, Duration{0})) + "; " +
         how_far(task);
}

void time_out(Slice& slice) {
  const Task& task = *slice.task;
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  const bool worker = info != nullptr && info->executor == Executor::worker;
  if (task.site.empty() && worker && task.state != TaskState::waiting) {
    stop_work(slice, task);
  }
  leave_poll(slice, task);
  settle_now(slice, {TaskState::failed, status::timed_out, {}, too_late(task)});
}

/// `doublings` of `first`, at most `most`.
Duration backoff(Duration first, Duration most, int doublings) {
  Duration wait = first;
  for (int i = 0; i < doublings && wait < most; ++i) wait.ms *= 2;
  return std::min(wait, most);
}

void try_again(Slice& slice) {
  if (polling(*slice.task)) {
    poll_again(slice, *slice.task);
  } else {
    begin_next_attempt(slice, *slice.task);
  }
  slice.rows.update(*slice.task);
  after_settling(slice);
}

void send_again(Slice& slice) {
  Task& task = *slice.task;
  task.sends += 1;
  if (task.state == TaskState::cancelling) {
    task.next_send = slice.now() + slice.draws.jitter(backoff(limits::resend_first,
                                                              limits::resend_most, task.sends));
    slice.emit(SendCancel{task.site, {task.id, task.attempt, slice.activation->error}});
  } else {
    task.next_send = slice.now() + slice.draws.jitter(backoff(limits::requery_first,
                                                              limits::requery_most, task.sends));
    slice.emit(SendCommand{
        task.site, command_for(*slice.activation, *slice.run, task, slice.plane.self, slice.now()),
        true});
  }
  slice.rows.update(task);
}

}  // namespace

void handle(Slice& slice, const DueReached&) {
  if (!slice.task) {
    take_turn(slice);
    return;
  }
  const Task& task = *slice.task;
  const auto due = due_at(task);
  if (!due || slice.now() < *due) return;
  const bool cancelling = task.state == TaskState::cancelling;
  const bool woken = wakes(task, slice.now());
  if (task.state == TaskState::waiting && woken) {
    try_again(slice);
  } else if (cancelling && woken) {
    settle_now(slice,
               {TaskState::cancelled,
                status::cancelled,
                {},
                "nothing was heard within the grace time; whether it was done is uncertain"});
  } else if (woken) {
    settle_now(slice, Settlement{});
  } else if (!cancelling && ends_at(task) <= slice.now()) {
    time_out(slice);
  } else {
    send_again(slice);
  }
}

}  // namespace antiphon::core
