// SPDX-License-Identifier: MIT
#include "connectors/wire/fields.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/check.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

using core::Value;

constexpr double whole_floats =
    9007199254740992.0;  // 2^53: up to here each integer is a float of its own
constexpr std::int64_t year_10000_ms = 253'402'300'800'000;

/// What a value is, for "field 'x' is ...".
std::string description(const Value& value) {
  switch (value.type()) {
    case Value::value_t::string:
      return "the text " + shown(value.get_ref<const std::string&>());
    case Value::value_t::object:
      return "an object";
    case Value::value_t::array:
      return "an array";
    default:
      return core::dump(value);
  }
}

std::optional<std::int64_t> whole_number(const Value& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
    return std::nullopt;
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(std::abs(number) <= whole_floats) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string in_words(Range range) {
  if (range.most == std::numeric_limits<std::int64_t>::max()) {
    return "an integer, " + std::to_string(range.least) + " or more";
  }
  return "an integer from " + std::to_string(range.least) + " to " + std::to_string(range.most);
}

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::size_t most = 60;
  const bool is_cut = text.size() > most;
  const auto quoted =
      Value(std::string(text.substr(0, most))).dump(-1, ' ', true, Value::error_handler_t::replace);
  return is_cut ? quoted + "..." : quoted;
}

Fields::Fields(const Value& object, std::string_view what) : object_(object), what_(what) {
  ANTIPHON_CHECK(object.is_object());
}

const Value* Fields::find(std::string_view field) const {
  const auto at = object_.find(std::string(field));
  return at == object_.end() || at->is_null() ? nullptr : &*at;
}

void Fields::note(std::string_view field, const std::string& what_is_wrong, std::string hint) {
  if (problem_) return;
  problem_ = core::Error{core::status::bad_request,
                         what_ + ": field '" + std::string(field) + "': " + what_is_wrong,
                         std::move(hint)};
}

void Fields::wrong_type(std::string_view field, const Value& value, std::string_view expected) {
  note(field, "is " + description(value),
       "'" + std::string(field) + "' has to be " + std::string(expected));
}

const Value* Fields::member(std::string_view field, Need need, std::string_view expected) {
  const Value* value = find(field);
  if (value == nullptr && need == Need::required) {
    note(field, "is missing", "'" + std::string(field) + "' has to be " + std::string(expected));
  }
  return value;
}

const std::string* Fields::string(std::string_view field, Need need) {
  const Value* value = member(field, need, "a text");
  if (value == nullptr) return nullptr;
  if (value->is_string()) return &value->get_ref<const std::string&>();
  wrong_type(field, *value, "a text");
  return nullptr;
}

bool Fields::text_fits(std::string_view field, const std::string& text, std::size_t most_bytes) {
  if (text.size() > most_bytes) {
    note(field, "has " + std::to_string(text.size()) + " bytes",
         "at most " + std::to_string(most_bytes) + " bytes of text");
    return false;
  }
  if (text.find('\0') != text.npos) {
    note(field, "has a NUL character", "a text without U+0000");
    return false;
  }
  return true;
}

void Fields::version() {
  const Value* value = find("v");
  if (value == nullptr) return;
  if (!value->is_number()) return wrong_type("v", *value, "the number 1");
  const auto version = value->get<double>();
  if (version >= 1 && version < 2) return;
  note("v", "is " + core::dump(*value), "this plane speaks version 1 of the protocol");
}

std::string Fields::text(std::string_view field, Need need, std::size_t most_bytes) {
  const auto* value = string(field, need);
  if (value == nullptr || !text_fits(field, *value, most_bytes)) return {};
  if (value->empty() && need == Need::required) note(field, "is empty", "a text");
  return *value;
}

std::string Fields::word(std::string_view field, Need need,
                         const std::vector<std::string_view>& words) {
  const auto* value = string(field, need);
  if (value == nullptr) return {};
  if (std::find(words.begin(), words.end(), *value) != words.end()) return *value;
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  note(field, "is " + shown(*value), "one of " + list);
  return {};
}

