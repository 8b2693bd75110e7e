// SPDX-License-Identifier: MIT
// The functions that read what the scope offers by name: $input, $output, $trigger and their kin.
#include <optional>
#include <string>
#include <utility>

#include "engine/core/sealed.hpp"
#include "engine/core/template.hpp"
#include "engine/expression/function_bodies.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/render.hpp"

namespace antiphon::expression::bodies {
namespace {

/// Null if there is no object or no such key in it.
const core::Value* find(const core::Value* object, std::string_view key) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(key);
  return found == object->end() ? nullptr : &*found;
}

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

Outcome input_named(Evaluation& evaluation, const Call& call, std::string_view name) {
  const core::Scope& scope = evaluation.scope();
  if (const auto* data = find(scope.inputs, name)) return *data;
  if (scope.raw_inputs != nullptr) {
    return evaluation.follow(*scope.raw_inputs, "inputs", name, call);
  }
  if (scope.inputs == nullptr) return evaluation.missing(call, "there are no inputs here");
  return evaluation.missing(call, "there is no " + in_quotes(name) + " in inputs");
}

Outcome topic_level(Evaluation& evaluation, const Call& call, std::int64_t number) {
  const auto& levels = evaluation.scope().topic->levels;
  if (number < 1 || static_cast<std::uint64_t>(number) > levels.size()) {
    return evaluation.missing(call, "the topic has no level " + std::to_string(number),
                              "its levels are 1 to " + std::to_string(levels.size()));
  }
  return core::Value(levels[static_cast<std::size_t>(number - 1)]);
}

}  // namespace

Outcome input(Evaluation& evaluation, const Call& call) {
  return evaluation.text(*call.arguments[0]).and_then([&](const Text& name) {
    return input_named(evaluation, call, name.view());
  });
}

Outcome output(Evaluation& evaluation, const Call& call) {
  const auto stage = evaluation.text(*call.arguments[0]);
  if (!stage) return tl::unexpected<core::Error>(stage.error());
  const auto name = evaluation.text(*call.arguments[1]);
  if (!name) return tl::unexpected<core::Error>(name.error());
  if (evaluation.scope().outputs == nullptr) return core::Value("");
  auto value = evaluation.scope().outputs->output(stage->view(), name->view());
  if (value) return value;
  return evaluation.missing(call, value.error().message, value.error().hint);
}

Outcome trigger(Evaluation& evaluation, const Call& call) {
  const auto name = evaluation.text(*call.arguments[0]);
  if (!name) return tl::unexpected<core::Error>(name.error());
  if (const auto* found = find(evaluation.scope().trigger, name->view())) return *found;
  return evaluation.pass(*call.arguments[1]);
}

Outcome property(Evaluation& evaluation, const Call& call) {
  const auto name = evaluation.text(*call.arguments[0]);
  if (!name) return tl::unexpected<core::Error>(name.error());
  const auto* properties = evaluation.scope().properties;
  if (properties == nullptr) return evaluation.missing(call, "there are no properties here");
  return evaluation.follow(*properties, "properties", name->view(), call)
      .map([](core::Value value) {
        return core::is_sealed(value) ? std::move(value) : core::Value(to_text(value));
      });
}

Outcome topic(Evaluation& evaluation, const Call& call) {
  const auto level = evaluation.value(*call.arguments[0]);
  if (!level) return level;
  if (evaluation.scope().topic == nullptr) {
    return evaluation.missing(call, "no message woke this activation");
  }
  if (const auto number = number_of(*level)) {
    if (const auto* whole = std::get_if<std::int64_t>(&*number)) {
      return topic_level(evaluation, call, *whole);
    }
  }
  const auto& named = evaluation.scope().topic->named;
  const auto found = named.find(to_text(*level));
  if (found != named.end()) return core::Value(found->second);
  return evaluation.missing(call, "the topic has no level named " + in_quotes(to_text(*level)),
                            "name it in the trigger's filter: +" + to_text(*level));
}

}  // namespace antiphon::expression::bodies
