// SPDX-License-Identifier: MIT
#include "engine/core/attempts.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

void note_start(Slice& slice) {
  Task& task = *slice.task;
  if (task.state != TaskState::owed && task.state != TaskState::accepted) return;
  task.state = TaskState::started;
  begin_work_time(slice, task);
  slice.rows.update(task);
  tell_task(slice, "task.started", task);
  if (!slice.activation->origin.empty()) answer_origin(slice, task);
}

Settlement uncertain(const Task& task) {
  return {TaskState::uncertain,
          status::uncertain,
          {},
          "the work of stage run " + std::to_string(task.key.run) +
              " was interrupted and nobody can tell whether it was done"};
}

Settlement settlement_of(const Slice& slice, const WorkReported& report) {
  const Task& task = *slice.task;
  if (report.kind == WorkReported::Kind::uncertain) return uncertain(task);
  if (report.status == status::cancelled) {
    return {TaskState::cancelled, status::cancelled, report.outputs, report.error};
  }
  Settlement settlement =
      judge(Finished{report.status, parse_object(report.outputs), report.error}, *slice.run, task);
  if (report.status == status::timed_out) settlement.may_retry = false;
  return settlement;
}

/// It came too late: of an attempt or a poll whose end is known. What an earlier poll left goes
/// with its attempt, of which something may be running again.
void pass_over(Slice& slice, const WorkReported& report) {
  const Task& task = *slice.task;
  const bool same_attempt = report.attempt == work_attempt(*slice.activation, task);
  if (same_attempt && !settled(task.state) && task.polls > 0) return;
  if (report.kind == WorkReported::Kind::started) {
    slice.emit(StopWork{task.key, task.id, report.attempt});
  } else {
    slice.emit(ForgetWork{task.key, task.id, report.attempt});
  }
}

void note_poll(Slice& slice, const WorkReported& report) {
  Task& task = *slice.task;
  const bool untold = task.state == TaskState::owed && !slice.activation->origin.empty();
  wait_for_poll(slice, task, report.wait, report.outputs, report.error);
  if (untold && polling(task)) answer_origin(slice, task);
  if (settled(task.state)) slice.emit(ForgetWork{task.key, task.id, report.attempt});
  slice.rows.update(task);
  after_settling(slice);
}

}  // namespace

void handle(Slice& slice, const WorkReported& report) {
  Task& task = *slice.task;
  if (!task.site.empty()) {
    slice.outcome.refused =
        Error{status::forbidden,
              "task " + task.id.text() + " is " + task.site.text() + "'s work, not this plane's"};
    return;
  }
  const bool other =
      report.attempt != work_attempt(*slice.activation, task) || report.polls != task.polls;
  // Also of work that came too late: what it wrote says why.
  if (report.log && !other) {
    slice.rows.put_log(task.key, tail_of(*report.log, limits::log_bytes));
  }
  if (settled(task.state) || task.state == TaskState::waiting || other) {
    pass_over(slice, report);
    return;
  }
  if (report.kind == WorkReported::Kind::started) {
    note_start(slice);
    return;
  }
  const bool again = report.kind == WorkReported::Kind::uncertain && task.idempotent &&
                     task.state != TaskState::cancelling;
  if (again) {
    start_work(slice, task, true);
    return;
  }
  if (report.kind == WorkReported::Kind::not_yet) {
    note_poll(slice, report);
    return;
  }
  conclude(slice, task, settlement_of(slice, report));
  slice.emit(ForgetWork{task.key, task.id, report.attempt});
  slice.rows.update(task);
  after_settling(slice);
}

}  // namespace antiphon::core
