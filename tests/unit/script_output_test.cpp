// SPDX-License-Identifier: MIT
// Where a script's outputs are read from, and how much of what it prints is kept.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "connectors/providers/capped_output.hpp"
#include "connectors/providers/waiting_line.hpp"
#include "engine/core/limits.hpp"
#include "tests/support/temp_dir.hpp"

using namespace antiphon;
using namespace antiphon::providers;

namespace {

Waiting waiting(std::size_t request_bytes) {
  Waiting item;
  item.work.request = std::string(request_bytes, 'x');
  return item;
}

}  // namespace

TEST_CASE(
    "script output: up to the bound a file has all of it, past it the beginning and the end") {
  struct Row {
    std::vector<std::string> parts;
    const char* file;
    const char* tail;
    bool cut;
  };
  const std::vector<Row> rows = {
      {{}, "", "", false},
      {{"abc"}, "abc", "abc", false},
      {{"abcd", "efgh"}, "abcdefgh", "abcdefgh", false},
      {{"abcdefgh", "i"}, "abcd\n[... 1 bytes left out ...]\nfghi", "bcdefghi", true},
      {{"a", "bcdefghijklmnopqrstuvwxyz", "0"},
       "abcd\n[... 19 bytes left out ...]\nxyz0",
       "tuvwxyz0",
       true},
  };
  const test::TempDir dir;
  for (const Row& row : rows) {
    CAPTURE(std::string(row.file));
    CappedOutput output(dir / "stdout", 8);
    for (const auto& part : row.parts) output.append(part);
    output.finish();
    std::ifstream file(dir / "stdout");
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == row.file);
    CHECK(output.tail() == row.tail);
    CHECK(output.tail_is_cut() == row.cut);
  }
}

TEST_CASE("script output: without a file to write to the tail is there all the same") {
  CappedOutput output("/proc/no/such/file", 8);
  output.append("abc");
  output.finish();
  CHECK(output.tail() == "abc");
}

TEST_CASE("script line: first come, first served, and any may leave") {
  WaitingLine line;
  for (const std::size_t size : {1, 2, 3, 4}) {
    CHECK(line.push("task-" + std::to_string(size), waiting(size)));
  }
  CHECK(line.remove("task-2").value().work.request.size() == 2);
  CHECK_FALSE(line.contains("task-2"));
  CHECK_FALSE(line.remove("task-2"));
  for (const std::size_t size : {1, 3, 4}) CHECK(line.pop().value().work.request.size() == size);
  CHECK_FALSE(line.pop());
}

TEST_CASE("script line: it is bounded in number and in bytes, and takes more when some have left") {
  WaitingLine line;
  const std::size_t half = core::limits::waiting_script_bytes / 2;
  CHECK(line.push("a", waiting(half)));
  CHECK(line.push("b", waiting(half)));
  CHECK_FALSE(line.push("c", waiting(1)));
  CHECK(line.pop());
  CHECK(line.push("c", waiting(1)));
  for (std::size_t i = 2; i < core::limits::waiting_scripts; ++i) {
    REQUIRE(line.push("n" + std::to_string(i), waiting(0)));
  }
  CHECK_FALSE(line.push("one more", waiting(0)));
}
