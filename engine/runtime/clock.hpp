// SPDX-License-Identifier: MIT
// Port: time for the shell. The core never reads it; instants go in with events.
#pragma once

#include <algorithm>
#include <chrono>

#include "engine/core/time.hpp"

namespace antiphon::runtime {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual core::Instant wall() = 0;
  /// From some fixed point; never jumps.
  virtual core::Duration monotonic() = 0;
};

class SystemClock final : public Clock {
 public:
  core::Instant wall() override {
    return {in_ms(std::chrono::system_clock::now().time_since_epoch())};
  }
  core::Duration monotonic() override {
    return {in_ms(std::chrono::steady_clock::now().time_since_epoch())};
  }

 private:
  template <class D>
  static std::int64_t in_ms(D duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  }
};

/// Instants that never decrease: max(last stored, wall at start + monotonic since)
/// (architecture.md, The contract of the shell). A wall clock that jumps while we run moves
/// nothing.
class Timeline {
 public:
  Timeline(Clock& clock, core::Instant last_stored)
      : clock_(clock), start_(std::max(last_stored, clock.wall())), begun_(clock.monotonic()) {}

  core::Instant now() { return start_ + core::Duration{clock_.monotonic().ms - begun_.ms}; }

 private:
  Clock& clock_;
  core::Instant start_;
  core::Duration begun_;
};

}  // namespace antiphon::runtime
