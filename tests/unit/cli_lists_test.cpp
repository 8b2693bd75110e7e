// SPDX-License-Identifier: MIT
// Lists as `antiphon get` prints them: sorted, by name, as YAML that is read back the same.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "connectors/cli/lists.hpp"
#include "engine/campaign/node.hpp"
#include "engine/campaign/problems.hpp"
#include "engine/campaign/source.hpp"
#include "engine/campaign/yaml_reader.hpp"
#include "engine/campaign/yaml_writer.hpp"

using namespace antiphon;
using Json = nlohmann::json;

namespace {

std::string sorted(Json items, const std::string& field, bool reverse = false) {
  cli::sort_items(items, field, reverse);
  std::string ids;
  for (const Json& item : items) ids += item["id"].get<std::string>();
  return ids;
}

Json read_back(const std::string& yaml) {
  const campaign::Source source(yaml);
  campaign::Problems problems("list.yaml", source);
  const auto documents = campaign::read_yaml(source, problems);
  REQUIRE(documents.size() == 1);
  Json value = campaign::to_value(*documents.front(), "", problems);
  CHECK(problems.take().empty());
  return value;
}

}  // namespace

TEST_CASE("lists: items are sorted by a field or one inside, and what has none is last") {
  const Json items = Json::array({{{"id", "a"}, {"run", 10}, {"counts", {{"done", 2}}}},
                                  {{"id", "b"}, {"run", 9}},
                                  {{"id", "c"}},
                                  {{"id", "d"}, {"run", 9}, {"counts", {{"done", 1}}}},
                                  {{"id", "e"}, {"run", "x"}, {"counts", 7}}});
  CHECK(sorted(items, "run") == "bdaec");
  CHECK(sorted(items, "run", true) == "eabdc");
  CHECK(sorted(items, "counts.done") == "dabce");
  CHECK(sorted(items, "counts.done.more") == "abcde");
  CHECK(sorted(items, "") == "abcde");
}

TEST_CASE("lists: an item's name is what other commands take") {
  CHECK(cli::name_of("activations", {{"id", "r1"}}) == "r1");
  CHECK(cli::name_of("campaigns", {{"name", "c"}, {"version", "v1"}}) == "c:v1");
  CHECK(cli::name_of("sites", {{"name", "tokyo"}}) == "tokyo");
  CHECK(cli::name_of("objects", {{"kind", "target"}, {"name", "a"}, {"namespace", "default"}}) ==
        "target/a");
  CHECK(cli::name_of("objects", {{"kind", "target"}, {"name", "a"}, {"namespace", "n"}}) ==
        "target/a@n");
}

TEST_CASE("lists: a stuck run says so, and how long its stage usually takes") {
  const Json run{{"id", "r1"}, {"state", "running"}, {"stuck", {{"usual", "2m"}}}};
  CHECK(
      cli::table_of("activations", Json::array({run}), false).find("running, stuck (usually 2m)") !=
      std::string::npos);
  CHECK(cli::table_of("activations", Json::array({run}), true).find("AUTHOR") != std::string::npos);
}

TEST_CASE("lists: YAML is read back as what was written, whatever texts look like") {
  const Json value{{"items",
                    {{{"id", "r1"}, {"run", 2}, {"share", 0.5}, {"none", nullptr}, {"yes", true}},
                     Json::object(),
                     Json::array(),
                     "true",
                     "yes",
                     "null",
                     "~",
                     "",
                     "1",
                     "1e3",
                     "0x10",
                     "2026-01-31T12:00:00.000Z",
                     "a: b",
                     "- x",
                     "#c",
                     " lead",
                     "trail ",
                     "line\nbreak",
                     "tab\t\033[31m",
                     "ü",
                     "'",
                     "\"",
                     "\\",
                     "y",
                     "NULL",
                     "12:30:45"}},
                   {"next", "r1"}};
  const std::string yaml = campaign::to_yaml(value);
  CHECK(read_back(yaml) == value);
  CHECK(yaml.find('\033') == std::string::npos);
  CHECK(yaml.find("id: r1\n") != std::string::npos);
}
