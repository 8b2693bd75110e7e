// SPDX-License-Identifier: MIT
// Topics and filters by MQTT's rules (MQTT 5.0, section 4.7), stricter where a broker in the field
// closes the connection.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "connectors/bus/bus.hpp"
#include "connectors/bus/topic_levels.hpp"
#include "connectors/bus/topic_tree.hpp"

namespace antiphon::bus {
namespace {

/// MQTT's length prefix has 16 bits.
constexpr std::size_t topic_bytes_most = 65'535;
/// Mosquitto closes the connection of who goes deeper.
constexpr std::ptrdiff_t topic_separators_most = 200;

/// How many bytes continue a UTF-8 sequence begun by `lead`; -1 if nothing begins so.
int continuations(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xC2 && lead <= 0xDF) return 1;
  if (lead >= 0xE0 && lead <= 0xEF) return 2;
  if (lead >= 0xF0 && lead <= 0xF4) return 3;
  return -1;
}

bool is_overlong_or_surrogate(std::uint32_t code, int continued) {
  if (continued == 2) return code < 0x800 || (code >= 0xD800 && code <= 0xDFFF);
  return continued == 3 && (code < 0x10000 || code > 0x10FFFF);
}

bool is_control_or_noncharacter(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0xFDD0 && code <= 0xFDEF) ||
         (code & 0xFFFE) == 0xFFFE;
}

/// MQTT lets a receiver close the connection for control characters and noncharacters too, and
/// Mosquitto does.
std::string text_problem(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int continued = continuations(lead);
    if (continued < 0 || i + static_cast<std::size_t>(continued) >= text.size()) {
      return "is not valid UTF-8";
    }
    std::uint32_t code = continued == 0 ? lead : lead & (0x3Fu >> continued);
    for (int k = 1; k <= continued; ++k) {
      const auto next = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      if ((next & 0xC0) != 0x80) return "is not valid UTF-8";
      code = (code << 6) | (next & 0x3Fu);
    }
    if (is_overlong_or_surrogate(code, continued)) return "is not valid UTF-8";
    if (is_control_or_noncharacter(code)) return "has a control character";
    i += static_cast<std::size_t>(continued) + 1;
  }
  return {};
}

std::string common_problem(const std::string& text) {
  if (text.empty()) return "is empty";
  if (text.size() > topic_bytes_most) return "is longer than 65535 bytes";
  if (std::count(text.begin(), text.end(), '/') > topic_separators_most) {
    return "has more than 200 levels";
  }
  return text_problem(text);
}

/// The narrowest filter that matches all that two overlapping ones match.
std::string joined(const Levels& a, const Levels& b) {
  std::string text;
  for (std::size_t i = 0;; ++i) {
    if (i == a.size() && i == b.size()) return text;
    if (i > 0) text += '/';
    if (i == a.size() || i == b.size() || a[i] == "#" || b[i] == "#") return text + '#';
    text += a[i] == b[i] ? a[i] : std::string_view("+");
  }
}

}  // namespace

std::string topic_problem(const std::string& topic) {
  if (topic.find_first_of("+#") != std::string::npos) return "has a wildcard";
  return common_problem(topic);
}

std::string filter_problem(const std::string& filter) {
  if (auto problem = common_problem(filter); !problem.empty()) return problem;
  // An offline durable client's shared subscription does not survive a restart of Mosquitto.
  if (filter.starts_with("$share/")) return "is a shared subscription";
  const auto levels = levels_of(filter);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] == "#" && i + 1 != levels.size()) return "has a '#' that is not at the end";
    if (!is_wildcard(levels[i]) && levels[i].find_first_of("+#") != std::string_view::npos) {
      return "has a wildcard that is not a whole level";
    }
  }
  return {};
}

bool matches(const std::string& filter, const std::string& topic) {
  const auto wanted = levels_of(filter);
  const auto given = levels_of(topic);
  if (is_wildcard(wanted[0]) && hidden_from_wildcards(given[0])) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "#") return true;
    if (i == given.size() || (wanted[i] != "+" && wanted[i] != given[i])) return false;
  }
  return wanted.size() == given.size();
}

std::vector<std::string> disjoint_cover(const std::vector<std::string>& filters) {
  std::vector<std::string> sorted = filters;
  std::sort(sorted.begin(), sorted.end());
  TopicTree cover;
  for (std::string filter : sorted) {
    // Each turn makes the cover one smaller, and a wider filter may meet members that the narrower
    // one did not.
    while (const auto other = cover.overlapping(filter)) {
      filter = joined(levels_of(filter), levels_of(*other));
      cover.erase(*other);
    }
    cover.insert(filter);
  }
  return cover.filters();
}

}  // namespace antiphon::bus
