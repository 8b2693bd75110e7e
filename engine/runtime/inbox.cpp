// SPDX-License-Identifier: MIT
#include "engine/runtime/inbox.hpp"

#include <algorithm>
#include <chrono>

namespace antiphon::runtime {

bool Inbox::post(Envelope envelope) {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [this] { return closed_ || waiting_.size() < core::limits::waiting_events; });
  if (closed_) return false;
  waiting_.push_back(std::move(envelope));
  arrived_.notify_one();
  return true;
}

std::vector<Envelope> Inbox::take(std::size_t limit, core::Duration patience) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, std::chrono::milliseconds(patience.ms),
                    [this] { return closed_ || nudged_ || !waiting_.empty(); });
  nudged_ = false;
  std::vector<Envelope> taken;
  const auto count = std::min(limit, waiting_.size());
  taken.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  left_.notify_all();
  return taken;
}

void Inbox::pause(core::Duration time) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, std::chrono::milliseconds(time.ms),
                    [this] { return closed_ || nudged_; });
  nudged_ = false;
}

void Inbox::nudge() {
  const std::lock_guard lock(mutex_);
  nudged_ = true;
  arrived_.notify_one();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  arrived_.notify_all();
  left_.notify_all();
}

}  // namespace antiphon::runtime
