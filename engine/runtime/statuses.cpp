// SPDX-License-Identifier: MIT
#include "engine/runtime/statuses.hpp"

namespace antiphon::runtime {

StatusOut Statuses::out(const core::Status& status) {
  const bool final = core::ended(status.state);
  bool retain = retained_.contains(status.activation);
  if (final) {
    retained_.erase(status.activation);
  } else if (!retain && retained_.size() < core::limits::retained_statuses) {
    retained_.insert(status.activation);
    retain = true;
  }
  return {status, retain, final};
}

void Statuses::offer(const core::Status& status, core::Instant now, const Send& send) {
  const auto found = quiet_.find(status.activation);
  if (core::ended(status.state)) {
    if (found != quiet_.end()) {
      timers_.erase({found->second.until, status.activation});
      quiet_.erase(found);
    }
    send(out(status));
    return;
  }
  if (found != quiet_.end()) {
    found->second.waiting = status;
    return;
  }
  const core::Instant until = now + core::limits::status_interval;
  quiet_[status.activation] = {until, std::nullopt};
  timers_.emplace(until, status.activation);
  send(out(status));
}

void Statuses::pump(core::Instant now, const Send& send) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const core::ActivationId id = timers_.begin()->second;
    timers_.erase(timers_.begin());
    const auto quiet = quiet_.find(id);
    const auto waiting = std::move(quiet->second.waiting);
    quiet_.erase(quiet);
    if (waiting) offer(*waiting, now, send);
  }
}

std::optional<core::Instant> Statuses::next() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first;
}

void Statuses::restart(const std::vector<core::Status>& open, const Send& send) {
  retained_.clear();
  for (const core::Status& status : open) send(out(status));
}

}  // namespace antiphon::runtime
