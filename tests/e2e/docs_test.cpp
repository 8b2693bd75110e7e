// SPDX-License-Identifier: MIT
// Executes what the documentation shows: each block marked `sh runnable` runs against a broker, hq
// and a site, in order; a `text` block right behind one is what it prints, where an ellipsis stands
// for anything.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/await.hpp"
#include "tests/support/broker.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace antiphon::test;

namespace {

struct Block {
  int line = 0;
  std::string commands;
  std::vector<std::string> output;  ///< empty: nothing is promised
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<Block> runnable_blocks(const std::string& page) {
  std::ifstream file(std::string(ANTIPHON_SOURCE_DIR "/") + page);
  const auto lines = lines_of({std::istreambuf_iterator<char>(file), {}});
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] != "```sh runnable") continue;
    Block block{static_cast<int>(i) + 1, {}, {}};
    for (++i; i < lines.size() && lines[i] != "```"; ++i) block.commands += lines[i] + "\n";
    if (i + 2 < lines.size() && lines[i + 1].empty() && lines[i + 2] == "```text") {
      for (i += 3; i < lines.size() && lines[i] != "```"; ++i) block.output.push_back(lines[i]);
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

/// Does `line` fit `pattern`, in which "…" stands for any text?
bool fits(const std::string& pattern, const std::string& line) {
  static const std::string any = "…";
  const auto gap = pattern.find(any);
  if (gap == std::string::npos) return pattern == line;
  if (!line.starts_with(pattern.substr(0, gap))) return false;
  const std::string rest = pattern.substr(gap + any.size());
  for (std::size_t at = gap; at <= line.size(); ++at) {
    if (fits(rest, line.substr(at))) return true;
  }
  return false;
}

void check_output(const Block& block, const std::string& printed) {
  const auto lines = lines_of(printed);
  CHECK(lines.size() == block.output.size());
  for (std::size_t i = 0; i < std::min(lines.size(), block.output.size()); ++i) {
    CHECK_MESSAGE(fits(block.output[i], lines[i]), "shown '", block.output[i], "', printed '",
                  lines[i], "'");
  }
}

/// The copy-paste lines speak to the default port; here the broker has one of its own.
const char* const prelude =
    "set -euo pipefail\n"
    "mosquitto_pub() { command mosquitto_pub -h 127.0.0.1 -p \"$BROKER_PORT\" \"$@\"; }\n"
    "mosquitto_sub() { command mosquitto_sub -h 127.0.0.1 -p \"$BROKER_PORT\" \"$@\"; }\n"
    "mosquitto_rr() { command mosquitto_rr -h 127.0.0.1 -p \"$BROKER_PORT\" \"$@\"; }\n"
    "antiphon() { \"$ANTIPHON\" \"$@\"; }\n";

struct Stage {
  Stage() {
    hq = plane("hq", {"--scripts", ANTIPHON_SOURCE_DIR "/examples/scripts"});
    site = plane("tokyo", {"--parents", "hq", "--offers", "script,mock,delay,counter,list",
                           "--scripts", ANTIPHON_SOURCE_DIR "/examples/scripts"});
    environment = {{"ANTIPHON_BROKER", broker.uri()},
                   {"BROKER_PORT", std::to_string(broker.port())},
                   {"ANTIPHON_PLANE", "hq"},
                   {"ANTIPHON_USER", "ann"},
                   {"ANTIPHON", ANTIPHON_BINARY}};
    await(
        [this] {
          return shell("antiphon get sites --timeout 1s").out.find("online") != std::string::npos;
        },
        patience, "tokyo to be known to hq");
  }

  std::unique_ptr<ChildProcess> plane(const std::string& name,
                                      const std::vector<std::string>& more) {
    std::vector<std::string> words{
        ANTIPHON_BINARY, "serve",      "--name",  name,
        "--broker",      broker.uri(), "--store", (folder.path() / (name + ".db")).string()};
    words.insert(words.end(), more.begin(), more.end());
    return std::make_unique<ChildProcess>(words);
  }

  RunResult shell(const std::string& commands) const {
    ProcessOptions options;
    options.env = environment;
    options.cwd = ANTIPHON_SOURCE_DIR;
    return run({"bash", "-c", prelude + commands}, options);
  }

  TempDir folder;
  Broker broker;
  std::unique_ptr<ChildProcess> hq;
  std::unique_ptr<ChildProcess> site;
  std::map<std::string, std::string> environment;
};

void run_page(const std::string& page, std::size_t least_blocks) {
  const auto blocks = runnable_blocks(page);
  REQUIRE(blocks.size() >= least_blocks);
  const Stage stage;
  for (const Block& block : blocks) {
    INFO(page, ":", block.line, "\n", block.commands);
    const RunResult result = stage.shell(block.commands);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    if (!block.output.empty()) check_output(block, result.out);
  }
}

}  // namespace

TEST_CASE("docs: the tour of the README does what it shows") {
  run_page("README.md", 5);
}

TEST_CASE("docs: the page about testing campaigns does what it shows") {
  run_page("docs/testing-campaigns.md", 2);
}

TEST_CASE("docs: the page of the examples does what it shows") {
  run_page("examples/README.md", 2);
}

TEST_CASE("docs: the page of the command line does what it shows") {
  run_page("docs/cli.md", 5);
}

TEST_CASE("docs: the page about operating a plane does what it shows") {
  run_page("docs/operating.md", 4);
}
