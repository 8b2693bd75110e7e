// SPDX-License-Identifier: MIT
// `antiphon dev`: one command brings everything up, applies what changes, and leaves nothing
// behind.
#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

std::string word_behind(const std::string& text, const std::string& word) {
  const auto at = text.find(word);
  REQUIRE(at != std::string::npos);
  const auto begin = at + word.size();
  return text.substr(begin, text.find_first_of(" \n,;", begin) - begin);
}

RunResult ask(const std::string& broker, std::vector<std::string> words) {
  words.insert(words.begin(), ANTIPHON_BINARY);
  words.insert(words.end(), {"--broker", broker});
  return run(words);
}

}  // namespace

TEST_CASE("dev: brings up a broker, hq and sites, applies a folder again and again, and ends all") {
  TempDir folder;
  const auto file = folder / "hello.yaml";
  std::ofstream(file) << campaign("hello", "only", "    only: {provider: mock}\n");
  ChildProcess dev({ANTIPHON_BINARY, "dev", folder.path().string(), "--sites", "1"});
  await([&] { return dev.out().find("hello:v1: applied") != std::string::npos; }, run_patience);
  const std::string broker = word_behind(dev.out(), "ANTIPHON_BROKER=");
  CHECK(ask(broker, {"get", "sites", "-o", "name"}).out == "site1\n");
  CHECK(ask(broker, {"activate", "hello", "--wait"}).exit_code == 0);

  std::ofstream(file) << campaign("hello", "only", "    only: {provider: counter}\n");
  await([&] { return dev.out().find("hello:v2: applied") != std::string::npos; }, run_patience);
  std::ofstream(folder / "bad.yaml") << "kind: CampaignVersion\n";
  await([&] { return dev.err().find("bad.yaml") != std::string::npos; }, run_patience);
  CHECK(dev.running());

  const std::string data = word_behind(dev.out(), "data    ");
  CHECK(std::filesystem::exists(data));
  dev.kill(SIGINT);
  CHECK(dev.wait(run_patience) == 130);
  CHECK(!std::filesystem::exists(data));
  CHECK(ask(broker, {"get", "sites", "--timeout", "100ms"}).exit_code == 3);
}

TEST_CASE("dev: a port that is taken is told, with where to look") {
  World world;
  const std::string port = std::to_string(world.broker().port());
  const RunResult result = run({ANTIPHON_BINARY, "dev", "--port", port, "--sites", "0", "--data",
                                world.file("dev").string()},
                               {}, run_patience);
  CHECK(result.exit_code == 1);
  CHECK_MESSAGE(result.err.find("mosquitto.log") != std::string::npos, result.err);
  CHECK(file_text(world.file("dev") / "mosquitto.log").find("in use") != std::string::npos);
  CHECK(run({ANTIPHON_BINARY, "dev", "/nonexistent/folder"}).exit_code == 2);
}