std::optional<std::int64_t> Fields::integer(std::string_view field, Need need, Range range) {
  const Value* value = member(field, need, in_words(range));
  if (value == nullptr) return std::nullopt;
  const auto number = whole_number(*value);
  if (number && *number >= range.least && *number <= range.most) return number;
  wrong_type(field, *value, in_words(range));
  return std::nullopt;
}

double Fields::number(std::string_view field) {
  const Value* value = find(field);
  if (value == nullptr) return 0;
  if (value->is_number()) return value->get<double>();
  wrong_type(field, *value, "a number");
  return 0;
}

bool Fields::flag(std::string_view field, Need need) {
  const Value* value = member(field, need, "true or false");
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  wrong_type(field, *value, "true or false");
  return false;
}

core::Instant Fields::instant(std::string_view field, Need need) {
  constexpr std::string_view expected =
      "a time like \"2026-01-31T09:05:07.250Z\", or integer milliseconds since 1970";
  const Value* value = member(field, need, expected);
  if (value == nullptr) return {};
  if (value->is_string()) {
    if (const auto at = core::parse_rfc3339(value->get_ref<const std::string&>())) return *at;
  } else if (const auto ms = whole_number(*value); ms && *ms >= 0 && *ms < year_10000_ms) {
    return {*ms};
  }
  wrong_type(field, *value, expected);
  return {};
}

core::Duration Fields::duration(std::string_view field, core::Duration most) {
  const std::string* text = string(field, Need::optional);
  if (text == nullptr) return {};
  const auto read = core::parse_duration(*text);
  if (read && *read >= core::Duration{0} && *read <= most) return *read;
  note(field, shown(*text) + (read ? " is out of range" : " is no time span"),
       "a text like \"30s\", from \"0s\" to \"" + core::to_text(most) + "\"");
  return {};
}

core::JsonText Fields::object(std::string_view field) {
  const Value* value = find(field);
  if (value == nullptr) return {};
  if (value->is_object()) return core::dump(*value);
  wrong_type(field, *value, "an object");
  return {};
}

std::vector<std::string> Fields::texts(std::string_view field, std::size_t most_items,
                                       std::size_t most_bytes) {
  std::vector<std::string> texts;
  const Value* value = find(field);
  if (value == nullptr) return texts;
  if (!value->is_array() || value->size() > most_items) {
    wrong_type(field, *value, "an array of at most " + std::to_string(most_items) + " texts");
    return texts;
  }
  for (const Value& item : *value) {
    if (!item.is_string()) {
      wrong_type(field, item, "an array of texts");
      return {};
    }
    if (!text_fits(field, item.get_ref<const std::string&>(), most_bytes)) return {};
    texts.push_back(item);
  }
  return texts;
}

std::vector<std::string> Fields::names(std::string_view field, std::size_t most_items) {
  auto names = texts(field, most_items, std::numeric_limits<std::size_t>::max());
  for (const auto& name : names) {
    const auto parsed = core::PlaneName::parse(name);
    if (parsed) continue;
    note(field, parsed.error().message, parsed.error().hint);
    return {};
  }
  return names;
}

std::map<std::string, std::string> Fields::text_map(std::string_view field, std::size_t most_items,
                                                    std::size_t most_bytes) {
  std::map<std::string, std::string> texts;
  const Value* value = find(field);
  if (value == nullptr) return texts;
  if (!value->is_object() || value->size() > most_items) {
    wrong_type(field, *value, "an object of at most " + std::to_string(most_items) + " texts");
    return texts;
  }
  for (const auto& [key, item] : value->items()) {
    if (!item.is_string()) {
      wrong_type(field, item, "an object whose values are texts");
      return {};
    }
    const auto& text = item.get_ref<const std::string&>();
    if (!text_fits(field, key, most_bytes) || !text_fits(field, text, most_bytes)) return {};
    texts.emplace(key, text);
  }
  return texts;
}

}  // namespace antiphon::wire
