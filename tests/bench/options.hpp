// SPDX-License-Identifier: MIT
// What bench_stages is asked to do.
#pragma once

#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "tests/bench/interrupt.hpp"

namespace antiphon::bench {

struct Options {
  int rounds = 5;
  Milliseconds each{2000};  ///< per measurement
  std::vector<int> depths{1, 10, 100, 1000};
  bool json = false;
  bool help = false;
  std::string program = ANTIPHON_PROGRAM;
};

extern const char* const usage;

core::Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace antiphon::bench
