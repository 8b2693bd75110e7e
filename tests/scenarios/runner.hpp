// SPDX-License-Identifier: MIT
// Runs one scenario file in every way: both stores, each also with a restart after every command.
#pragma once

#include <string>

namespace antiphon::scenarios {

/// The file's name in tests/scenarios. Checks with doctest: each step prints what the file says, in
/// every way; no invariant is ever broken; every way ends with the same rows. With
/// ANTIPHON_REWRITE=1 the file is written again first.
void run_scenario(const std::string& file);

}  // namespace antiphon::scenarios
