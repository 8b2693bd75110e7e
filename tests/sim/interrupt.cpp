// SPDX-License-Identifier: MIT
#include "tests/sim/interrupt.hpp"

#include <signal.h>

namespace antiphon::sim {
namespace {

volatile sig_atomic_t stop_signal = 0;

void remember_signal(int signal) {
  stop_signal = signal;
}

}  // namespace

void heed_signals() {
  struct sigaction action {};
  action.sa_handler = remember_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int told_to_stop() {
  return stop_signal;
}

}  // namespace antiphon::sim
