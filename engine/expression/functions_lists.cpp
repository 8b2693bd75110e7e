// SPDX-License-Identifier: MIT
// The functions that fold lists and objects, or their arguments: $len, $keys, $sum and their kin.
#include <string>
#include <utility>

#include "engine/expression/arguments.hpp"
#include "engine/expression/function_bodies.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/render.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression::bodies {
namespace {

/// The item whose order to all others is `wanted`: -1 the least, 1 the greatest.
Outcome extreme(Evaluation& evaluation, const Call& call, int wanted) {
  std::optional<Number> best;
  const auto done = each_item(evaluation, call, [&](const core::Value& item) -> core::Result<bool> {
    const auto number = number_in(evaluation, call, item);
    if (!number) return tl::unexpected<core::Error>(number.error());
    if (!best || compare(*number, *best) == wanted) best = *number;
    return true;
  });
  if (!done) return tl::unexpected<core::Error>(done.error());
  if (!best) return evaluation.missing(call, "there are no items");
  return to_value(*best);
}

/// Is there an item that is `wanted`?
core::Result<bool> has(Evaluation& evaluation, const Call& call, bool wanted) {
  bool found = false;
  const auto done = each_item(evaluation, call, [&](const core::Value& item) {
    return boolean_in(evaluation, call, item).map([&](bool truth) {
      found = found || truth == wanted;
      return true;
    });
  });
  if (!done) return done;
  return found;
}

}  // namespace

Outcome length(Evaluation& evaluation, const Call& call) {
  const auto value = evaluation.value(*call.arguments[0]);
  if (!value) return value;
  if (value->is_structured()) return core::Value(value->size());
  if (value->is_string()) return core::Value(characters(value->get_ref<const std::string&>()));
  return evaluation.failure(call, shown(*value) + " is neither a list, an object nor text");
}

Outcome keys(Evaluation& evaluation, const Call& call) {
  const auto value = evaluation.value(*call.arguments[0]);
  if (!value) return value;
  if (!value->is_object()) return evaluation.failure(call, shown(*value) + " is no object");
  core::Value names = core::Value::array();
  for (const auto& item : value->items()) names.push_back(item.key());
  return names;
}

Outcome sum(Evaluation& evaluation, const Call& call) {
  Number total = std::int64_t{0};
  const auto done = each_item(evaluation, call, [&](const core::Value& item) {
    return number_in(evaluation, call, item).map([&](const Number& number) {
      total = calculate('+', total, number);
      return true;
    });
  });
  if (!done) return tl::unexpected<core::Error>(done.error());
  if (!is_finite(total)) return evaluation.failure(call, "the result is too large for a number");
  return to_value(total);
}

Outcome least(Evaluation& evaluation, const Call& call) {
  return extreme(evaluation, call, -1);
}

Outcome most(Evaluation& evaluation, const Call& call) {
  return extreme(evaluation, call, 1);
}

Outcome all(Evaluation& evaluation, const Call& call) {
  return has(evaluation, call, false).map([](bool found) { return core::Value(!found); });
}

Outcome any(Evaluation& evaluation, const Call& call) {
  return has(evaluation, call, true).map([](bool found) { return core::Value(found); });
}

Outcome first(Evaluation& evaluation, const Call& call) {
  const auto value = evaluation.value(*call.arguments[0]);
  if (!value) return value;
  if (!value->is_structured()) {
    return evaluation.failure(call, shown(*value) + " is neither a list nor an object");
  }
  if (value->empty()) return evaluation.missing(call, "there are no items");
  return *value->begin();
}

Outcome join(Evaluation& evaluation, const Call& call) {
  const auto value = evaluation.value(*call.arguments[0]);
  if (!value) return value;
  if (!value->is_structured()) {
    return evaluation.failure(call, shown(*value) + " is neither a list nor an object");
  }
  std::string between = ",";
  if (call.arguments.size() > 1) {
    const auto given = evaluation.text(*call.arguments[1]);
    if (!given) return tl::unexpected<core::Error>(given.error());
    between = given->string();
  }
  std::string text;
  bool first_item = true;
  for (const core::Value& item : *value) {
    if (!std::exchange(first_item, false)) text += between;
    append_text(text, item);
    if (text.size() > limits::result_bytes) {
      return evaluation.failure(call, "the result is larger than 1 MiB");
    }
  }
  return core::Value(std::move(text));
}

}  // namespace antiphon::expression::bodies
