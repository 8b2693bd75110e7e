// SPDX-License-Identifier: MIT
// Lint: each rule finds what it is for, in its place, keeps quiet about what is meant, and can be
// allowed. The texts in tests/lint are what `antiphon lint FILE` prints there, without its last
// line.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/campaign/lint.hpp"
#include "engine/core/limits.hpp"
#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

Linted linted(const std::string& text, const std::vector<std::string>& allowed = {},
              const std::string& file = "f") {
  auto found = load_and_lint(text, file, test::providers(), allowed);
  REQUIRE_MESSAGE(found.has_value(), to_text(found.error().front()));
  return *std::move(found);
}

/// What `antiphon lint` prints of it.
std::string told(const Linted& found) {
  std::string lines;
  for (const Warning& warning : found.warnings) lines += to_text(warning) + "\n";
  return lines;
}

std::vector<std::filesystem::path> campaigns() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(ANTIPHON_SOURCE_DIR "/tests/lint")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string with_stages(const std::string& stages) {
  return "metadata: {name: a}\nspec:\n  firstStage: one\n  stages:\n" + stages;
}

}  // namespace

TEST_CASE("lint: each campaign in tests/lint has just the findings of the text beside it") {
  for (const auto& file : campaigns()) {
    CAPTURE(file.string());
    auto expected = file;
    const std::string text = test::read_file(file);
    CHECK(told(linted(text, {}, file.filename().string())) ==
          test::read_file(expected.replace_extension(".txt")));
  }
}

TEST_CASE("lint: tests/lint finds something for each rule, and nothing for its counterpart") {
  std::string found;
  std::size_t quiet = 0;
  for (auto file : campaigns()) {
    const std::string text = test::read_file(file.replace_extension(".txt"));
    if (text.empty()) ++quiet;
    found += text;
  }
  for (const Rule& rule : lint_rules()) {
    CAPTURE(rule.name);
    CHECK(found.find("[" + std::string(rule.name) + "]") != std::string::npos);
  }
  CHECK(quiet >= 5);
}

TEST_CASE("lint: a rule can be allowed for all files, in a document, and for one stage of it") {
  const std::string stages = "    one: {stageSelector: one}\n    two: {stageSelector: two}\n";
  const auto rules = [&](const std::string& annotation, const std::vector<std::string>& allowed) {
    std::string text = with_stages(stages);
    if (!annotation.empty()) {
      text.replace(0, std::string("metadata: {name: a}").size(),
                   "metadata: {name: a, annotations: {antiphon/lint-allow: '" + annotation + "'}}");
    }
    std::string names;
    for (const Warning& warning : linted(text, allowed).warnings) {
      names += std::string(warning.rule->name) + " ";
    }
    return names;
  };
  CHECK(rules("", {}) == "endless-loop unreachable-stage ");
  CHECK(rules("", {"endless-loop"}) == "unreachable-stage ");
  CHECK(rules("endless-loop, unreachable-stage", {}).empty());
  CHECK(rules("endless-loop@one unreachable-stage@one", {}) == "unreachable-stage ");
  CHECK(rules("endless-lop", {}) == "unknown-rule endless-loop unreachable-stage ");
}

TEST_CASE("lint: rules are sorted, each with a reason, and a misspelt one is found") {
  const auto& rules = lint_rules();
  CHECK(std::is_sorted(rules.begin(), rules.end(),
                       [](const Rule& a, const Rule& b) { return a.name < b.name; }));
  for (const Rule& rule : rules) CHECK(!rule.why.empty());
  CHECK(rule_hint("unreachable-stages") == "did you mean 'unreachable-stage'?");
  CHECK(rule_hint("x").starts_with("rules: differs-from-symphony, endless-loop"));
}

TEST_CASE("lint: of very many warnings the first are kept and the others counted") {
  std::string stages = "    one: {}\n";
  for (int i = 0; i < 500; ++i) stages += "    s" + std::to_string(i) + ": {}\n";
  const Linted found = linted(with_stages(stages));
  CHECK(found.warnings.size() == core::limits::document_problems);
  CHECK(found.dropped == 500 - core::limits::document_problems);
}

TEST_CASE("lint: a chain of very many stages is looked through") {
  std::string stages = "    one: {stageSelector: s0}\n";
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i) {
    stages += "    s" + std::to_string(i) + ": {stageSelector: s" +
              std::to_string((i + 1) % count) + "}\n";
  }
  const Linted found = linted(with_stages(stages));
  REQUIRE(found.warnings.size() == 1);
  CHECK(found.warnings.front().rule->name == "endless-loop");
}

TEST_CASE("lint: a text that is no document gives its problems") {
  CHECK(!load_and_lint("metadata: {name: a}\nspec: {firstStage: s}", "f", test::providers()));
}

}  // namespace antiphon::campaign
