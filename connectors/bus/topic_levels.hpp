// SPDX-License-Identifier: MIT
// The levels of topics and filters, as MQTT parts them. Internal to the bus.
#pragma once

#include <string_view>
#include <vector>

namespace antiphon::bus {

/// They look into the text.
using Levels = std::vector<std::string_view>;

inline Levels levels_of(std::string_view text) {
  Levels levels;
  while (true) {
    const auto slash = text.find('/');
    levels.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return levels;
    text.remove_prefix(slash + 1);
  }
}

/// MQTT 4.7.2: what begins with '$' is not meant by a wildcard at the first level.
inline bool hidden_from_wildcards(std::string_view first_level) {
  return first_level.starts_with('$');
}

inline bool is_wildcard(std::string_view level) {
  return level == "+" || level == "#";
}

}  // namespace antiphon::bus
