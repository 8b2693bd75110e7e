// SPDX-License-Identifier: MIT
// Contexts of the command line: what they say counts where neither flag nor variable says anything.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

namespace fs = std::filesystem;

/// A user with a home of its own.
struct Person {
  TempDir home;

  fs::path file() const { return home / "antiphon" / "contexts.json"; }

  RunResult run(std::vector<std::string> words, Environment environment = {}) const {
    words.insert(words.begin(), ANTIPHON_BINARY);
    environment["XDG_CONFIG_HOME"] = home.path().string();
    ProcessOptions options;
    options.env = std::move(environment);
    return antiphon::test::run(words, options);
  }
};

bool contains(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("contexts: the one in use says how the plane is reached, flags and variables win") {
  World world;
  world.hq().serve();
  const Person ann;
  const std::string broker = world.broker().uri();
  const std::string nobody = "mqtt://127.0.0.1:" + std::to_string(free_port());
  CHECK(ann.run({"context", "set", "plant-a", "--broker", broker, "--user", "ann"}).exit_code == 0);
  CHECK(
      ann.run({"context", "set", "plant-b", "--broker", nobody, "--timeout", "100ms"}).exit_code ==
      0);
  CHECK(ann.run({"context", "use", "plant-a"}).exit_code == 0);
  auto heard = world.broker().subscribe({"antiphon/hq/query/#"});
  CHECK(ann.run({"get", "sites"}).exit_code == 0);
  heard.await_line("antiphon/hq/query/sites/ann", run_patience);

  CHECK(ann.run({"get", "sites", "--use", "plant-b"}).exit_code == 3);
  CHECK(ann.run({"get", "sites"}, {{"ANTIPHON_CONTEXT", "plant-b"}}).exit_code == 3);
  CHECK(ann.run({"get", "sites", "--timeout", "100ms"}, {{"ANTIPHON_BROKER", nobody}}).exit_code ==
        3);
  CHECK(ann.run({"get", "sites", "--broker", broker}, {{"ANTIPHON_BROKER", nobody}}).exit_code ==
        0);
  CHECK(ann.run({"context", "use", "plant-b"}).exit_code == 0);
  CHECK(ann.run({"get", "sites", "--broker", broker, "--timeout", "10s"}).exit_code == 0);
}

TEST_CASE("contexts: they are listed, changed and deleted, in a file of the owner's only") {
  const Person ann;
  CHECK(ann.run({"context", "list"}).out == "no contexts\n");
  ann.run({"context", "set", "plant-a", "--broker", "mqtt://a", "--plane", "hq"});
  ann.run({"context", "set", "plant-b", "--broker", "mqtt://b", "--password-file", "secret"});
  ann.run({"context", "set", "plant-a", "--plane", "", "--user", "ann"});
  ann.run({"context", "use", "plant-b"});
  CHECK((fs::status(ann.file()).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(ann.run({"context", "list"}).out ==
        "IN USE  CONTEXT  BROKER    PLANE  USER\n"
        "        plant-a  mqtt://a         ann\n"
        "*       plant-b  mqtt://b\n");
  const Json listed = Json::parse(ann.run({"context", "list", "--json"}).out);
  CHECK(listed["current"] == "plant-b");
  CHECK(listed["contexts"]["plant-b"]["passwordFile"] == (fs::current_path() / "secret").string());
  CHECK(ann.run({"context", "delete", "plant-b"}).exit_code == 0);
  CHECK(Json::parse(ann.run({"context", "list", "--json"}).out) ==
        Json{{"current", ""},
             {"contexts", {{"plant-a", {{"broker", "mqtt://a"}, {"user", "ann"}}}}}});
}

TEST_CASE("contexts: what is wrong with one is said, and by which command it is mended") {
  const Person ann;
  const auto refused = [&ann](const std::vector<std::string>& words, const std::string& why) {
    const RunResult result = ann.run(words);
    CHECK(result.exit_code == 2);
    CHECK_MESSAGE(contains(result.err, why), result.err);
  };
  refused({"context", "use", "plant-a"}, "antiphon context set");
  ann.run({"context", "set", "plant-a"});
  refused({"context", "use", "plant-b"}, "there are: plant-a");
  refused({"context", "delete", "plant-b"}, "there are: plant-a");
  refused({"get", "sites", "--use", "plant-b"}, "there is no context 'plant-b'");
  refused({"context", "set", "a/b"}, "'a/b' cannot name a context");
  refused({"context", "set", "c", "--timeout", "soon"}, "soon");
  refused({"context", "set", "c", "--plane", "a b"}, "plane name");
  std::ofstream(ann.file()) << "[1]";
  refused({"get", "sites"}, "contexts.json: is not a JSON object");
  refused({"context", "list"}, "contexts.json: is not a JSON object");
}
