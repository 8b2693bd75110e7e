// SPDX-License-Identifier: MIT
#include "tests/bench/interrupt.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

namespace antiphon::bench {
namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t caught = 0;

void note(int signal) {
  caught = signal;
}

void check() {
  if (caught == 0) return;
  throw Interrupted(caught == SIGALRM ? "it took longer than it ever should"
                                      : "signal " + std::to_string(caught));
}

/// At most `time`; a signal cuts it short.
void rest(Milliseconds time) {
  check();
  poll(nullptr, 0, static_cast<int>(std::max<std::int64_t>(time.count(), 0)));
  check();
}

}  // namespace

void watch_for_interrupts(std::chrono::seconds longest) {
  for (const int signal : {SIGINT, SIGTERM, SIGALRM}) std::signal(signal, note);
  alarm(static_cast<unsigned>(longest.count()));
}

void pass(Milliseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
    rest(std::chrono::ceil<Milliseconds>(end - Clock::now()));
  }
}

bool reached(const std::function<bool()>& condition, Milliseconds longest) {
  const auto end = Clock::now() + longest;
  while (!condition()) {
    if (Clock::now() >= end) return false;
    rest(Milliseconds(2));
  }
  return true;
}

}  // namespace antiphon::bench
