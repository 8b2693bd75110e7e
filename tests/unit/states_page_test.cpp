// SPDX-License-Identifier: MIT
// The page on states is what the table of states and events prints.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/core/transitions.hpp"

namespace antiphon::test {
namespace {

const std::string path = ANTIPHON_SOURCE_DIR "/docs/states.md";

std::string read_page() {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Between its marks stands `wanted`; with ANTIPHON_REWRITE it is put there.
void check_part(const std::string& name, const std::string& wanted) {
  const std::string mark = "<!-- generated: " + name + " -->\n";
  std::string page = read_page();
  const auto mark_at = page.find(mark);
  REQUIRE(mark_at != std::string::npos);
  const auto begin = mark_at + mark.size();
  const auto end = page.find("<!-- end -->", begin);
  REQUIRE(end != std::string::npos);
  if (std::getenv("ANTIPHON_REWRITE") != nullptr) {
    page.replace(begin, end - begin, wanted);
    std::ofstream(path) << page;
    return;
  }
  CHECK_MESSAGE(page.substr(begin, end - begin) == wanted,
                "run this test with ANTIPHON_REWRITE=1, and review the difference");
}

}  // namespace

TEST_CASE("states page: diagrams and tables are those of the code") {
  for (const core::Entity entity : core::entities) {
    check_part(
        std::string(core::to_text(entity)),
        "\n```mermaid\n" + core::mermaid(entity) + "```\n\n" + core::rules_table(entity) + "\n");
  }
  check_part("events", "\n" + core::events_table() + "\n");
}

}  // namespace antiphon::test
