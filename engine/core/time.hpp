// SPDX-License-Identifier: MIT
// Time as the core sees it: instants come in with events, nobody here reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"

namespace antiphon::core {

struct Duration {
  std::int64_t ms = 0;
  auto operator<=>(const Duration&) const = default;
};

/// UTC milliseconds since 1970; never decreasing within one plane (architecture.md, The contract of
/// the shell).
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

inline Instant operator+(Instant at, Duration d) {
  return {at.ms + d.ms};
}
inline Instant operator-(Instant at, Duration d) {
  return {at.ms - d.ms};
}
inline Duration operator-(Instant a, Instant b) {
  return {a.ms - b.ms};
}

constexpr Duration milliseconds(std::int64_t n) {
  return {n};
}
constexpr Duration seconds(std::int64_t n) {
  return {n * 1000};
}
constexpr Duration minutes(std::int64_t n) {
  return seconds(n * 60);
}
constexpr Duration hours(std::int64_t n) {
  return minutes(n * 60);
}
constexpr Duration days(std::int64_t n) {
  return hours(n * 24);
}

/// `90s`, `10m`, `2h45m`, `1.5h`, `7d`, `250ms`, or a bare number of seconds (documents.md,
/// Durations). Never negative.
Result<Duration> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads back as the same value ("1h30m", "250ms", "0s").
std::string to_text(Duration duration);

/// RFC 3339 in UTC with milliseconds: 2026-01-31T09:05:07.250Z.
std::string to_rfc3339(Instant at);

/// Reads any RFC 3339 date-time, with offset or Z; finer than milliseconds is cut.
Result<Instant> parse_rfc3339(std::string_view text);

}  // namespace antiphon::core
