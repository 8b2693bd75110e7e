// SPDX-License-Identifier: MIT
#include <string>

#include "engine/stages/integer.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

/// Calls of earlier visits: what a failed visit leaves is handed to the next one, too.
std::int64_t earlier_calls(const core::Value& inputs) {
  const auto state = inputs.find("__state");
  if (state == inputs.end() || !state->is_object()) return 0;
  return integer_of(state->value("calls", core::Value(0))).value_or(0);
}

}  // namespace

core::InlineResult flaky(const core::Call& call) {
  const auto times = integer_of(call.config.value("failTimes", core::Value(1)));
  if (!times) {
    return core::Finished{400, core::Value::object(), "config 'failTimes' is no whole number"};
  }
  const std::int64_t calls = earlier_calls(call.inputs) + call.attempt;
  core::Value outputs = core::Value::object();
  if (calls > *times) outputs = call.inputs;
  outputs["__state"] = {{"calls", calls}};
  if (calls > *times) return core::Finished{200, std::move(outputs), {}};
  return core::Finished{
      500, std::move(outputs),
      "call " + std::to_string(calls) + " of " + std::to_string(*times) + " that are to fail"};
}

}  // namespace antiphon::stages
