// SPDX-License-Identifier: MIT
// What functions take from their arguments: numbers, booleans, items.
#pragma once

#include <cstddef>

#include "engine/core/error.hpp"
#include "engine/expression/evaluator.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/tree.hpp"

namespace antiphon::expression::bodies {

/// A number, or text that is one as a whole.
core::Result<Number> number_in(Evaluation& evaluation, const Call& call, const core::Value& value);
core::Result<Number> number_argument(Evaluation& evaluation, const Call& call, std::size_t index);

/// A boolean, or text of the set 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False.
core::Result<bool> boolean_in(Evaluation& evaluation, const Call& call, const core::Value& value);
core::Result<bool> boolean_argument(Evaluation& evaluation, const Call& call, std::size_t index);

/// Calls `take(item)`, a core::Result<bool>, for each item of the list or each value of the object
/// that is the only argument, or for each of several arguments. False, or an error, ends it.
template <class Take>
core::Result<bool> each_item(Evaluation& evaluation, const Call& call, Take take) {
  const bool several = call.arguments.size() > 1;
  core::Result<bool> going = true;
  for (const NodePtr& argument : call.arguments) {
    const auto value = evaluation.value(*argument);
    if (!value) return tl::unexpected<core::Error>(value.error());
    if (several) {
      going = take(*value);
    } else if (value->is_structured()) {
      for (auto item = value->begin(); going && *going && item != value->end(); ++item) {
        going = take(*item);
      }
    } else {
      return evaluation.failure(call, "its only argument is neither a list nor an object",
                                "$jsonpath(x, '$') makes a list of text that holds one");
    }
    if (!going || !*going) return going;
  }
  return going;
}

}  // namespace antiphon::expression::bodies
