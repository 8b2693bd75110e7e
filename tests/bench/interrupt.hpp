// SPDX-License-Identifier: MIT
// A benchmark ends in order whatever happens: by Ctrl-C, by SIGTERM, and when it takes longer than
// it ever should.
#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>

namespace antiphon::bench {

using Milliseconds = std::chrono::milliseconds;

class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// From here on SIGINT, SIGTERM, and the end of `longest` make pass() and reached() throw.
void watch_for_interrupts(std::chrono::seconds longest);

/// Lets the time pass. Throws Interrupted.
void pass(Milliseconds time);

/// Waits until `condition` is true, at most `longest`; whether it became so. Throws Interrupted.
bool reached(const std::function<bool()>& condition, Milliseconds longest);

}  // namespace antiphon::bench
