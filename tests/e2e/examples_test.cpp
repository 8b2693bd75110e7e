// SPDX-License-Identifier: MIT
// Every example does what the transcripts beside it say: examples/tests/NAME.txt with the answers
// in NAME.yaml, and further cases NAME.CASE.txt with those in NAME.CASE.yaml.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

using namespace antiphon::test;
namespace fs = std::filesystem;

namespace {

const fs::path examples = ANTIPHON_SOURCE_DIR "/examples";

std::vector<fs::path> files_of(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

RunResult dry_run(const fs::path& transcript) {
  const std::string name = transcript.stem().string();
  const fs::path campaign = examples / (name.substr(0, name.find('.')) + ".yaml");
  fs::path answers = transcript;
  answers.replace_extension(".yaml");
  std::vector<std::string> words{ANTIPHON_BINARY, "run", "--dry", campaign, "--expect", transcript};
  if (fs::exists(answers)) words.insert(words.end(), {"--answers", answers});
  return run(words);
}

}  // namespace

TEST_CASE("examples: each has a transcript, and nothing that lint warns of") {
  const auto campaigns = files_of(examples, ".yaml");
  std::set<std::string> names;
  for (const fs::path& campaign : campaigns) names.insert(campaign.stem().string());
  for (const char* shape : {"approval-by-http", "approval-by-script", "branching", "canary",
                            "canary-objects", "counter-loop", "hello", "multisite-objects",
                            "multisite-rollout", "remote-schedule", "scheduled", "stage-runner"}) {
    CHECK_MESSAGE(names.count(shape) == 1, shape);
  }
  for (const fs::path& campaign : campaigns) {
    CAPTURE(campaign.string());
    CHECK(fs::exists(examples / "tests" / campaign.filename().replace_extension(".txt")));
    const auto linted = run({ANTIPHON_BINARY, "lint", "--strict", campaign});
    CHECK_MESSAGE(linted.exit_code == 0, linted.out << linted.err);
  }
}

TEST_CASE("examples: each goes as its transcripts say") {
  const auto transcripts = files_of(examples / "tests", ".txt");
  CHECK(transcripts.size() >= files_of(examples, ".yaml").size());
  for (const fs::path& transcript : transcripts) {
    const auto result = dry_run(transcript);
    CHECK_MESSAGE(result.exit_code == 0, result.out << result.err);
    CHECK_MESSAGE(result.err.empty(), result.err);
  }
}
