// SPDX-License-Identifier: MIT
#include "engine/expression/arguments.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engine/expression/render.hpp"

namespace antiphon::expression::bodies {
namespace {

constexpr std::array true_texts{"1", "t", "T", "TRUE", "true", "True"};
constexpr std::array false_texts{"0", "f", "F", "FALSE", "false", "False"};

template <class Texts>
bool holds(const Texts& texts, const core::Value& value) {
  const auto& text = value.get_ref<const std::string&>();
  return std::any_of(texts.begin(), texts.end(), [&](const char* one) { return text == one; });
}

}  // namespace

core::Result<Number> number_in(Evaluation& evaluation, const Call& call, const core::Value& value) {
  const auto number =
      value.is_string() ? parse_number(value.get_ref<const std::string&>()) : number_of(value);
  if (number) return *number;
  return evaluation.failure(call, shown(value) + " is no number");
}

core::Result<Number> number_argument(Evaluation& evaluation, const Call& call, std::size_t index) {
  const auto value = evaluation.read(*call.arguments[index]);
  if (!value) return tl::unexpected<core::Error>(value.error());
  return number_in(evaluation, call, **value);
}

core::Result<bool> boolean_in(Evaluation& evaluation, const Call& call, const core::Value& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string() && holds(true_texts, value)) return true;
  if (value.is_string() && holds(false_texts, value)) return false;
  return evaluation.failure(call, shown(value) + " is no boolean", "give true or false");
}

core::Result<bool> boolean_argument(Evaluation& evaluation, const Call& call, std::size_t index) {
  const auto value = evaluation.read(*call.arguments[index]);
  if (!value) return tl::unexpected<core::Error>(value.error());
  return boolean_in(evaluation, call, **value);
}

}  // namespace antiphon::expression::bodies
