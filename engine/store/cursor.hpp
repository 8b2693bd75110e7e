// SPDX-License-Identifier: MIT
// The `after` texts of pages whose order is by numbers or by several names: "12", "3.7", "a/b/c".
// Both stores read them here, so that they agree.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon::store {

inline std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "run.ordinal".
inline std::optional<std::pair<std::int64_t, std::int64_t>> read_run_ordinal(
    std::string_view text) {
  const auto point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto run = read_number(text.substr(0, point));
  const auto ordinal = read_number(text.substr(point + 1));
  if (!run || !ordinal) return std::nullopt;
  return std::pair{*run, *ordinal};
}

/// Namespace, campaign and name of a trigger.
using TriggerPlace = std::array<std::string, 3>;

/// Of core::to_text of a trigger; of anything else, where it would stand.
inline TriggerPlace trigger_place(const std::string& after) {
  TriggerPlace place;
  std::size_t begin = 0;
  for (std::string& part : place) {
    const auto end = std::min(after.find('/', begin), after.size());
    part = after.substr(begin, end - begin);
    begin = std::min(end + 1, after.size());
  }
  return place;
}

}  // namespace antiphon::store
