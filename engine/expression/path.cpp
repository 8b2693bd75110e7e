// SPDX-License-Identifier: MIT
#include "engine/expression/path.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace antiphon::expression {
namespace {

Place nowhere(std::string problem) {
  return Place{nullptr, std::move(problem)};
}

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

Place member(const core::Value& value, std::string_view key) {
  if (!value.is_object()) return nowhere("there is no " + in_quotes(key) + ": not an object");
  const auto found = value.find(std::string(key));
  if (found == value.end()) return nowhere("there is no " + in_quotes(key));
  return Place{&*found};
}

/// `text` is what stands between the brackets.
Place element(const core::Value& value, std::string_view text) {
  std::int64_t index = 0;
  const char* last = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), last, index);
  if (problem != std::errc{} || end != last)
    return nowhere("'[" + std::string(text) + "]' is no index");
  if (!value.is_array()) return nowhere("there is no '[" + std::string(text) + "]': not a list");
  const auto size = static_cast<std::int64_t>(value.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) {
    return nowhere("there is no '[" + std::string(text) + "]': the list has " +
                   std::to_string(size) + " items");
  }
  return Place{&value[static_cast<std::size_t>(index)]};
}

/// Takes one step off the front of the path.
Place step(const core::Value& value, std::string_view& path) {
  if (path.front() == '[') {
    const std::size_t end = path.find(']');
    if (end == std::string_view::npos) return nowhere(in_quotes(path) + " lacks a ']'");
    const auto index = path.substr(1, end - 1);
    path.remove_prefix(end + 1);
    return element(value, index);
  }
  const std::size_t end = std::min(path.find_first_of(".["), path.size());
  const auto key = path.substr(0, end);
  path.remove_prefix(end);
  return member(value, key);
}

}  // namespace

Place walk(const core::Value& value, std::string_view path) {
  if (value.is_object()) {
    if (const auto whole = value.find(std::string(path)); whole != value.end()) {
      return Place{&*whole};
    }
  }
  if (path.empty()) return nowhere("the path is empty");
  Place place{&value};
  while (place.value != nullptr && !path.empty()) {
    place = step(*place.value, path);
    // `a.b` and `a.[0]`: the point parts two steps; one that parts nothing is a key of no name.
    if (path.size() > 1 && path.front() == '.') path.remove_prefix(1);
  }
  return place;
}

}  // namespace antiphon::expression
