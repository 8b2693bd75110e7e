// SPDX-License-Identifier: MIT
#include "engine/core/sealed.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/check.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

/// A part is a text, or an object that says which secret stands there.
Value sealed_of(const Value& parts) {
  const JsonText text = dump(parts);
  return Value::binary(Value::binary_t::container_type(text.begin(), text.end()));
}

Value parts_of(const Value& sealed) {
  if (sealed.is_string()) return Value::array({sealed});
  ANTIPHON_CHECK(sealed.is_binary());
  const auto& bytes = sealed.get_binary();
  return Value::parse(bytes.begin(), bytes.end());
}

void add_part(Value& parts, const Value& part) {
  const bool texts = part.is_string() && !parts.empty() && parts.back().is_string();
  if (texts) {
    parts.back().get_ref<std::string&>() += part.get_ref<const std::string&>();
  } else if (!part.is_string() || !part.get_ref<const std::string&>().empty()) {
    parts.push_back(part);
  }
}

void take(Value& value, const Value::json_pointer& at, Value& taken) {
  if (is_sealed(value)) {
    taken.push_back({{"at", at.to_string()}, {"parts", parts_of(value)}});
    value = secret_mask;
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) take(value[i], at / i, taken);
  } else if (value.is_object()) {
    for (auto item = value.begin(); item != value.end(); ++item) {
      take(*item, at / item.key(), taken);
    }
  }
}

}  // namespace

Value seal(std::string_view object, std::string_view field) {
  return sealed_of(Value::array({{{"object", object}, {"field", field}}}));
}

bool is_sealed(const Value& value) {
  return value.is_binary();
}

bool holds_secret(const Value& value) {
  if (!value.is_structured()) return is_sealed(value);
  return std::any_of(value.begin(), value.end(),
                     [](const Value& item) { return holds_secret(item); });
}

Value join_sealed(const Value& left, const Value& right) {
  Value parts = parts_of(left);
  for (const Value& part : parts_of(right)) add_part(parts, part);
  return sealed_of(parts);
}

Value take_sealed(Value& value) {
  Value taken = Value::array();
  if (holds_secret(value)) take(value, Value::json_pointer(), taken);
  return taken;
}

void put_sealed(Value& value, const Value& taken) {
  for (const Value& one : taken) {
    const Value::json_pointer at(one.at("at").get<std::string>());
    ANTIPHON_CHECK(value.contains(at));
    value.at(at) = sealed_of(one.at("parts"));
  }
}

std::vector<std::string> SecretSource::given(std::string_view object,
                                             std::string_view field) const {
  const auto text = secret(object, field);
  if (!text || !text->is_string()) return {};
  return {text->get<std::string>()};
}

Result<Value> Sealing::secret(std::string_view object, std::string_view field) const {
  for (const std::string_view name : {object, field}) {
    if (name.empty() || name.size() > limits::secret_name_bytes) {
      return failure(status::bad_config,
                     "a secret's object and field have 1 to " +
                         std::to_string(limits::secret_name_bytes) + " bytes",
                     "for example $secret(registry, password)");
    }
  }
  return seal(object, field);
}

}  // namespace antiphon::core
