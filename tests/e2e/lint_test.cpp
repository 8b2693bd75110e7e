// SPDX-License-Identifier: MIT
// What `antiphon lint`, `validate` and `graph` say to files, without a broker.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace antiphon::test;
using Json = nlohmann::json;

namespace {

/// A file with a campaign of these stages, which begins at `one`.
class CampaignFile {
 public:
  explicit CampaignFile(const std::string& stages) {
    std::ofstream(path()) << "metadata: {name: c}\nspec:\n  firstStage: one\n  stages:\n" << stages;
  }

  RunResult lint(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{ANTIPHON_BINARY, "lint", path()};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }

  std::string path() const { return (folder_ / "c.yaml").string(); }

 private:
  TempDir folder_;
};

bool says(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("lint: warnings are printed and counted, fail with --strict only, and can be allowed") {
  const CampaignFile files("    one: {stageSelector: one}\n    two: {handleErrors: true}\n");
  const auto found = files.lint();
  CHECK(found.exit_code == 0);
  CHECK_MESSAGE(says(found.out, ":5:26: warning: spec.stages.one.stageSelector: "), found.out);
  CHECK_MESSAGE(says(found.out, "[endless-loop]\n  why: "), found.out);
  CHECK_MESSAGE(says(found.out, "1 file: 2 warnings, 1 note\n"), found.out);
  CHECK(files.lint({"--strict"}).exit_code == 1);
  const auto allowed =
      files.lint({"--strict", "--allow", "endless-loop", "--allow", "unreachable-stage@two"});
  CHECK_MESSAGE(allowed.exit_code == 0, allowed.out);
  const auto misspelt = files.lint({"--allow", "endless-lop"});
  CHECK(misspelt.exit_code == 2);
  CHECK_MESSAGE(says(misspelt.err, "did you mean 'endless-loop'?"), misspelt.err);
  const Json json = Json::parse(files.lint({"--json"}).out);
  CHECK(json["ok"] == false);
  REQUIRE(json["warnings"].size() == 3);
  CHECK(json["warnings"][0]["rule"] == "endless-loop");
  CHECK(json["warnings"][0]["line"] == 5);
  CHECK(run({ANTIPHON_BINARY, "lint"}).exit_code == 2);
  CHECK(says(run({ANTIPHON_BINARY, "lint", "--rules"}).out, "unreachable-stage"));
  CHECK(CampaignFile("    one: {stageSelector: tow}\n").lint().exit_code == 1);
}

TEST_CASE("validate: warnings are said on stderr, and change nothing") {
  const CampaignFile files("    one: {stageSelector: one}\n    two: {handleErrors: true}\n");
  const auto result = run({ANTIPHON_BINARY, "validate", files.path()});
  CHECK(result.exit_code == 0);
  CHECK_MESSAGE(says(result.out, "campaign c:1, 2 stages"), result.out);
  CHECK_MESSAGE(says(result.err, "[endless-loop]"), result.err);
  CHECK_MESSAGE(!says(result.err, "note:"), result.err);
  const Json json = Json::parse(run({ANTIPHON_BINARY, "validate", "--json", files.path()}).out);
  CHECK(json["ok"] == true);
  CHECK(json["warnings"].size() == 2);
}

TEST_CASE("graph: a file with several campaigns wants one of them named") {
  const TempDir folder;
  const auto file = (folder / "two.yaml").string();
  std::ofstream(file) << "metadata: {name: a}\nspec: {firstStage: s, stages: {s: }}\n---\n"
                         "metadata: {name: b}\nspec: {firstStage: s, stages: {s: }}\n";
  const auto which = run({ANTIPHON_BINARY, "graph", file});
  CHECK(which.exit_code == 2);
  CHECK_MESSAGE(says(which.err, "a:1, b:1"), which.err);
  CHECK(says(run({ANTIPHON_BINARY, "graph", file, "--campaign", "b"}).out, "%% campaign b:1"));
  const auto dot = run({ANTIPHON_BINARY, "graph", file, "--campaign", "b:1", "--format", "dot"});
  CHECK(says(dot.out, "digraph \"b:1\""));
  CHECK(run({ANTIPHON_BINARY, "graph", file, "--campaign", "c"}).exit_code == 2);
  CHECK(run({ANTIPHON_BINARY, "graph", (folder / "none.yaml").string()}).exit_code == 2);
}
