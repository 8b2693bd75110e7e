// SPDX-License-Identifier: MIT
// The functions that compare and choose: $equal, $gt and its kin, $and, $or, $not, $if, $in.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "engine/expression/function_bodies.hpp"
#include "engine/expression/numbers.hpp"
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

std::optional<bool> boolean_of(const core::Value& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_string()) return std::nullopt;
  if (holds(true_texts, value)) return true;
  if (holds(false_texts, value)) return false;
  return std::nullopt;
}

core::Result<bool> boolean(Evaluation& evaluation, const Call& call, std::size_t index) {
  const auto value = evaluation.value(*call.arguments[index]);
  if (!value) return tl::unexpected<core::Error>(value.error());
  const auto truth = boolean_of(*value);
  if (truth) return *truth;
  return evaluation.failure(call, "'" + to_text(*value) + "' is no boolean", "give true or false");
}

core::Result<Number> numeric(Evaluation& evaluation, const Call& call, std::size_t index) {
  const auto value = evaluation.value(*call.arguments[index]);
  if (!value) return tl::unexpected<core::Error>(value.error());
  const auto number =
      value->is_string() ? parse_number(value->get_ref<const std::string&>()) : number_of(*value);
  if (number) return *number;
  return evaluation.failure(call, "'" + to_text(*value) + "' is no number");
}

/// compare() of the two arguments, both numbers.
core::Result<int> order(Evaluation& evaluation, const Call& call) {
  const auto a = numeric(evaluation, call, 0);
  if (!a) return tl::unexpected<core::Error>(a.error());
  const auto b = numeric(evaluation, call, 1);
  if (!b) return tl::unexpected<core::Error>(b.error());
  return compare(*a, *b);
}

core::Result<std::pair<bool, bool>> booleans(Evaluation& evaluation, const Call& call) {
  const auto a = boolean(evaluation, call, 0);
  if (!a) return tl::unexpected<core::Error>(a.error());
  const auto b = boolean(evaluation, call, 1);
  if (!b) return tl::unexpected<core::Error>(b.error());
  return std::pair(*a, *b);
}

bool are_equal(const core::Value& a, const core::Value& b) {
  const auto left = number_of(a);
  const auto right = number_of(b);
  if (left && right) return nearly_equal(*left, *right);
  if (a.is_string() && b.is_string()) return a == b;
  return to_text(a) == to_text(b);
}

}  // namespace

Outcome equal(Evaluation& evaluation, const Call& call) {
  const auto a = evaluation.value(*call.arguments[0]);
  if (!a) return a;
  const auto b = evaluation.value(*call.arguments[1]);
  if (!b) return b;
  return core::Value(are_equal(*a, *b));
}

Outcome greater(Evaluation& evaluation, const Call& call) {
  return order(evaluation, call).map([](int order) { return core::Value(order > 0); });
}

Outcome greater_or_equal(Evaluation& evaluation, const Call& call) {
  return order(evaluation, call).map([](int order) { return core::Value(order >= 0); });
}

Outcome less(Evaluation& evaluation, const Call& call) {
  return order(evaluation, call).map([](int order) { return core::Value(order < 0); });
}

Outcome less_or_equal(Evaluation& evaluation, const Call& call) {
  return order(evaluation, call).map([](int order) { return core::Value(order <= 0); });
}

Outcome between(Evaluation& evaluation, const Call& call) {
  std::array<Number, 3> numbers;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = numeric(evaluation, call, i);
    if (!number) return tl::unexpected<core::Error>(number.error());
    numbers[i] = *number;
  }
  const auto& [x, low, high] = numbers;
  return core::Value(compare(low, x) <= 0 && compare(x, high) <= 0);
}

Outcome both(Evaluation& evaluation, const Call& call) {
  return booleans(evaluation, call).map([](auto pair) {
    return core::Value(pair.first && pair.second);
  });
}

Outcome either(Evaluation& evaluation, const Call& call) {
  return booleans(evaluation, call).map([](auto pair) {
    return core::Value(pair.first || pair.second);
  });
}

Outcome negation(Evaluation& evaluation, const Call& call) {
  return boolean(evaluation, call, 0).map([](bool truth) { return core::Value(!truth); });
}

Outcome choice(Evaluation& evaluation, const Call& call) {
  const auto condition = evaluation.value(*call.arguments[0]);
  if (!condition) return condition;
  const bool chosen =
      condition->is_boolean() ? condition->get<bool>() : to_text(*condition) == "true";
  return evaluation.value(*call.arguments[chosen ? 1 : 2]);
}

Outcome member(Evaluation& evaluation, const Call& call) {
  const auto wanted = evaluation.text(*call.arguments[0]);
  if (!wanted) return tl::unexpected<core::Error>(wanted.error());
  bool found = false;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const auto one = evaluation.text(*call.arguments[i]);
    if (!one) return tl::unexpected<core::Error>(one.error());
    found = found || one->view() == wanted->view();
  }
  return core::Value(found);
}

}  // namespace antiphon::expression::bodies
