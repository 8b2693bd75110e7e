// SPDX-License-Identifier: MIT
// The checkers are checked: a sound record has no violation, each fault is found by its rule in its
// words, and there is a fault for each thing that can be found.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/unit/core_invariants_rows.hpp"

namespace antiphon::core {
namespace {

void find_each(const std::vector<Broken>& table) {
  for (const Broken& broken : table) {
    const std::string expected = broken.row + ": " + broken.what;
    INFO(broken.rule, " ", expected);
    bool found = false;
    std::string all;
    const auto violations = broken.found();
    for (const Violation& violation : violations) {
      found = found || (violation.rule == broken.rule && violation.text == expected);
      all += violation.rule + " " + violation.text + "\n";
    }
    CHECK_MESSAGE(found, all);
    CHECK_MESSAGE(violations.size() == 1 + broken.others, all);
  }
}

std::vector<Broken> all_tables() {
  std::vector<Broken> all;
  for (const auto table :
       {broken_runs, broken_tasks, broken_contexts, broken_steps, broken_texts, broken_planes}) {
    for (Broken& broken : table()) all.push_back(std::move(broken));
  }
  return all;
}

/// What the sources say to `expect`, in the order in which they say it.
std::vector<std::string> texts_of_sources() {
  namespace fs = std::filesystem;
  const std::regex call{R"re(findings\.expect\([^;]*?"([^"]*)"[^";]*\);)re"};
  std::vector<std::string> texts;
  for (const auto& entry : fs::directory_iterator(ANTIPHON_SOURCE_DIR "/engine/core")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator at(source.begin(), source.end(), call), end; at != end; ++at) {
      texts.push_back((*at)[1]);
    }
  }
  return texts;
}

std::size_t calls_in_sources() {
  std::size_t calls = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(ANTIPHON_SOURCE_DIR "/engine/core")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.find("findings.expect(") != std::string::npos) ++calls;
    }
  }
  return calls;
}

}  // namespace

TEST_CASE("invariants: a sound run has no violation, open, between stages, ended or commanded") {
  for (const auto base : {open_run, run_between, run_with_parts, ended_run, commanded_run}) {
    const RunRecord record = base();
    CHECK(check_run(record, self()).empty());
    CHECK(check_texts(record).empty());
    CHECK(check_step(record, record).empty());
  }
  CHECK(check_lane(sound_lane()).empty());
  CHECK(check_step(open_run(), ended_run()).empty());
  CHECK(check_step(open_run(), run_between()).empty());
}

TEST_CASE("invariants: each fault in what a run has done and waits for is found by its rule") {
  find_each(broken_runs());
}

TEST_CASE(
    "invariants: each fault in a task, and in what is counted of tasks, is found by its rule") {
  find_each(broken_tasks());
}

TEST_CASE("invariants: each fault among the tasks of one context is found by its rule") {
  find_each(broken_contexts());
}

TEST_CASE("invariants: each change of what has ended is found by its rule") {
  find_each(broken_steps());
}

TEST_CASE("invariants: each text that cannot be read is found") {
  find_each(broken_texts());
}

TEST_CASE("invariants: each fault between the rows of a plane is found by its rule") {
  find_each(broken_planes());
}

TEST_CASE("invariants: there is a fault for everything that can be found") {
  const auto texts = texts_of_sources();
  CHECK(texts.size() == calls_in_sources());
  const auto table = all_tables();
  for (const std::string& text : texts) {
    const bool covered = std::any_of(table.begin(), table.end(), [&](const Broken& broken) {
      return broken.what.starts_with(text);
    });
    CHECK_MESSAGE(covered, "no record is broken so that this is found: ", text);
  }
}

}  // namespace antiphon::core
