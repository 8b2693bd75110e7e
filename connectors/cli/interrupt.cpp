// SPDX-License-Identifier: MIT
#include "connectors/cli/interrupt.hpp"

#include <csignal>

namespace antiphon::cli {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int) {
  noted = 1;
}

}  // namespace

void note_interrupts() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

bool interrupted() {
  return noted != 0;
}

}  // namespace antiphon::cli
