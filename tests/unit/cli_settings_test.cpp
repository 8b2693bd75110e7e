// SPDX-License-Identifier: MIT
// What `antiphon serve` can be told: the table, the file, and everything that can be wrong with
// either.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

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
  CHECK(config->data == "tokyo.db.d");
  CHECK(config->offers == std::vector<std::string>{"counter", "delay", "list", "mock"});
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
