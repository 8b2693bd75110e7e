// SPDX-License-Identifier: MIT
#include <string>

#include "engine/stages/integer.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr std::string_view init_suffix = ".init";

/// What the counter stands at before this visit.
core::Value current(const std::string& name, const core::Value& state, const core::Value& inputs) {
  if (const auto kept = state.find(name); kept != state.end()) return *kept;
  return inputs.value(name + std::string(init_suffix), core::Value(0));
}

}  // namespace

core::InlineResult counter(const core::Call& call) {
  core::Value state = call.inputs.value("__state", core::Value::object());
  if (!state.is_object()) {
    return core::Finished{400, core::Value::object(), "input '__state' is no object"};
  }
  core::Value outputs = core::Value::object();
  for (const auto& [name, value] : call.inputs.items()) {
    const auto increment = integer_of(value);
    if (!increment || name.ends_with(init_suffix)) continue;
    outputs[name] = sum(current(name, state, call.inputs), *increment);
  }
  state.update(outputs);
  outputs["__state"] = std::move(state);
  return core::Finished{200, std::move(outputs), {}};
}

}  // namespace antiphon::stages
