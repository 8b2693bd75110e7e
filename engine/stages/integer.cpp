// SPDX-License-Identifier: MIT
#include "engine/stages/integer.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

namespace antiphon::stages {
namespace {

std::optional<std::int64_t> parse(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t number = 0;
  const char* last = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), last, number);
  if (problem != std::errc{} || end != last) return std::nullopt;
  return number;
}

std::optional<std::int64_t> cut(double number) {
  constexpr double beyond = 9223372036854775808.0;  // 2^63
  if (!(number >= -beyond && number < beyond)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::optional<std::int64_t> integer_of(const core::Value& value) {
  if (value.is_string()) return parse(value.get_ref<const std::string&>());
  if (value.is_number_float()) return cut(value.get<double>());
  if (value.is_number_unsigned()) {
    const auto magnitude = value.get<std::uint64_t>();
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (magnitude > most) return std::nullopt;
    return static_cast<std::int64_t>(magnitude);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return std::nullopt;
}

core::Value sum(const core::Value& a, std::int64_t b) {
  const auto whole = integer_of(a);
  const double real = a.is_number() ? a.get<double>() : 0;
  std::int64_t result = 0;
  if (!whole && real != 0) return real + static_cast<double>(b);
  if (!__builtin_add_overflow(whole.value_or(0), b, &result)) return result;
  return static_cast<double>(*whole) + static_cast<double>(b);
}

}  // namespace antiphon::stages
