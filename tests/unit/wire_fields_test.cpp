// SPDX-License-Identifier: MIT
// The typed reader: nothing wraps, nothing is guessed, and each problem names its field.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "connectors/wire/fields.hpp"
#include "connectors/wire/guard.hpp"

using namespace antiphon;
using core::Value;
using wire::Fields;
using wire::Need;

namespace {

Value guarded(const std::string& text) {
  return *wire::parse_guarded(text, 1 << 20);
}

}  // namespace

TEST_CASE("fields: an integer is taken only if it is one, within its range, without wrapping") {
  struct Row {
    std::string number;
    std::optional<std::int64_t> read;
  };
  const std::vector<Row> rows{{"1", 1},
                              {"2147483647", 2147483647},
                              {"3.0", 3},
                              {"1e3", 1000},
                              {"0", {}},
                              {"-1", {}},
                              {"1.5", {}},
                              {"2147483648", {}},
                              {"4294967297", {}},
                              {"9223372036854775807", {}},
                              {"18446744073709551615", {}},
                              {"1e300", {}},
                              {"\"1\"", {}},
                              {"true", {}},
                              {"[1]", {}},
                              {"{}", {}},
                              {"null", {}}};
  for (const auto& row : rows) {
    CAPTURE(row.number);
    const Value object = guarded("{\"n\":" + row.number + "}");
    Fields fields(object, "thing");
    CHECK(fields.integer("n", Need::required, {1, 2147483647}) == row.read);
    CHECK(fields.problem().has_value() != row.read.has_value());
    if (!fields.problem()) continue;
    CHECK(fields.problem()->status == 400);
    CHECK(fields.problem()->message.starts_with("thing: field 'n': is "));
    CHECK(fields.problem()->hint == "'n' has to be an integer from 1 to 2147483647");
  }
}

TEST_CASE(
    "fields: unsigned numbers past int64 are refused too, where no guard has made floats of them") {
  const Value object{{"n", 18446744073709551615ULL}, {"m", 7U}};
  Fields fields(object, "thing");
  CHECK(fields.integer("m", Need::required) == 7);
  CHECK_FALSE(fields.problem());
  CHECK_FALSE(fields.integer("n", Need::required));
  CHECK(fields.problem());
}

TEST_CASE("fields: the first problem is kept, and finish gives it instead of the value") {
  const Value object = guarded(R"({"a":1,"b":"x"})");
  Fields fields(object, "thing");
  CHECK(fields.text("b", Need::required, 10) == "x");
  CHECK(fields.finish(5) == 5);
  CHECK(fields.text("a", Need::required, 10).empty());
  CHECK(fields.text("c", Need::required, 10).empty());
  CHECK(fields.problem()->message == "thing: field 'a': is 1");
  CHECK(fields.finish(5).error().hint == "'a' has to be a text");
}

TEST_CASE("fields: texts have a length, no NUL, and are there when they must be") {
  const Value object = guarded(R"({"long":"123456","nul":"a\u0000b","empty":"","none":null})");
  const auto problem_of = [&](std::string_view field, Need need) {
    Fields fields(object, "thing");
    fields.text(field, need, 5);
    return fields.problem() ? fields.problem()->message : "";
  };
  CHECK(problem_of("long", Need::optional) == "thing: field 'long': has 6 bytes");
  CHECK(problem_of("nul", Need::optional) == "thing: field 'nul': has a NUL character");
  CHECK(problem_of("empty", Need::required) == "thing: field 'empty': is empty");
  CHECK(problem_of("empty", Need::optional).empty());
  CHECK(problem_of("none", Need::required) == "thing: field 'none': is missing");
  CHECK(problem_of("none", Need::optional).empty());
  CHECK(problem_of("absent", Need::optional).empty());
}

TEST_CASE("fields: an instant is RFC 3339 text or integer milliseconds") {
  struct Row {
    std::string value;
    std::optional<std::int64_t> ms;
  };
  const std::vector<Row> rows{{"\"1970-01-01T00:00:01.500Z\"", 1500},
                              {"\"1970-01-01T01:00:00+01:00\"", 0},
                              {"1500", 1500},
                              {"1500.0", 1500},
                              {"253402300799999", 253402300799999},
                              {"253402300800000", {}},
                              {"-1", {}},
                              {"1.5", {}},
                              {"\"1500\"", {}},
                              {"\"tomorrow\"", {}},
                              {"true", {}},
                              {"{}", {}}};
  for (const auto& row : rows) {
    CAPTURE(row.value);
    const Value object = guarded("{\"at\":" + row.value + "}");
    Fields fields(object, "thing");
    const auto at = fields.instant("at", Need::required);
    CHECK(fields.problem().has_value() != row.ms.has_value());
    if (row.ms) CHECK(at.ms == *row.ms);
  }
}

TEST_CASE("fields: flags, numbers, objects, lists and maps refuse what is of another type") {
  const std::vector<std::string> values{"1", "\"x\"", "true", "[1]", "[\"a\",1]", "{\"a\":1}"};
  const auto count_problems = [&](auto read) {
    int problems = 0;
    for (const auto& value : values) {
      const Value object = guarded("{\"f\":" + value + "}");
      Fields fields(object, "thing");
      read(fields);
      if (fields.problem()) ++problems;
    }
    return problems;
  };
  CHECK(count_problems([](Fields& f) { f.flag("f"); }) == 5);
  CHECK(count_problems([](Fields& f) { f.number("f"); }) == 5);
  CHECK(count_problems([](Fields& f) { f.object("f"); }) == 5);
  CHECK(count_problems([](Fields& f) { f.texts("f", 9, 9); }) == 6);
  CHECK(count_problems([](Fields& f) { f.text_map("f", 9, 9); }) == 6);
  CHECK(count_problems([](Fields& f) { f.word("f", Need::optional, {"x"}); }) == 5);
}

TEST_CASE("fields: lists and maps are bounded in number and in length") {
  const Value object =
      guarded(R"({"list":["a","bb"],"map":{"k":"v","l":"ww"},"names":["a","b/c"]})");
  const auto is_refused = [&](auto read) {
    Fields fields(object, "thing");
    read(fields);
    return fields.problem().has_value();
  };
  CHECK_FALSE(is_refused([](Fields& f) { CHECK(f.texts("list", 2, 2).size() == 2); }));
  CHECK(is_refused([](Fields& f) { f.texts("list", 1, 2); }));
  CHECK(is_refused([](Fields& f) { f.texts("list", 2, 1); }));
  CHECK_FALSE(is_refused([](Fields& f) { CHECK(f.text_map("map", 2, 2).at("l") == "ww"); }));
  CHECK(is_refused([](Fields& f) { f.text_map("map", 1, 2); }));
  CHECK(is_refused([](Fields& f) { f.text_map("map", 2, 1); }));
  CHECK(is_refused([](Fields& f) { f.names("names", 2); }));
}

TEST_CASE(
    "fields: version 1 and a missing version are spoken, a newer major and nonsense are not") {
  const auto is_refused = [](const std::string& object) {
    const Value value = guarded(object);
    Fields fields(value, "thing");
    fields.version();
    return fields.problem().has_value();
  };
  for (const auto* good : {"{}", R"({"v":1})", R"({"v":1.9})"}) CHECK_FALSE(is_refused(good));
  for (const auto* bad : {R"({"v":2})", R"({"v":0})", R"({"v":-1})", R"({"v":"1"})", R"({"v":[]})",
                          R"({"v":18446744073709551615})"}) {
    CHECK(is_refused(bad));
  }
}
