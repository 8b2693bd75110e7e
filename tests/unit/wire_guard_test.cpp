// SPDX-License-Identifier: MIT
// The guard: what bytes it stops, where it says that they are wrong, and what it lets through
// unchanged.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "connectors/wire/guard.hpp"
#include "engine/core/limits.hpp"
#include "tests/support/texts.hpp"

using namespace antiphon;
using test::repeated;
using wire::parse_guarded;

namespace {

constexpr std::size_t any_size = 64U * 1024 * 1024;

struct BadRow {
  std::string bytes;
  int status;
  std::string says;
};

}  // namespace

TEST_CASE("guard: what is no clean JSON is refused with the byte where it stops being it") {
  using namespace std::string_literals;
  const std::vector<BadRow> rows{
      {"", 400, "is empty"},
      {"   ", 400, "at byte 3"},
      {"{", 400, "at byte 1"},
      {"{\"a\":1} x", 400, "at byte 8"},
      {"{\"a\":1}{", 400, "at byte 7"},
      {"nul", 400, "at byte 3"},
      {"'a'", 400, "at byte 0"},
      {"[1,]", 400, "at byte 3"},
      {"// note\n1", 400, "at byte 0"},
      {"NaN", 400, "at byte 0"},
      {"01", 400, "at byte 1"},
      {"1e999", 400, "number overflow"},
      {"\"tab\there\"", 400, "control character"},
      {"{\"a\":1}\0{\"b\":2}"s, 400, "a NUL byte at byte 7"},
      {"\0"s, 400, "a NUL byte at byte 0"},
      {"\"a\0b\""s, 400, "a NUL byte at byte 2"},
      {"\xEF\xBB\xBF{}", 400, "byte order mark"},
      {"\xFF\xFE{\0}\0"s, 400, "NUL"},
      {"\"\xFF\"", 400, "no UTF-8 at byte 1"},
      {"\"\xC0\xAF\"", 400, "no UTF-8 at byte 1"},
      {"\"ab\xE0\x80\xAF\"", 400, "no UTF-8 at byte 3"},
      {"\"\xED\xA0\x80\"", 400, "no UTF-8 at byte 1"},
      {"\"\xF4\x90\x80\x80\"", 400, "no UTF-8 at byte 1"},
      {"\"\xE2\x82", 400, "no UTF-8 at byte 1"},
      {"\"\\ud800\"", 400, "surrogate"},
      {"\"\\udc00x\"", 400, "surrogate"},
      {"\"\\ud800\\u0041\"", 400, "surrogate"},
      {"{\"a\":1,\"b\":{\"c\":1,\"c\":2}}", 400, "the key \"c\" comes twice"},
      {"{\"a\":1,\"\\u0061\":2}", 400, "the key \"a\" comes twice"},
      {repeated("[", 100'000), 400, "deeper than 64 levels at byte 64"},
      {repeated("{\"a\":", 100'000), 400, "deeper than 64 levels at byte 320"},
      {repeated("[", 65) + repeated("]", 65), 400, "deeper than 64 levels"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes.substr(0, 40));
    const auto parsed = parse_guarded(row.bytes, any_size);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().status == row.status);
    CHECK_MESSAGE(parsed.error().message.find(row.says) != std::string::npos,
                  parsed.error().message);
  }
}

TEST_CASE("guard: more bytes than allowed are refused with both numbers, before anything else") {
  const std::string huge(16U * 1024 * 1024, '[');
  const auto parsed = parse_guarded(huge, core::limits::message_bytes);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().status == 413);
  CHECK(parsed.error().message == "has 16777216 bytes, more than 1048576");
  CHECK(parse_guarded("[12]", 4));
  CHECK_FALSE(parse_guarded("[123]", 4));
}

TEST_CASE("guard: what is clean JSON comes through as it is") {
  const std::vector<std::string> texts{"null",
                                       "true",
                                       "-0",
                                       "12",
                                       "1.5",
                                       "\"\"",
                                       "[]",
                                       "{}",
                                       " [1, 2] ",
                                       "{\"a\":{\"b\":[1,{\"c\":null}]},\"\":\"\"}",
                                       "\"\\ud83d\\ude00 \\u0000 \xF0\x9F\x98\x80\"",
                                       "9223372036854775807",
                                       "-9223372036854775808",
                                       repeated("[", 64) + repeated("]", 64)};
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto parsed = parse_guarded(text, any_size);
    REQUIRE(parsed);
    CHECK(*parsed == core::Value::parse(text));
  }
}

TEST_CASE("guard: integers outside int64 become floats, the others stay integers") {
  CHECK(parse_guarded("9223372036854775807", any_size)->is_number_integer());
  CHECK(parse_guarded("9223372036854775808", any_size)->is_number_float());
  CHECK(parse_guarded("18446744073709551615", any_size)->is_number_float());
  CHECK(parse_guarded("18446744073709551616", any_size)->is_number_float());
  CHECK(parse_guarded("-9223372036854775808", any_size)->is_number_integer());
  CHECK(parse_guarded("-9223372036854775809", any_size)->is_number_float());
}

TEST_CASE("guard: the same key in two objects is no duplicate") {
  CHECK(parse_guarded("[{\"a\":1},{\"a\":{\"a\":2}}]", any_size));
}

TEST_CASE("guard: UTF-8 is checked sequence by sequence") {
  struct Row {
    std::string bytes;
    std::optional<std::size_t> bad_at;
  };
  const std::vector<Row> rows{{"", {}},
                              {"plain", {}},
                              {"\xC2\x80\xDF\xBF", {}},
                              {"\xE0\xA0\x80\xEF\xBF\xBF", {}},
                              {"\xED\x9F\xBF\xEE\x80\x80", {}},
                              {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", {}},
                              {"\x80", 0},
                              {"a\xC1\xBF", 1},
                              {"ab\xE0\x9F\xBF", 2},
                              {"\xED\xA0\x80", 0},
                              {"\xF0\x8F\xBF\xBF", 0},
                              {"\xF4\x90\x80\x80", 0},
                              {"\xF5\x80\x80\x80", 0},
                              {"ok\xC3", 2},
                              {"\xC3(", 0},
                              {"\xE2\x82(", 0}};
  for (const auto& row : rows) CHECK(wire::invalid_utf8_at(row.bytes) == row.bad_at);
}
