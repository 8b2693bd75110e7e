// SPDX-License-Identifier: MIT
// What bench_stages is asked to do.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "tests/bench/interrupt.hpp"

namespace antiphon::bench {

struct Options {
  int rounds = 5;
  double seconds = 2;  ///< per measurement
  std::vector<int> depths{1, 10, 100, 1000};
  bool json = false;
  std::string program = ANTIPHON_PROGRAM;

  Milliseconds each() const { return Milliseconds(static_cast<std::int64_t>(seconds * 1000)); }
};

void add_options(CLI::App& app, Options& options);

}  // namespace antiphon::bench
