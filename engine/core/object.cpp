// SPDX-License-Identifier: MIT
#include "engine/core/object.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;
constexpr std::array spellings{
    Spelling{"catalog", "catalogversion"},
    Spelling{"catalogs", "catalogversion"},
    Spelling{"catalogversions", "catalogversion"},
    Spelling{"solution", "solutionversion"},
    Spelling{"solutions", "solutionversion"},
    Spelling{"solutionversions", "solutionversion"},
    Spelling{"instances", "instance"},
    Spelling{"targets", "target"},
    Spelling{"devices", "device"},
    Spelling{"models", "model"},
};

constexpr std::string_view default_namespace = "default";

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Splits at '@'; without one the namespace is `default`.
Result<Namespace> take_namespace(std::string_view& text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos) return Namespace::parse(default_namespace);
  auto name_space = Namespace::parse(text.substr(at + 1));
  text = text.substr(0, at);
  return name_space;
}

}  // namespace

Result<ObjectKind> object_kind(std::string_view word) {
  const std::string lower = in_lower_case(word);
  const auto* const other = std::find_if(spellings.begin(), spellings.end(),
                                         [&](const auto& one) { return one.first == lower; });
  return ObjectKind::parse(other == spellings.end() ? lower : other->second);
}

Result<ObjectName> object_name(std::string_view reference) {
  std::string name;
  for (const char c : reference) {
    if (c == ':') {
      name += "-v-";
    } else {
      name += c;
    }
  }
  return ObjectName::parse(name);
}

std::string to_text(const ObjectKey& key) {
  return key.kind.text() + "/" + level_of(key);
}

Result<ObjectKey> object_key(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) {
    return failure(status::bad_request, "'" + std::string(text) + "' names no object",
                   "write <kind>/<name>, or <kind>/<name>@<namespace>");
  }
  auto kind = object_kind(text.substr(0, slash));
  if (!kind) return tl::unexpected<Error>(kind.error());
  text.remove_prefix(slash + 1);
  auto name_space = take_namespace(text);
  if (!name_space) return tl::unexpected<Error>(name_space.error());
  auto name = object_name(text);
  if (!name) return tl::unexpected<Error>(name.error());
  return ObjectKey{*std::move(kind), *std::move(name_space), *std::move(name)};
}

std::string level_of(const ObjectKey& key) {
  const auto& space = key.name_space.text();
  return key.name.text() + (space == default_namespace ? "" : "@" + space);
}

Result<ObjectKey> key_at(std::string_view kind, std::string_view level) {
  auto key = object_key(std::string(kind) + "/" + std::string(level));
  if (!key) return key;
  if (key->kind.text() == kind && level_of(*key) == level) return key;
  return failure(status::bad_request, "no object is called that here",
                 "its topic is that of " + to_text(*key));
}

}  // namespace antiphon::core
