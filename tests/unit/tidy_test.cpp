// SPDX-License-Identifier: MIT
// The tree reads itself: every source against the rules of the house, every test and source against
// the build.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/tidy_rules.hpp"

namespace {

using antiphon::test::Complaints;
using antiphon::test::make_source;
using antiphon::test::Source;
using Rule = Complaints (*)(const Source&);

const std::string root = ANTIPHON_SOURCE_DIR;

const std::vector<Source>& tree() {
  static const auto sources = antiphon::test::read_tree(root);
  return sources;
}

void expect_none(const Complaints& complaints) {
  std::string text;
  for (const auto& complaint : complaints) text += complaint + '\n';
  CHECK_MESSAGE(complaints.empty(), text);
}

void check_tree(Rule rule) {
  CHECK(tree().size() > 50);
  Complaints all;
  for (const auto& source : tree()) {
    for (auto& complaint : rule(source)) all.push_back(std::move(complaint));
  }
  expect_none(all);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The build's word on a source: the CMakeLists.txt of its folder or of one above, up to the root.
bool is_built(const std::string& path) {
  namespace fs = std::filesystem;
  for (fs::path folder = fs::path(path).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    const auto list = read_file(root / folder / "CMakeLists.txt");
    const auto name = fs::path(path).lexically_relative(folder).string();
    for (auto at = list.find(name); at != std::string::npos; at = list.find(name, at + 1)) {
      const char before = at == 0 ? ' ' : list[at - 1];
      if (before == ' ' || before == '\n' || before == '(' || before == '/') return true;
    }
  }
  return false;
}

std::string lines(int count, const std::string& line) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line + '\n';
  return text;
}

struct Planted {
  Rule rule;
  std::string path;
  std::string text;
  std::size_t line;  ///< of the complaint; 0: none is expected
};

std::vector<Planted> planted() {
  using namespace antiphon::test;
  const std::string head = "// SPDX-License-Identifier: MIT\n// For a test.\n";
  return {
      {include_arrows, "engine/core/a.cpp", "#include \"engine/core/b.hpp\"\n", 0},
      {include_arrows, "engine/core/handlers/a.cpp", "\n#include \"engine/store/store.hpp\"\n", 2},
      {include_arrows, "engine/stages/a.cpp", "#include \"engine/expression/b.hpp\"\n", 1},
      {include_arrows, "engine/stages/a.cpp", "#include \"stages.hpp\"\n", 1},
      {include_arrows, "engine/stages/a.cpp", "// #include \"engine/expression/b.hpp\"\n", 0},
      {include_arrows, "connectors/wire/a.cpp", "#include \"engine/runtime/messenger.hpp\"\n", 0},
      {include_arrows, "connectors/wire/a.cpp", "#include \"engine/runtime/loop.hpp\"\n", 1},
      {include_arrows, "connectors/cli/a.cpp", "#include \"tests/support/broker.hpp\"\n", 1},
      {include_arrows, "engine/new_room/a.cpp", "", 1},
      {third_party_headers, "engine/core/a.cpp",
       "#include <string>\n#include <nlohmann/json.hpp>\n", 0},
      {third_party_headers, "engine/core/a.cpp", "#include <spdlog/spdlog.h>\n", 1},
      {third_party_headers, "engine/runtime/a.cpp", "#include <mqtt/async_client.h>\n", 1},
      {third_party_headers, "engine/campaign/a.cpp", "#include <unistd.h>\n", 1},
      {third_party_headers, "connectors/bus/a.cpp", "#include <boost/any.hpp>\n", 1},
      {purity, "engine/core/a.cpp", "#include <thread>\n", 1},
      {purity, "engine/stages/a.cpp", "\nauto t = std::chrono::system_clock::now();\n", 2},
      {purity, "engine/stages/a.cpp", "// system_clock, \"<thread>\"\n", 0},
      {purity, "engine/runtime/a.cpp", "#include <thread>\n", 0},
      {banned_words, "engine/core/a.cpp", "class TaskManager {};\n", 1},
      {banned_words, "engine/core/a.cpp", "int n = atoi(text);\n", 1},
      {banned_words, "engine/core/a.cpp",
       "// FIX"
       "ME\n",
       1},
      {banned_words, "tests/unit/a.cpp", "std::this_thread::sleep_for(one_second);\n", 1},
      {banned_words, "tests/support/a.cpp", "std::this_thread::sleep_for(one_second);\n", 0},
      {banned_words, "tests/unit/a.cpp", "ChildProcess child({\"sleep(\"});\n", 0},
      {file_head, "engine/core/a.cpp", head, 0},
      {file_head, "engine/core/a_b.cpp",
       "// SPDX-License-Identifier: MIT\n#include \"engine/core/a.hpp\"\n", 0},
      {file_head, "engine/stages/b.cpp",
       "// SPDX-License-Identifier: MIT\n#include \"engine/stages/stages.hpp\"\n", 0},
      {file_head, "engine/core/b.cpp",
       "// SPDX-License-Identifier: MIT\n#include \"engine/core/c.hpp\"\n", 2},
      {file_head, "engine/core/a.cpp", "#pragma once\n", 1},
      {file_head, "engine/core/a.cpp", "// SPDX-License-Identifier: MIT\n#pragma once\n", 2},
      {sizes, "engine/core/a.cpp", lines(400, "int x;"), 0},
      {sizes, "engine/core/a.cpp", lines(401, "int x;"), 401},
      {sizes, "engine/core/a.cpp", std::string(101, 'x'), 1},
      {sizes, "engine/core/a.cpp", "// " + std::string(117, 'x'), 0},
      {sizes, "engine/core/a.cpp", "// " + std::string(118, 'x'), 1},
      {sizes, "engine/core/a.cpp", "auto text = R\"(\n" + std::string(200, 'x') + "\n)\";\n", 0},
      {sizes, "engine/core/a.cpp", "int f(int x = 1) {\n" + lines(69, "x = 1'000;") + "}\n", 1},
      {sizes, "engine/core/a.cpp",
       "int f(int x = 1) {\n" + lines(68, "if (x) { x = '{'; }") + "}\n", 0},
      {sizes, "engine/core/a.cpp",
       "namespace a {\nstruct B {\n public:\n  B() : c_{1}, d_(2) {\n" + lines(69, "f();") +
           "}\n};\n}",
       4},
      {sizes, "engine/core/a.cpp", "const int table[] = {\n" + lines(90, "f(1),") + "};\n", 0},
      {sizes, "engine/core/a.cpp", "struct A {\n" + lines(90, "void f() const { g(); }") + "};\n",
       0},
  };
}

}  // namespace

