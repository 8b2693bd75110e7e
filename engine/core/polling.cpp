// SPDX-License-Identifier: MIT
#include "engine/core/polling.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/check.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// Cut at a character.
std::string readable(std::string why) {
  if (why.size() <= limits::reason_bytes) return why;
  std::size_t end = limits::reason_bytes;
  while (end > 0 && (static_cast<unsigned char>(why[end]) & 0xC0U) == 0x80U) --end;
  why.resize(end);
  return why;
}

Settlement too_large(std::size_t bytes) {
  return {TaskState::failed,
          status::too_large,
          {},
          "what the work wants to keep until it is asked again has " + std::to_string(bytes) +
              " bytes, more than " + std::to_string(limits::poll_state_bytes)};
}

}  // namespace

bool polling(const Task& task) {
  return task.state == TaskState::waiting && task.polls > 0;
}

void wait_for_poll(Slice& slice, Task& task, Duration wait, JsonText state, std::string why) {
  if (task.state == TaskState::cancelling) {
    const std::string& reason = slice.activation->error;
    settle(slice, task,
           {TaskState::cancelled,
            status::cancelled,
            {},
            reason.empty() ? "it was stopped before it was asked again" : reason});
    return;
  }
  if (state.size() > limits::poll_state_bytes) return settle(slice, task, too_large(state.size()));
  begin_work_time(slice, task);
  const Duration left = std::max(ends_at(task) - slice.now(), Duration{0});
  why = readable(std::move(why));
  const bool news = task.polls == 0 || why != task.waits_for;
  const JsonText asked = request_of(slice.plane, task);
  task.state = TaskState::waiting;
  task.wake_at = slice.now() + std::min(std::max(wait, limits::poll_least), left);
  task.polls += 1;
  task.poll_state = state.empty() ? "null" : std::move(state);
  task.waits_for = std::move(why);
  if (news) tell_task(slice, "task.waiting", task);
  JsonText asks = request_of(slice.plane, task);
  if (asks != asked) slice.emit(PublishRequest{task.key.activation, task.id, std::move(asks)});
}

void poll_again(Slice& slice, Task& task) {
  ANTIPHON_CHECK(polling(task));
  task.state = TaskState::started;
  task.wake_at.reset();
  const Value request = Value::parse(task.request);
  start_local(slice, task, request.at("config"), request.at("inputs"));
}

JsonText request_of(const Plane& plane, const Task& task) {
  const ProviderInfo* info = plane.providers->find(task.provider);
  if (info == nullptr || info->vote == nullptr || task.poll_state.empty()) return {};
  const Value state = Value::parse(task.poll_state);
  if (!state.is_object()) return {};
  const auto request = state.find("request");
  return request == state.end() ? JsonText() : dump(*request);
}

void take_back_request(Slice& slice, const Task& task) {
  if (request_of(slice.plane, task).empty()) return;
  slice.emit(PublishRequest{task.key.activation, task.id, {}});
}

void forget_polls(Slice& slice, Task& task) {
  take_back_request(slice, task);
  task.polls = 0;
  task.poll_state.clear();
  task.waits_for.clear();
}

void leave_poll(Slice& slice, const Task& task) {
  if (!polling(task)) return;
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  if (info == nullptr || info->executor != Executor::worker) return;
  slice.emit(ForgetWork{task.key, task.id, work_attempt(*slice.activation, task)});
}

}  // namespace antiphon::core
