// SPDX-License-Identifier: MIT
// Counts what a program of one thread allocates: whoever links allocations.cpp has the operator new
// that counts.
#pragma once

#include <cstdint>

namespace antiphon::bench {

/// Calls of operator new so far.
std::int64_t allocations();

}  // namespace antiphon::bench
