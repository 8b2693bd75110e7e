// SPDX-License-Identifier: MIT
#include "engine/expression/json_context.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/run_scope.hpp"
#include "engine/core/status.hpp"
#include "engine/expression/compile.hpp"
#include "engine/expression/nearest.hpp"

namespace antiphon::expression {
namespace {

using Problem = std::optional<core::Error>;

Problem problem(const std::string& what, std::string hint = {}) {
  return core::Error{core::status::bad_request, what, std::move(hint)};
}

}  // namespace

class JsonContext::Outputs final : public core::OutputReader {
 public:
  explicit Outputs(core::Value stages) : stages_(std::move(stages)) {}

  core::Result<core::Value> output(std::string_view stage, std::string_view name) const override {
    if (stages_.empty()) return core::Value("");
    const auto outputs = stages_.find(stage);
    if (outputs == stages_.end()) {
      return core::failure(core::status::bad_config,
                           "stage '" + std::string(stage) + "' has no outputs");
    }
    const auto value = outputs->find(name);
    if (value == outputs->end()) {
      return core::failure(
          core::status::bad_config,
          "stage '" + std::string(stage) + "' gave no output '" + std::string(name) + "'");
    }
    return *value;
  }

 private:
  core::Value stages_;  ///< an object of objects
};

struct JsonContext::Owned {
  core::Value triggers;
  core::Value value;
  core::Value payload;
  core::TemplateMap inputs;
  core::TemplateMap properties;
  std::optional<Outputs> outputs;
  core::TopicLevels topic;
  core::Scope scope;

  Problem take(const std::string& key, const core::Value& item);
  Problem take_outputs(const core::Value& item);
  static Problem take_templates(const std::string& key, const core::Value& item,
                                core::TemplateMap& map);
};

Problem JsonContext::Owned::take(const std::string& key, const core::Value& item) {
  if (key == "value") {
    value = item;
    scope.value = &value;
  } else if (key == "payload") {
    payload = item;
    scope.payload = &payload;
  } else if (key == "topic") {
    if (!item.is_string()) return problem("context: 'topic' is no text");
    topic = core::topic_levels(item.get_ref<const std::string&>());
    scope.topic = &topic;
  } else if (key == "triggers") {
    if (!item.is_object()) return problem("context: 'triggers' is no object");
    triggers = item;
    scope.trigger = &triggers;
  } else if (key == "inputs") {
    scope.raw_inputs = &inputs;
    return take_templates(key, item, inputs);
  } else if (key == "properties") {
    scope.properties = &properties;
    return take_templates(key, item, properties);
  } else if (key == "outputs") {
    return take_outputs(item);
  } else {
    const std::string_view meant =
        nearest(key, {"inputs", "outputs", "triggers", "value", "properties", "payload", "topic"});
    return problem("context: unknown key '" + key + "'",
                   meant.empty() ? "inputs, outputs, triggers, value, properties, payload or topic"
                                 : "did you mean '" + std::string(meant) + "'?");
  }
  return std::nullopt;
}

Problem JsonContext::Owned::take_outputs(const core::Value& item) {
  if (!item.is_object()) return problem("context: 'outputs' is no object");
  for (const auto& [stage, stage_outputs] : item.items()) {
    if (!stage_outputs.is_object()) {
      return problem("context: 'outputs." + stage + "' is no object");
    }
  }
  outputs.emplace(item);
  scope.outputs = &*outputs;
  return std::nullopt;
}

Problem JsonContext::Owned::take_templates(const std::string& key, const core::Value& item,
                                           core::TemplateMap& map) {
  if (!item.is_object()) return problem("context: '" + key + "' is no object");
  for (const auto& [name, raw] : item.items()) {
    auto compiled = compile(raw, key + "." + name);
    if (!compiled) return std::move(compiled.error());
    map.emplace(name, std::move(*compiled));
  }
  return std::nullopt;
}

core::Result<JsonContext> JsonContext::make(const core::Value& context) {
  if (!context.is_object()) {
    return core::failure(core::status::bad_request, "the context is no JSON object");
  }
  auto owned = std::make_unique<Owned>();
  for (const auto& [key, item] : context.items()) {
    if (auto wrong = owned->take(key, item)) return tl::unexpected<core::Error>(std::move(*wrong));
  }
  return JsonContext(std::move(owned));
}

JsonContext::JsonContext(std::unique_ptr<Owned> owned) : owned_(std::move(owned)) {}
JsonContext::JsonContext(JsonContext&&) noexcept = default;
JsonContext& JsonContext::operator=(JsonContext&&) noexcept = default;
JsonContext::~JsonContext() = default;

const core::Scope& JsonContext::scope() const {
  return owned_->scope;
}

}  // namespace antiphon::expression
