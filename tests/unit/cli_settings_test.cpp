// SPDX-License-Identifier: MIT
// What `antiphon serve` can be told: the table, the file, and everything that can be wrong with
// either.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "connectors/cli/files.hpp"
#include "connectors/cli/runner_settings.hpp"
#include "connectors/cli/serve/settings.hpp"
#include "tests/support/temp_dir.hpp"

using namespace antiphon;

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

core::Result<cli::Given> from_text(const std::string& text) {
  const test::TempDir folder;
  const auto path = folder.path() / "antiphon.yaml";
  std::ofstream(path) << text;
  return cli::read_settings_file(path.string());
}

}  // namespace

TEST_CASE("settings: the page of the documentation has the program's own table") {
  const std::string path = ANTIPHON_SOURCE_DIR "/docs/configuration.md";
  const std::string page = read(path);
  const auto begin = page.find("| setting |");
  const auto end = page.find("<!-- end of settings -->");
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  if (std::getenv("ANTIPHON_REWRITE") != nullptr) {
    std::ofstream(path) << page.substr(0, begin) << cli::settings_table() << page.substr(end);
  }
  CHECK(page.substr(begin, end - begin) == cli::settings_table());
}

TEST_CASE("runner settings: the page of the documentation has the program's own table") {
  const std::string path = ANTIPHON_SOURCE_DIR "/docs/stage-runner.md";
  const std::string page = read(path);
  const auto begin = page.find("| flag |");
  const auto end = page.find("<!-- end of flags -->");
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  if (std::getenv("ANTIPHON_REWRITE") != nullptr) {
    std::ofstream(path) << page.substr(0, begin) << cli::runner_flags_table() << page.substr(end);
  }
  CHECK(page.substr(begin, end - begin) == cli::runner_flags_table());
}

TEST_CASE("settings: flags and environment variables follow from the key") {
  CHECK(cli::flag_of("passwordFile") == "--password-file");
  CHECK(cli::environment_of("passwordFile") == "ANTIPHON_PASSWORD_FILE");
}

TEST_CASE("settings: a file gives texts, lists and maps") {
  const auto given =
      from_text("name: tokyo\nparents: [hq, backup]\nlabels: {region: asia}\ntimeout: 90s\n");
  REQUIRE(given);
  const auto config = cli::check_settings(*given);
  REQUIRE(config);
  CHECK(config->name.text() == "tokyo");
  CHECK(config->parents.size() == 2);
  CHECK(config->labels.at("region") == "asia");
  CHECK(config->timeout == core::seconds(90));
  CHECK(config->store == "tokyo.db");
  CHECK(config->files == "tokyo.db.d");
  CHECK(config->offers ==
        std::vector<std::string>{"counter", "delay", "list", "materialize", "mock", "wait"});
}

TEST_CASE("settings: everything that is wrong is said at once, and where") {
  const auto file = from_text("name: tokyo\nparent: hq\nlabels: [a]\n");
  REQUIRE_FALSE(file);
  CHECK(file.error().message.find(":2:") != std::string::npos);
  CHECK(file.error().message.find("parents") != std::string::npos);
  CHECK(file.error().message.find("labels") != std::string::npos);

  const auto config = cli::check_settings({{"name", {"a b"}},
                                           {"mqttVersion", {"4"}},
                                           {"labels", {"x"}},
                                           {"timeout", {"soon"}},
                                           {"offers", {"script"}}});
  REQUIRE_FALSE(config);
  for (const char* key : {"name", "mqttVersion", "labels", "timeout", "offers"}) {
    CHECK_MESSAGE(config.error().message.find(key) != std::string::npos, key);
  }
}

TEST_CASE("settings: what would fail once the plane runs is refused, by its name") {
  const test::TempDir folder;
  const std::string here = folder.path().string();
  const std::string shared = here + "/shared";
  const std::string own = here + "/own";
  for (const std::string& file : {shared, own}) std::ofstream(file) << "secret\nrest\n";
  namespace fs = std::filesystem;
  fs::permissions(shared, fs::perms::owner_all | fs::perms::others_read);
  fs::permissions(own, fs::perms::owner_read);
  struct Row {
    cli::Given given;
    std::string line;  ///< begins with it; empty: nothing is wrong
  };
  const std::vector<Row> rows{
      {{{"broker", {"foo"}}}, "broker: "},
      {{{"broker", {"mqtt://a:99999"}}}, "broker: "},
      {{{"topicRoot", {"a/#"}}}, "topicRoot: "},
      {{{"topicRoot", {"/"}}}, "topicRoot: "},
      {{{"topicRoot", {"plant/antiphon"}}}, ""},
      {{{"user", {"hq"}}, {"passwordFile", {here}}}, "passwordFile: "},
      {{{"user", {"hq"}}, {"passwordFile", {shared}}}, "passwordFile: others may read"},
      {{{"user", {"hq"}}, {"passwordFile", {here + "/none"}}},
       "passwordFile: password file " + here + "/none cannot be read (No such file"},
      {{{"user", {"hq"}}, {"passwordFile", {own}}}, ""},
      {{{"passwordFile", {own}}}, "passwordFile: is given, but no user"},
      {{{"timeout", {"0"}}}, "timeout: "},
      {{{"offers", {"scripts"}}}, "offers: there is no provider 'scripts' (did you mean 'script'"},
      {{{"offers", {"mock"}}}, ""},
      {{{"answerTopics", {"+/a"}}}, "answerTopics: "},
      {{{"answerTopics", {"pipeline/a", "b/"}}}, ""},
      {{{"ca", {here + "/none"}}}, "ca: "},
      {{{"key", {own}}}, "key: is given, but no certificate"},
      {{{"certificate", {own}}}, "certificate: is given, but no key"},
      {{{"ca", {own}}, {"certificate", {own}}, {"key", {own}}}, ""},
      {{{"scripts", {here, here + "/none"}}}, "scripts: there is no folder"},
      {{{"scripts", {here}}, {"offers", {"script"}}}, ""},
      {{{"parents", {"hq"}}}, "parents: 'hq' is this plane itself"},
      {{{"sites", {"paris", "hq"}}}, "sites: 'hq' is this plane itself"},
      {{{"store", {here + "/none/x.db"}}}, "store: there is no folder " + here + "/none (mkdir"},
      {{{"store", {here}}}, "store: "},
      {{{"store", {here + "/x.db"}}, {"files", {here + "/none/f"}}}, "files: there is no folder"},
      {{{"store", {here + "/x.db"}}, {"files", {here + "/f/"}}}, ""},
  };
  for (const Row& row : rows) {
    auto given = row.given;
    given["name"] = {"hq"};
    const auto config = cli::check_settings(given);
    CAPTURE(row.line);
    if (row.line.empty()) {
      CHECK_MESSAGE(config.has_value(), config.error().message);
    } else {
      REQUIRE_FALSE(config);
      CHECK_MESSAGE(config.error().message.starts_with(row.line), config.error().message);
      CHECK(config.error().message.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("files: a folder, an endless file and a missing one are no text") {
  const test::TempDir folder;
  const std::string here = folder.path().string();
  std::ofstream(here + "/four") << "four";
  CHECK(cli::read_text(here + "/four", 4) == "four");
  CHECK(cli::read_text(here + "/four", 3).error().status == 413);
  CHECK(cli::read_text("/dev/zero", 1000).error().status == 413);
  CHECK(cli::read_text(here, 1000).error().message == here + " is a folder");
  CHECK(cli::read_text(here + "/none", 4).error().message.find("No such file") !=
        std::string::npos);
}
