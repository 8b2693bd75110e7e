// SPDX-License-Identifier: MIT
#include "engine/campaign/trigger_filter.hpp"

#include <algorithm>

#include "engine/campaign/problems.hpp"
#include "engine/campaign/source.hpp"

namespace antiphon::campaign {
namespace {

constexpr std::size_t topic_bytes = 65'535;  // MQTT's own bound

bool is_level_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string_view> split_levels(std::string_view topic) {
  std::vector<std::string_view> levels;
  for (;;) {
    const auto slash = topic.find('/');
    levels.push_back(topic.substr(0, slash));
    if (slash == std::string_view::npos) return levels;
    topic.remove_prefix(slash + 1);
  }
}

tl::unexpected<core::Error> bad(std::string message, std::string hint = {}) {
  return core::failure(400, std::move(message), std::move(hint));
}

core::Result<std::string> parse_level(std::string_view level, bool is_last) {
  if (level.find('#') != std::string_view::npos && (level != "#" || !is_last)) {
    return bad("'#' stands alone, as the last level", "plant/#");
  }
  if (level.starts_with('+')) {
    const std::string_view name = level.substr(1);
    if (name.empty() || is_level_name(name)) return std::string(name);
    return bad(in_quotes(level) + " names no level",
               "the name of a level has letters, digits and '_', and does not begin with a digit");
  }
  if (level.find('+') != std::string_view::npos) {
    return bad(in_quotes(level) + " has a '+' that does not begin the level",
               "plant/+line/release");
  }
  return std::string();
}

}  // namespace

core::Result<TriggerFilter> parse_trigger_filter(std::string_view topic) {
  if (topic.empty()) return bad("the topic is empty");
  if (topic.size() > topic_bytes) return bad("the topic has more than 65,535 bytes");
  if (topic.find_first_of("\t\r\n") != std::string_view::npos || find_control(topic)) {
    return bad("the topic has a control character");
  }
  if (topic.starts_with("$share/")) {
    return bad("a shared subscription cannot be a trigger", "leave '$share/<group>/' out");
  }
  TriggerFilter parsed;
  const auto levels = split_levels(topic);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    auto name = parse_level(levels[i], i + 1 == levels.size());
    if (!name) return tl::unexpected(std::move(name).error());
    const auto& names = parsed.level_names;
    if (!name->empty() && std::find(names.begin(), names.end(), *name) != names.end()) {
      return bad("two levels are named " + in_quotes(*name));
    }
    if (i > 0) parsed.filter += '/';
    parsed.filter += levels[i].starts_with('+') ? std::string_view("+") : levels[i];
    parsed.level_names.push_back(std::move(*name));
  }
  return parsed;
}

bool is_below(std::string_view filter, std::string_view root) {
  return filter.size() > root.size() && filter.starts_with(root) && filter[root.size()] == '/';
}

}  // namespace antiphon::campaign
