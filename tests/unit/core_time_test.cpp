// SPDX-License-Identifier: MIT
// Durations and times as people write them.
#include "engine/core/time.hpp"

#include <doctest/doctest.h>

namespace antiphon::core {
namespace {

TEST_CASE("core time: durations are read in every spelling") {
  const struct {
    std::string_view text;
    std::int64_t ms;
  } rows[] = {
      {"0", 0},
      {"90", 90'000},
      {"1.5", 1'500},
      {"0.25", 250},
      {"90s", 90'000},
      {"10m", 600'000},
      {"2h45m", 9'900'000},
      {"1.5h", 5'400'000},
      {"7d", 604'800'000},
      {"250ms", 250},
      {"1d2h3m4s5ms", 93'784'005},
      {"5ms4s", 4'005},
      {"0s", 0},
      {".5s", 500},
      {"1.0004s", 1'000},
  };
  for (const auto& [text, ms] : rows) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE(duration);
    CHECK(duration->ms == ms);
  }
}

TEST_CASE("core time: what is no duration is refused with what would be one") {
  for (const std::string_view text : {"", " ", "s", "-1", "-5s", "+5s", "5x", "5 s", "5s ", "5s6",
                                      "1h30", "1e3", "0x10", "1..5s", "inf", "nan", "P1D", "5S"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE(!duration);
    CHECK(duration.error() == Error{400, "'" + std::string(text) + "' is no duration",
                                    "write 90s, 10m, 2h45m, 7d, 250ms, or a number of seconds"});
  }
}

TEST_CASE("core time: a duration past some thirty thousand years is too long") {
  CHECK(parse_duration("11574074d"));
  for (const std::string_view text : {"11574075d", "1000000000001", "99999999999999999999999d"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE(!duration);
    CHECK(duration.error().message == "'" + std::string(text) + "' is too long a duration");
  }
}

TEST_CASE("core time: the text of a duration is short and is read back as the same") {
  const struct {
    std::int64_t ms;
    std::string_view text;
  } rows[] = {
      {0, "0s"},
      {1, "1ms"},
      {250, "250ms"},
      {1'000, "1s"},
      {1'500, "1s500ms"},
      {60'000, "1m"},
      {5'400'000, "1h30m"},
      {86'400'000, "1d"},
      {93'784'005, "1d2h3m4s5ms"},
  };
  for (const auto& [ms, text] : rows) {
    CHECK(to_text(Duration{ms}) == text);
    CHECK(parse_duration(text) == Duration{ms});
  }
}

TEST_CASE("core time: instants are written in RFC 3339 and read back") {
  const struct {
    std::int64_t ms;
    std::string_view text;
  } rows[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {951'782'400'000, "2000-02-29T00:00:00.000Z"},
      {1'769'850'307'250, "2026-01-31T09:05:07.250Z"},
      {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& [ms, text] : rows) {
    CHECK(to_rfc3339({ms}) == text);
    CHECK(parse_rfc3339(text) == Instant{ms});
  }
}

TEST_CASE("core time: every spelling of RFC 3339 is read") {
  const struct {
    std::string_view text;
    std::string_view same_as;
  } rows[] = {
      {"2026-01-31T09:05:07Z", "2026-01-31T09:05:07.000Z"},
      {"2026-01-31t09:05:07z", "2026-01-31T09:05:07.000Z"},
      {"2026-01-31 09:05:07Z", "2026-01-31T09:05:07.000Z"},
      {"2026-01-31T09:05:07.2Z", "2026-01-31T09:05:07.200Z"},
      {"2026-01-31T09:05:07.123999Z", "2026-01-31T09:05:07.123Z"},
      {"2026-01-31T10:05:07+01:00", "2026-01-31T09:05:07.000Z"},
      {"2026-01-31T03:35:07-05:30", "2026-01-31T09:05:07.000Z"},
      {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"},
      {"2026-01-31T09:05:07-00:00", "2026-01-31T09:05:07.000Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z"},
  };
  for (const auto& [text, same_as] : rows) {
    CAPTURE(text);
    const auto at = parse_rfc3339(text);
    REQUIRE(at);
    CHECK(to_rfc3339(*at) == same_as);
  }
}

TEST_CASE("core time: what is no RFC 3339 time is refused with what would be one") {
  for (const std::string_view text : {"",
                                      "now",
                                      "2026-01-31",
                                      "2026-01-31T09:05Z",
                                      "2026-01-31T09:05:07",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-02-30T00:00:00Z",
                                      "2025-02-29T00:00:00Z",
                                      "2026-01-31T24:00:00Z",
                                      "2026-01-31T09:60:07Z",
                                      "2026-01-31T09:05:61Z",
                                      "2026-01-31T09:05:07.Z",
                                      "2026-01-31T09:05:07+1:00",
                                      "2026-01-31T09:05:07+24:00",
                                      "2026-01-31T09:05:07+01:60",
                                      "2026-01-31T09:05:07Z ",
                                      " 2026-01-31T09:05:07Z",
                                      "26-01-31T09:05:07Z",
                                      "2026-1-31T09:05:07Z",
                                      "-026-01-31T09:05:07Z",
                                      "2026--1-31T09:05:07Z",
                                      "2026-01-31_09:05:07Z"}) {
    CAPTURE(text);
    const auto at = parse_rfc3339(text);
    REQUIRE(!at);
    CHECK(at.error() == Error{400, "'" + std::string(text) + "' is no RFC 3339 time",
                              "write it like 2026-01-31T09:05:07Z or 2026-01-31T10:05:07+01:00"});
  }
}

TEST_CASE("core time: instants and durations add up") {
  CHECK(Instant{1'000} + seconds(2) == Instant{3'000});
  CHECK(Instant{1'000} - milliseconds(1) == Instant{999});
  CHECK(Instant{3'000} - Instant{1'000} == seconds(2));
  CHECK(days(1) == hours(24));
  CHECK(hours(1) == minutes(60));
}

}  // namespace
}  // namespace antiphon::core
