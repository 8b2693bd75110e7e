// SPDX-License-Identifier: MIT
// Named places where a test build dies, so that a test can kill a process at the instant it means.
// The product links antiphon_failpoint_off, where passing one does nothing.
#pragma once

#include <string_view>

namespace antiphon {

/// Passes the place `name`. With antiphon_failpoint_on and ANTIPHON_FAILPOINT=<name> in the
/// environment the process is gone by SIGKILL at the first passing, with <name>:<n> at the n-th of
/// this process. May be called on any thread.
void failpoint(std::string_view name);

}  // namespace antiphon
