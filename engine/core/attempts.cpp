// SPDX-License-Identifier: MIT
#include "engine/core/attempts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/check.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/report.hpp"
#include "engine/core/secret_requests.hpp"

namespace antiphon::core {
namespace {

constexpr int retry_spread = 500;  // thousandths

/// The oldest lines leave when there is no room for all.
void add_line(std::string& note, const std::string& line) {
  note += (note.empty() ? "" : "\n") + line.substr(0, limits::reason_bytes);
  while (note.size() > limits::reason_bytes) {
    const auto end = note.find('\n');
    note.erase(0, end == std::string::npos ? note.size() - limits::reason_bytes : end + 1);
  }
}

/// Of the stage's own provider; its parts are not tried again.
const Retry& retry_of(const Slice& slice, const Task& task) {
  static const Retry none;
  if (is_part(*slice.run, task) || !slice.activation->origin.empty()) return none;
  const auto stage = slice.campaign->stages.find(slice.run->stage);
  ANTIPHON_CHECK(stage != slice.campaign->stages.end());
  return stage->second.retry;
}

bool being_cancelled(const Slice& slice, const Task& task) {
  return task.state == TaskState::cancelling ||
         slice.activation->state == ActivationState::cancelling;
}

void wait_until(Slice& slice, Task& task, Instant next, const std::string& error) {
  task.state = TaskState::waiting;
  task.wake_at = next;
  task.next_send.reset();
  task.sends = 0;
  task.journal.clear();
  forget_polls(slice, task);
  task.work_until.reset();
  tell_task(slice, "task.waiting", task, error);
  if (!task.site.empty()) slice.emit(Arrived{task.site, task.id});
}

}  // namespace

Duration pause_after(const Retry& retry, int failed, Draws& draws) {
  if (retry.interval) return *retry.interval;
  Duration pause = limits::retry_first;
  for (int i = 1; i < failed && pause < limits::retry_most; ++i) pause.ms += pause.ms / 2;
  return std::min(draws.jitter(std::min(pause, limits::retry_most), retry_spread),
                  limits::retry_most);
}

void conclude(Slice& slice, Task& task, Settlement settlement) {
  const Retry& retry = retry_of(slice, task);
  const bool again =
      settlement.may_retry && task.attempt <= retry.most && !being_cancelled(slice, task);
  if (!again) return settle(slice, task, std::move(settlement));
  const std::string number = std::to_string(task.attempt);
  const std::string error = error_text(settlement.status, settlement.error);
  const Instant next = slice.now() + pause_after(retry, task.attempt, slice.draws);
  if (next >= task.deadline) {
    add_line(task.note, "attempt " + number + " was the last one: no time is left for another");
    return settle(slice, task, std::move(settlement));
  }
  add_line(task.note, "attempt " + number + ": " + error);
  wait_until(slice, task, next, error);
}

void begin_next_attempt(Slice& slice, Task& task) {
  ANTIPHON_CHECK(task.state == TaskState::waiting);
  task.attempt += 1;
  task.state = TaskState::owed;
  task.wake_at.reset();
  if (!task.site.empty()) {
    if (const auto there = weigh_secrets(task.request, slice.plane.secrets); !there) {
      settle(slice, task, unopened(there.error()));
      return;
    }
    slice.emit(SendCommand{task.site, command_for(*slice.activation, *slice.run, task,
                                                  slice.plane.self, slice.now())});
    return;
  }
  const Value request = Value::parse(task.request);
  start_local(slice, task, request.at("config"), request.at("inputs"));
}

}  // namespace antiphon::core
