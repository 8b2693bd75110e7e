// SPDX-License-Identifier: MIT
// What is no JSONPath, and where following one ends.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/expression/json_path.hpp"
#include "engine/expression/limits.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::expression {
namespace {

using antiphon::test::repeated;

TEST_CASE("jsonpath: what is no path is refused, with the character") {
  struct Wrong {
    std::string path;
    std::string message;
  };
  for (const Wrong& one : std::vector<Wrong>{
           {"", "the path is empty at character 1"},
           {"  ", "the path is empty"},
           {"{}", "the path is empty"},
           {"{.a", "'{' is not closed"},
           {"$a", "expected '.' or '[', found 'a' at character 2"},
           {"$$", "expected '.' or '[', found '$' at character 2"},
           {"$.a b", "expected '.' or '[', found 'b' at character 5"},
           {"$.a.", "a name is missing, found the end at character 5"},
           {"$...a", "'...' leads nowhere"},
           {"{.a}{.b}", "expected '.' or '[', found '}'"},
           {"$[", "expected an index, a slice, a quoted name, '*' or '?', found the end"},
           {"$[]", "found ']' at character 3"},
           {"$[0", "expected ']', found the end"},
           {"$[0,]", "found ']' at character 5"},
           {"$[,0]", "found ',' at character 3"},
           {"$[a]", "found 'a' at character 3"},
           {"$[-]", "no index: '-' at character 3"},
           {"$[1.5]", "expected ']', found '.'"},
           {"$[99999999999999999999]", "no index"},
           {"$[::0]", "the step of a slice is at least 1"},
           {"$[::-1]", "the step of a slice is at least 1"},
           {"$[1:2:3:4]", "expected ']', found ':'"},
           {"$['a]", "text is not closed at character 3"},
           {"$[?]", "expected @, $, a number, quoted text, true, false or null, found ']'"},
           {"$[?(]", "found ']'"},
           {"$[?(@.a]", "expected ')', found ']'"},
           {"$[?(@.a)", "expected ']', found the end"},
           {"$[?(@.a==)]", "found ')' at character 10"},
           {"$[?(@.a=1)]", "expected ')', found '='"},
           {"$[?(@.a==b)]", "found 'b' at character 10"},
           {"$[?(!@.a)]", "found '!' at character 5"},
           {"$[?(1)]", "a value alone is no condition"},
           {"$[?(@.a==1 &&)]", "found ')'"},
           {"$[?(@.a==1 and @.b)]", "expected ')', found 'a'"},
           {"$[?(@.a=~b)]", "expected a pattern in quotes after =~, found 'b'"},
           {R"($[?(@.a=~"(")])", "no regular expression: missing ): ( at character 10"},
           {R"($[?(@.a=~"a{1001}")])", "no regular expression"},
           {R"($[?(@.a=="x)])", "text is not closed at character 10"},
           {"ä[é]", "found 'é' at character 3"},
       }) {
    CAPTURE(one.path);
    const auto path = JsonPath::parse(one.path);
    CHECK_FALSE(path.has_value());
    if (path) continue;
    CHECK_MESSAGE(path.error().message.find(one.message) != std::string::npos,
                  path.error().message);
    CHECK(path.error().status == 1000);
  }
}

TEST_CASE("jsonpath: nesting, patterns, paths and visits have their bounds") {
  CHECK(JsonPath::parse("$[?" + repeated("(", 63) + "@" + repeated(")", 63) + "]").has_value());
  for (const std::string& path :
       {"$[?" + repeated("(", 64) + "@" + repeated(")", 64) + "]",
        "$" + repeated("[?(@", 33) + repeated(")]", 33), "$[?" + repeated("(", 30'000)}) {
    CHECK(JsonPath::parse(path).error().message.find("more than 64 levels of nesting") == 0);
  }
  CHECK(JsonPath::parse("$" + repeated("[0]", 20'000)).has_value());
  CHECK(JsonPath::parse("$" + repeated("[0]", 30'000)).error().message ==
        "a path of more than 65536 bytes");
  CHECK(JsonPath::parse(R"($[?(@=~")" + std::string(1025, 'a') + R"(")])").error().message ==
        "a pattern of more than 1024 bytes at character 8");

  core::Value value = 1;
  for (int i = 0; i < 60; ++i) value = core::Value::array({value, 1});
  const core::Value long_text = core::Value::array({std::string(1'000'000, 'a')});
  const core::Value texts{{"a", std::string(500'000, 'x')},
                          {"b", std::string(500'000, 'x')},
                          {"n", core::Value::array()}};
  core::Value many_items = texts;
  for (int i = 0; i < 100'000; ++i) many_items["n"].push_back(i);
  for (const auto& [path, whole] : std::vector<std::pair<std::string, const core::Value*>>{
           {"$" + repeated("..*", 10), &value},
           {"$" + repeated("[0,0]", 60), &value},
           {R"($[?(@=~"(a?){500}b")])", &long_text},
           {"$.n[?($.a==$.b)]", &many_items},
           {"$.n[?($.a<$.b)]", &many_items},
           {"$.n[?($.n[?(@==-1)])]", &many_items}}) {
    CAPTURE(path);
    int visits = limits::visits;
    const auto found = JsonPath::parse(path)->find(*whole, visits);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message == "more than 2,000,000 values to look at");
    CHECK(found.error().status == 1000);
  }
}

TEST_CASE("jsonpath: a filter compares one value with one") {
  int visits = limits::visits;
  const core::Value value = core::Value::parse("[[1,2]]");
  CHECK(JsonPath::parse("$[?(@[*]==1)]")->find(value, visits).error().message ==
        "a filter compares one value, and its path leads to several");
}

}  // namespace
}  // namespace antiphon::expression
