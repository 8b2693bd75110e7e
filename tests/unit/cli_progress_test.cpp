// SPDX-License-Identifier: MIT
// The line that says how far something long is.
#include "connectors/cli/progress.hpp"

#include <doctest/doctest.h>

using namespace antiphon;

TEST_CASE("progress: the line is as full as the work is done, whatever the numbers are") {
  const auto bar = [](std::size_t full) {
    return " [" + std::string(full, '#') + std::string(30 - full, '.') + "] ";
  };
  const struct {
    std::int64_t done;
    std::int64_t all;
    std::string line;
  } rows[]{
      {0, 10, "checking" + bar(0) + "0 %"},
      {1, 3, "checking" + bar(10) + "33 %"},
      {99'999, 100'000, "checking" + bar(29) + "99 %"},
      {10, 10, "checking" + bar(30) + "100 %"},
      {11, 10, "checking" + bar(30) + "100 %"},
      {-1, 10, "checking" + bar(0) + "0 %"},
      {0, 0, "checking" + bar(0) + "0 %"},
  };
  for (const auto& row : rows) CHECK(cli::progress_line("checking", row.done, row.all) == row.line);
}
