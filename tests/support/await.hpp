// SPDX-License-Identifier: MIT
// Waiting for a condition instead of for a time: a test says what must become true and how long it
// may take at most.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace antiphon::test {

/// How long a thing may take on a busy machine before a test calls it broken. Passing tests never
/// wait that long.
inline constexpr std::chrono::milliseconds patience{10'000};

/// Calls `condition` until what it returns is true (a bool, an optional, a pointer) and returns
/// that. After `timeout` it throws, which fails the test; `what` then says what was awaited: "the
/// broker accepts".
template <class Condition>
auto await(Condition condition, std::chrono::milliseconds timeout = patience,
           const std::string& what = "the condition") {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (true) {
    if (auto result = condition()) return result;
    if (std::chrono::steady_clock::now() >= end) {
      throw std::runtime_error("not within " + std::to_string(timeout.count()) + " ms: " + what);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace antiphon::test
