// SPDX-License-Identifier: MIT
// How long to wait before the next attempt: doubling, with jitter, so that a thousand sites do not
// come back at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "engine/core/time.hpp"

namespace antiphon::bus {

class Backoff {
 public:
  Backoff(core::Duration first, core::Duration most, std::uint32_t seed)
      : first_(first), most_(most), next_(first), random_(seed) {}

  /// Between half of the delay and all of it; the delay doubles from call to call up to the most.
  core::Duration next() {
    const std::int64_t delay_ms = next_.ms;
    next_.ms = std::min(most_.ms, next_.ms * 2);
    return {std::uniform_int_distribution<std::int64_t>(delay_ms / 2, delay_ms)(random_)};
  }

  void reset() { next_ = first_; }

 private:
  core::Duration first_;
  core::Duration most_;
  core::Duration next_;
  std::mt19937 random_;
};

}  // namespace antiphon::bus
