// SPDX-License-Identifier: MIT
#include "engine/expression/json_context.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/random.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/status.hpp"
#include "engine/expression/compile.hpp"
#include "engine/expression/json_sources.hpp"
#include "engine/expression/nearest.hpp"

namespace antiphon::expression {
namespace {

using Problem = std::optional<core::Error>;

Problem problem(const std::string& what, std::string hint = {}) {
  return core::Error{core::status::bad_request, what, std::move(hint)};
}

/// Moves what was made to where it is owned, and points the scope to it.
template <class Made, class Port>
Problem keep(std::optional<Made>& owned, core::Result<Made> made, const Port*& port) {
  if (!made) return std::move(made.error());
  port = &owned.emplace(std::move(*made));
  return std::nullopt;
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
  std::optional<JsonFields> secrets;
  std::optional<JsonFields> configs;
  std::optional<JsonDeployment> deployment;
  std::optional<JsonSites> sites;
  std::optional<core::Draws> draws;
  core::Scope scope;

  using Take = Problem (Owned::*)(const core::Value& item);

  Problem take(const std::string& key, const core::Value& item);
  Problem take_value(const core::Value& item);
  Problem take_payload(const core::Value& item);
  Problem take_topic(const core::Value& item);
  Problem take_triggers(const core::Value& item);
  Problem take_inputs(const core::Value& item);
  Problem take_properties(const core::Value& item);
  Problem take_outputs(const core::Value& item);
  Problem take_secrets(const core::Value& item);
  Problem take_config(const core::Value& item);
  Problem take_deployment(const core::Value& item);
  Problem take_sites(const core::Value& item);
  Problem take_now(const core::Value& item);
  Problem take_seed(const core::Value& item);
  static Problem take_templates(const std::string& key, const core::Value& item,
                                core::TemplateMap& map);
};

Problem JsonContext::Owned::take(const std::string& key, const core::Value& item) {
  static constexpr std::array<std::pair<std::string_view, Take>, 13> keys{{
      {"inputs", &Owned::take_inputs},
      {"outputs", &Owned::take_outputs},
      {"triggers", &Owned::take_triggers},
      {"value", &Owned::take_value},
      {"properties", &Owned::take_properties},
      {"payload", &Owned::take_payload},
      {"topic", &Owned::take_topic},
      {"secrets", &Owned::take_secrets},
      {"config", &Owned::take_config},
      {"deployment", &Owned::take_deployment},
      {"sites", &Owned::take_sites},
      {"now", &Owned::take_now},
      {"seed", &Owned::take_seed},
  }};
  std::vector<std::string_view> known;
  std::string all;
  for (const auto& [name, take_item] : keys) {
    if (name == key) return (this->*take_item)(item);
    known.push_back(name);
    all += (all.empty() ? "" : ", ") + std::string(name);
  }
  const std::string_view meant = nearest(key, known);
  return problem("context: unknown key '" + key + "'",
                 meant.empty() ? all : "did you mean '" + std::string(meant) + "'?");
}

Problem JsonContext::Owned::take_value(const core::Value& item) {
  value = item;
  scope.value = &value;
  return std::nullopt;
}

Problem JsonContext::Owned::take_payload(const core::Value& item) {
  payload = item;
  scope.payload = &payload;
  return std::nullopt;
}

Problem JsonContext::Owned::take_topic(const core::Value& item) {
  if (!item.is_string()) return problem("context: 'topic' is no text");
  topic = core::topic_levels(item.get_ref<const std::string&>());
  scope.topic = &topic;
  return std::nullopt;
}

Problem JsonContext::Owned::take_triggers(const core::Value& item) {
  if (!item.is_object()) return problem("context: 'triggers' is no object");
  triggers = item;
  scope.trigger = &triggers;
  return std::nullopt;
}

Problem JsonContext::Owned::take_inputs(const core::Value& item) {
  scope.raw_inputs = &inputs;
  return take_templates("inputs", item, inputs);
}

Problem JsonContext::Owned::take_properties(const core::Value& item) {
  scope.properties = &properties;
  return take_templates("properties", item, properties);
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

Problem JsonContext::Owned::take_secrets(const core::Value& item) {
  return keep(secrets, JsonFields::make("secrets", item), scope.secrets);
}

Problem JsonContext::Owned::take_config(const core::Value& item) {
  return keep(configs, JsonFields::make("config", item), scope.configs);
}

Problem JsonContext::Owned::take_deployment(const core::Value& item) {
  return keep(deployment, JsonDeployment::make(item), scope.deployment);
}

Problem JsonContext::Owned::take_sites(const core::Value& item) {
  return keep(sites, JsonSites::make(item), scope.sites);
}

Problem JsonContext::Owned::take_now(const core::Value& item) {
  if (!item.is_string()) return problem("context: 'now' is no text");
  const auto time = core::parse_rfc3339(item.get_ref<const std::string&>());
  if (!time) return problem("context: 'now': " + time.error().message, time.error().hint);
  scope.now = *time;
  return std::nullopt;
}

Problem JsonContext::Owned::take_seed(const core::Value& item) {
  if (!item.is_number_unsigned()) return problem("context: 'seed' is no whole number");
  draws.emplace(core::Seed{0, item.get<std::uint64_t>()});
  scope.draws = &*draws;
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
