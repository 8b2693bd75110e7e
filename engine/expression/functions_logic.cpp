// SPDX-License-Identifier: MIT
// The functions that compare and choose: $equal, $gt and its kin, $and, $or, $not, $if, $in,
// $default, $coalesce.
#include <array>
#include <string>
#include <utility>

#include "engine/expression/arguments.hpp"
#include "engine/expression/function_bodies.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/render.hpp"

namespace antiphon::expression::bodies {
namespace {

/// compare() of the two arguments, both numbers.
core::Result<int> order(Evaluation& evaluation, const Call& call) {
  const auto a = number_argument(evaluation, call, 0);
  if (!a) return tl::unexpected<core::Error>(a.error());
  const auto b = number_argument(evaluation, call, 1);
  if (!b) return tl::unexpected<core::Error>(b.error());
  return compare(*a, *b);
}

core::Result<std::pair<bool, bool>> booleans(Evaluation& evaluation, const Call& call) {
  const auto a = boolean_argument(evaluation, call, 0);
  if (!a) return tl::unexpected<core::Error>(a.error());
  const auto b = boolean_argument(evaluation, call, 1);
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

/// What is missing, null or empty text is no value; any other error is one, so that it is told.
bool has_value(const Evaluation& evaluation, const Outcome& outcome) {
  if (!outcome) return !evaluation.is_missing();
  const bool empty = outcome->is_string() && outcome->get_ref<const std::string&>().empty();
  return !empty && !outcome->is_null();
}

}  // namespace

Outcome equal(Evaluation& evaluation, const Call& call) {
  const auto a = evaluation.read(*call.arguments[0]);
  if (!a) return tl::unexpected<core::Error>(a.error());
  const auto b = evaluation.read(*call.arguments[1]);
  if (!b) return tl::unexpected<core::Error>(b.error());
  return core::Value(are_equal(**a, **b));
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
    const auto number = number_argument(evaluation, call, i);
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
  return boolean_argument(evaluation, call, 0).map([](bool truth) { return core::Value(!truth); });
}

Outcome choice(Evaluation& evaluation, const Call& call) {
  const auto condition = evaluation.read(*call.arguments[0]);
  if (!condition) return tl::unexpected<core::Error>(condition.error());
  const bool chosen =
      (*condition)->is_boolean() ? (*condition)->get<bool>() : to_text(**condition) == "true";
  return evaluation.pass(*call.arguments[chosen ? 1 : 2]);
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

Outcome or_default(Evaluation& evaluation, const Call& call) {
  auto value = evaluation.pass(*call.arguments[0]);
  if (has_value(evaluation, value)) return value;
  return evaluation.pass(*call.arguments[1]);
}

Outcome coalesce(Evaluation& evaluation, const Call& call) {
  for (const NodePtr& argument : call.arguments) {
    auto value = evaluation.pass(*argument);
    if (has_value(evaluation, value)) return value;
  }
  return core::Value();
}

}  // namespace antiphon::expression::bodies