TEST_CASE("tidy: rooms include only what their arrows allow") {
  check_tree(antiphon::test::include_arrows);
}

TEST_CASE("tidy: a library's headers appear in its folder only") {
  check_tree(antiphon::test::third_party_headers);
}

TEST_CASE("tidy: the pure rooms know no clock, thread, randomness, file or log") {
  check_tree(antiphon::test::purity);
}

TEST_CASE("tidy: nobody uses what the house has something better for") {
  check_tree(antiphon::test::banned_words);
}

TEST_CASE("tidy: each source begins with its licence and what it is for") {
  check_tree(antiphon::test::file_head);
}

TEST_CASE("tidy: files, functions and lines stay small enough to read") {
  check_tree(antiphon::test::sizes);
}

TEST_CASE("tidy: each source is in the build") {
  Complaints complaints;
  for (const auto& source : tree()) {
    const bool is_header = source.path.rfind(".hpp") != std::string::npos;
    if (is_header || is_built(source.path)) continue;
    complaints.push_back(source.path +
                         ":1: no CMakeLists.txt names it; add it, or remove the file");
  }
  expect_none(complaints);
}

TEST_CASE("tidy: each rule finds what it is for, and nothing in what is right") {
  for (const auto& row : planted()) {
    const auto complaints = row.rule(make_source(row.path, row.text));
    CHECK_MESSAGE(complaints.size() == (row.line == 0 ? 0U : 1U),
                  (row.path + "\n" + row.text.substr(0, 300)));
    if (complaints.size() != 1) continue;
    const auto place = row.path + ":" + std::to_string(row.line) + ": ";
    CHECK_MESSAGE(complaints.front().rfind(place, 0) == 0,
                  (complaints.front() + " is not at " + place));
  }
}
