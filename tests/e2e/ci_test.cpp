// SPDX-License-Identifier: MIT
// The pipelines of examples/ci: their steps are run as GitHub's runner and Jenkins run them, on
// real planes; and once more, as a job that is started again.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/e2e/world.hpp"
#include "tests/support/process.hpp"

using namespace antiphon::test;
namespace fs = std::filesystem;

namespace {

const fs::path examples = ANTIPHON_SOURCE_DIR "/examples";

/// The lines between one that ends with `begins` and the next one for which `ends` is true.
template <class Ends>
std::vector<std::string> blocks(const fs::path& file, const std::string& begins, Ends ends) {
  std::vector<std::string> found;
  std::istringstream lines(file_text(file));
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (inside && ends(line)) inside = false;
    if (inside) found.back() += line + "\n";
    if (!line.ends_with(begins)) continue;
    inside = true;
    found.emplace_back();
  }
  return found;
}

/// Below `run: |` the block is indented by ten columns.
std::vector<std::string> workflow_steps() {
  return blocks(examples / "ci/rollout.yml", "run: |",
                [](const std::string& line) { return !line.starts_with("          "); });
}

std::vector<std::string> jenkins_steps() {
  return blocks(examples / "ci/Jenkinsfile", "sh '''",
                [](const std::string& line) { return line.ends_with("'''"); });
}

/// A checkout of the pipeline's own, two sites, and what a runner has in its environment.
struct Plant {
  explicit Plant(const std::string& run) {
    world.hq().serve();
    for (const char* site : {"osaka", "tokyo"}) world.plane(site).serve();
    world.await_sites({"osaka", "tokyo"});
    fs::copy(examples / "scripts/install-release.sh", world.scripts());
    fs::create_directory(checkout.path() / "examples");
    fs::copy(examples / "stepped-rollout.yaml", checkout.path() / "examples");
    options.cwd = checkout.path();
    options.env = {
        {"ANTIPHON_BROKER", world.broker().uri()},
        {"ANTIPHON_USER", "ci"},
        {"RUN", run},
        {"VERSION", "2.4.0"},
        {"APPROVER", "ann"},
        {"PATH", fs::path(ANTIPHON_BINARY).parent_path().string() + ":" + std::getenv("PATH")}};
  }

  void drive(const std::vector<std::string>& shell, const std::vector<std::string>& steps) {
    for (const std::string& step : steps) {
      std::vector<std::string> words = shell;
      words.push_back(step);
      const RunResult result = run(words, options, run_patience);
      CHECK_MESSAGE(result.exit_code == 0, step << result.out << result.err);
    }
  }

  void check(const std::string& run) {
    const Json ended = world.await_state(run, "done");
    CHECK(ended["history"].size() == 4);
    CHECK(ended["item"]["outputs"]["report"] == "2.4.0 is on 2 sites");
    const std::vector<std::string> both{"null 2.4.0", "approved by ann 2.4.0"};
    CHECK(world.plane("osaka").lines("releases.txt") == both);
    CHECK(world.plane("tokyo").lines("releases.txt") == std::vector<std::string>{both[1]});
  }

  World world;
  TempDir checkout;
  ProcessOptions options;
};

}  // namespace

TEST_CASE("ci: the steps of the GitHub workflow roll out, and do nothing a second time") {
  const auto steps = workflow_steps();
  REQUIRE(steps.size() == 5);
  Plant plant("rollout-7");
  for (int i = 0; i < 2; ++i) plant.drive({"bash", "-eo", "pipefail", "-c"}, steps);
  plant.check("rollout-7");
}

TEST_CASE("ci: the steps of the Jenkinsfile roll out, and do nothing a second time") {
  const auto steps = jenkins_steps();
  REQUIRE(steps.size() == 4);
  Plant plant("rollout-8");
  for (int i = 0; i < 2; ++i) plant.drive({"sh", "-xe", "-c"}, steps);
  plant.check("rollout-8");
}
