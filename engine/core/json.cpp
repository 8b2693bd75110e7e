// SPDX-License-Identifier: MIT
#include "engine/core/json.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/check.hpp"

template class nlohmann::basic_json<>;

namespace antiphon::core {

JsonText dump(const Value& value) {
  return value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

Value parse_object(const JsonText& text) {
  if (text.empty()) return Value::object();
  Value value = Value::parse(text, nullptr, false);
  ANTIPHON_CHECK(value.is_object());
  return value;
}

std::string plain_text(const Value& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  return dump(value);
}

}  // namespace antiphon::core
