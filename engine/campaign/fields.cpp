// SPDX-License-Identifier: MIT
#include "engine/campaign/fields.hpp"

#include <algorithm>
#include <utility>

#include "engine/campaign/nearest.hpp"

namespace antiphon::campaign {
namespace {

/// YAML 1.1's words, accepted only where the field is a boolean.
std::optional<bool> as_flag(const Node& node) {
  if (node.kind == Node::Kind::boolean) return node.text.front() == 't' || node.text.front() == 'T';
  if (!node.plain || node.kind != Node::Kind::text) return std::nullopt;
  for (const auto word : {"yes", "Yes", "YES", "on", "On", "ON"}) {
    if (node.text == word) return true;
  }
  for (const auto word : {"no", "No", "NO", "off", "Off", "OFF"}) {
    if (node.text == word) return false;
  }
  return std::nullopt;
}

bool is_number(const Node& node) {
  return node.kind == Node::Kind::integer || node.kind == Node::Kind::number;
}

std::string join(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

std::optional<std::string> as_text(const Node& node) {
  if (node.kind == Node::Kind::text) return node.text;
  const bool is_scalar = node.kind == Node::Kind::boolean || is_number(node);
  if (is_scalar && node.plain) return node.text;
  return std::nullopt;
}

Fields::Fields(const Node* node, std::size_t at, std::string path, Problems& problems)
    : node_(node),
      at_(at),
      path_(std::move(path)),
      problems_(problems),
      canonical_(core::Value::object()) {
  if (!node_ || node_->kind == Node::Kind::map) return;
  if (node_->kind != Node::Kind::null) {
    problems_.add(node_->at, path_, "wants a map, got " + describe(*node_));
    broken_ = true;
  }
  node_ = nullptr;
}

const Node* Fields::node(std::string_view name) {
  known_.emplace(name);
  const Member* member = node_ ? find_member(*node_, name) : nullptr;
  if (!member || member->value->kind == Node::Kind::null) return nullptr;
  return member->value.get();
}

std::optional<std::string> Fields::text(std::string_view name) {
  const Node* found = node(name);
  if (!found) return std::nullopt;
  auto text = as_text(*found);
  if (!text) {
    const bool scalar = found->kind != Node::Kind::list && found->kind != Node::Kind::map;
    wrong_type(name, *found, "text", scalar ? "put it in quotes" : "");
    return std::nullopt;
  }
  put(name, *text);
  return text;
}

std::optional<bool> Fields::flag(std::string_view name) {
  const Node* found = node(name);
  if (!found) return std::nullopt;
  const auto flag = as_flag(*found);
  if (!flag) {
    wrong_type(name, *found, "true or false");
    return std::nullopt;
  }
  put(name, *flag);
  return flag;
}

std::optional<std::int64_t> Fields::integer(std::string_view name) {
  const Node* found = node(name);
  if (!found) return std::nullopt;
  core::Value value = is_number(*found) ? to_value(*found, path(name), problems_) : nullptr;
  if (!value.is_number_integer()) {
    wrong_type(name, *found, "a whole number");
    return std::nullopt;
  }
  const auto number = value.get<std::int64_t>();
  put(name, std::move(value));
  return number;
}

std::optional<core::Duration> Fields::duration(std::string_view name) {
  const Node* found = node(name);
  if (!found) return std::nullopt;
  if (found->kind != Node::Kind::text && !is_number(*found)) {
    wrong_type(name, *found, "a duration", "write 90s, 10m, 2h45m, 7d, or a number of seconds");
    return std::nullopt;
  }
  const auto duration = core::parse_duration(found->text);
  if (!duration) {
    problem(name, duration.error().message, duration.error().hint);
    return std::nullopt;
  }
  put(name, to_value(*found, path(name), problems_));
  return *duration;
}

std::map<std::string, std::string> Fields::texts(std::string_view name) {
  std::map<std::string, std::string> texts;
  const Node* found = map(name);
  if (!found) return texts;
  for (const Member& member : found->members) {
    const auto text = as_text(*member.value);
    if (!text) {
      problems_.add(member.value->at, child_path(path(name), member.name),
                    "wants text, got " + describe(*member.value));
    }
    texts[member.name] = text.value_or("");
  }
  put(name, texts);
  return texts;
}

std::optional<core::Value> Fields::data(std::string_view name) {
  const Node* found = node(name);
  if (!found) return std::nullopt;
  core::Value value = to_value(*found, path(name), problems_);
  put(name, value);
  return value;
}

std::optional<core::Value> Fields::data_map(std::string_view name) {
  return map(name) ? data(name) : std::nullopt;
}

const Node* Fields::map(std::string_view name) {
  const Node* found = node(name);
  if (!found || found->kind == Node::Kind::map) return found;
  return wrong_type(name, *found, "a map");
}

const Node* Fields::list(std::string_view name) {
  const Node* found = node(name);
  if (!found || found->kind == Node::Kind::list) return found;
  return wrong_type(name, *found, "a list");
}

void Fields::put(std::string_view name, core::Value canonical) {
  canonical_[std::string(name)] = std::move(canonical);
}

void Fields::not_supported(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    refused_.emplace(name);
    if (!node_) continue;
    const Member* member = find_member(*node_, name);
    if (!member || member->value->kind == Node::Kind::null) continue;
    problems_.add(member->at, path(name), std::string(name) + " is not supported yet");
  }
}

core::Value Fields::finish() {
  if (!node_) return std::move(canonical_);
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const Member& member : node_->members) {
    if (known_.contains(member.name) || refused_.contains(member.name)) continue;
    // Past the bound the hint is not kept, so it is not looked for either.
    std::string hint =
        problems_.full() ? "" : nearest_hint(member.name, known, "known here: " + join(known));
    problems_.add(member.at, path(member.name), "unknown field " + in_quotes(member.name),
                  std::move(hint));
  }
  return std::move(canonical_);
}

void Fields::problem(std::string_view name, std::string message, std::string hint) {
  if (broken_) return;
  const Member* member = node_ ? find_member(*node_, name) : nullptr;
  problems_.add(member ? member->value->at : at_, path(name), std::move(message), std::move(hint));
}

void Fields::missing(std::string_view name, std::string hint) {
  if (!broken_) problems_.add(at_, path(name), "is missing", std::move(hint));
}

const Node* Fields::wrong_type(std::string_view name, const Node& got, std::string_view wanted,
                               std::string hint) {
  problem(name, "wants " + std::string(wanted) + ", got " + describe(got), std::move(hint));
  return nullptr;
}

}  // namespace antiphon::campaign
