// SPDX-License-Identifier: MIT
#include "engine/core/time.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

namespace antiphon::core {
namespace {

struct Unit {
  std::string_view suffix;
  std::int64_t ms;
};
constexpr std::array units{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                           Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr double most_ms = 1e15;  // some 30,000 years; keeps sums of instants far from overflow

tl::unexpected<Error> bad_duration(std::string_view text) {
  return failure(400, "'" + std::string(text) + "' is no duration",
                 "write 90s, 10m, 2h45m, 7d, 250ms, or a number of seconds");
}

/// The unsigned decimal number ("2", "1.5") at the front of `text`, which is cut off.
std::optional<double> take_number(std::string_view& text) {
  // from_chars would also read a sign, "inf" and "nan".
  if (text.find_first_of("0123456789.") != 0) return std::nullopt;
  double number = 0;
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (problem != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<std::int64_t> take_unit(std::string_view& text) {
  const auto end = std::min(text.find_first_of("0123456789."), text.size());
  const auto suffix = text.substr(0, end);
  for (const Unit& unit : units) {
    if (unit.suffix != suffix) continue;
    text.remove_prefix(end);
    return unit.ms;
  }
  return std::nullopt;
}

std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  int number = 0;
  if (text.size() < count) return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + count, number);
  if (problem != std::errc{} || end != text.data() + count || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// Fraction of a second, in ms; absent is 0, a point without digits is an error.
std::optional<int> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  int ms = 0;
  int scale = 100;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    ms += (text.front() - '0') * scale;
    scale /= 10;
    any = true;
    text.remove_prefix(1);
  }
  return any ? std::optional(ms) : std::nullopt;
}

/// Minutes east of UTC.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return 0;
  const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (*hour * 60 + *minute);
}

std::optional<Instant> read_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto y = take_digits(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto mon = take_digits(text, 2);
  if (!mon || !take(text, "-")) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h || *h > 23 || !take(text, ":")) return std::nullopt;
  const auto min = take_digits(text, 2);
  if (!min || *min > 59 || !take(text, ":")) return std::nullopt;
  const auto s = take_digits(text, 2);
  if (!s || *s > 60) return std::nullopt;
  const auto ms = take_fraction(text);
  if (!ms) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;

  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mon)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  const auto midnight =
      duration_cast<std::chrono::milliseconds>(sys_days{date}.time_since_epoch()).count();
  return Instant{midnight} + hours(*h) + minutes(*min - *offset) + seconds(*s) + milliseconds(*ms);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  double total_ms = 0;
  bool first = true;
  if (rest.empty()) return bad_duration(text);
  while (!rest.empty()) {
    const auto number = take_number(rest);
    if (!number) return bad_duration(text);
    if (first && rest.empty()) {
      total_ms = *number * 1000;
      break;
    }
    const auto unit = take_unit(rest);
    if (!unit) return bad_duration(text);
    total_ms += *number * static_cast<double>(*unit);
    first = false;
  }
  if (total_ms > most_ms) return failure(400, "'" + std::string(text) + "' is too long a duration");
  return Duration{std::llround(total_ms)};
}

std::string to_text(Duration duration) {
  std::int64_t rest = duration.ms;
  std::string text;
  for (const Unit& unit : units) {
    if (rest < unit.ms) continue;
    text += std::to_string(rest / unit.ms) + std::string(unit.suffix);
    rest %= unit.ms;
  }
  return text.empty() ? "0s" : text;
}

std::string to_rfc3339(Instant at) {
  using namespace std::chrono;
  const sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(at.ms)};
  const auto midnight = floor<std::chrono::days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

Result<Instant> parse_rfc3339(std::string_view text) {
  if (const auto at = read_rfc3339(text)) return *at;
  return failure(400, "'" + std::string(text) + "' is no RFC 3339 time",
                 "write it like 2026-01-31T09:05:07Z or 2026-01-31T10:05:07+01:00");
}

}  // namespace antiphon::core
