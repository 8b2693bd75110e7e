// SPDX-License-Identifier: MIT
#include "connectors/wire/object_text.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"

namespace antiphon::wire {

ObjectText& ObjectText::json(std::string_view field, std::string_view value) {
  if (text_.size() > 1) text_ += ',';
  text_ += core::dump(std::string(field));
  text_ += ':';
  text_ += value;
  return *this;
}

ObjectText& ObjectText::text(std::string_view field, std::string_view value) {
  return json(field, core::dump(std::string(value)));
}

ObjectText& ObjectText::text_unless_empty(std::string_view field, std::string_view value) {
  return value.empty() ? *this : text(field, value);
}

ObjectText& ObjectText::integer(std::string_view field, std::int64_t value) {
  return json(field, std::to_string(value));
}

ObjectText& ObjectText::number(std::string_view field, double value) {
  return json(field, core::dump(value));
}

ObjectText& ObjectText::flag(std::string_view field, bool value) {
  return json(field, value ? "true" : "false");
}

ObjectText& ObjectText::time(std::string_view field, core::Instant value) {
  return text(field, core::to_rfc3339(value));
}

ObjectText& ObjectText::texts(std::string_view field, const std::vector<std::string>& values) {
  return json(field, core::dump(core::Value(values)));
}

ObjectText& ObjectText::texts(std::string_view field,
                              const std::map<std::string, std::string>& values) {
  return json(field, core::dump(core::Value(values)));
}

ObjectText& ObjectText::object(std::string_view field, const core::JsonText& value) {
  return json(field, value.empty() ? "{}" : std::string_view(value));
}

core::JsonText ObjectText::done() {
  text_ += '}';
  return std::move(text_);
}

}  // namespace antiphon::wire
