// SPDX-License-Identifier: MIT
// The page on campaigns names every value that `compat` brings back, and no other one.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/core/compat.hpp"

namespace antiphon::core {

TEST_CASE("compat: docs/campaigns.md lists what it changes, row by row") {
  std::ifstream file(ANTIPHON_SOURCE_DIR "/docs/campaigns.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::string table = "| what | with it | without |\n|---|---|---|\n";
  for (const compat::Change& change : compat::changes) {
    table.append("| ").append(change.what).append(" | ").append(change.then);
    table.append(" | ").append(change.without).append(" |\n");
  }
  CHECK(page.find(table + "\n") != std::string::npos);
}

}  // namespace antiphon::core
