// SPDX-License-Identifier: MIT
#include "engine/core/proxy.hpp"

#include "engine/core/sealed.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// In a request whose stage has parts: what does not belong to the stage's own inputs.
constexpr const char* beneath_key = "beneath";

/// As Symphony knows it: only full names.
std::string full_name(const std::string& provider) {
  constexpr std::string_view prefix = "providers.stage.";
  return provider.starts_with(prefix) ? provider : std::string(prefix) + provider;
}

Value outputs_so_far(const Slice& slice, const RunScope& scope) {
  Value all = Value::object();
  for (const auto& [name, stage] : slice.campaign->stages) {
    if (const Value* outputs = scope.outputs().stage(name)) all[name] = *outputs;
  }
  return all;
}

/// Those of the activation's inputs that no input of the stage lies over.
Value names_beneath(const Value& trigger, const Value& inputs) {
  Value names = Value::array();
  for (const auto& [name, value] : trigger.items()) {
    if (!inputs.contains(name)) names.push_back(name);
  }
  return names;
}

Value activation_data(const Slice& slice, const StageSpec& spec, const RunScope& scope,
                      const Value& config, const Value& inputs) {
  Value all_inputs = scope.trigger();
  drop_built_ins(all_inputs);
  all_inputs.update(inputs);
  return {{"campaignversion", inputs.at("__campaignversion")},
          {"namespace", slice.activation->name_space.text()},
          {"activation", slice.activation->id.text()},
          {"activationGeneration", inputs.at("__activationGeneration")},
          {"stage", spec.name},
          {"triggeringStage", inputs.at("__previousStage")},
          {"provider", full_name(spec.provider)},
          {"config", config},
          {"inputs", std::move(all_inputs)},
          {"outputs", outputs_so_far(slice, scope)}};
}

}  // namespace

void start_by_proxy(Slice& slice, const StageSpec& spec, const RunScope& scope, Task& task,
                    const Value& config, const Value& inputs) {
  task.provider = spec.proxy->provider;
  const auto proxy = evaluate(spec.proxy->config, scope.scope(&inputs, nullptr, nullptr));
  if (!proxy) {
    settle(slice, task, {TaskState::failed, proxy.error().status, {}, proxy.error().message});
    return;
  }
  if (holds_secret(inputs)) {
    settle(slice, task,
           {TaskState::failed,
            status::bad_config,
            {},
            "a proxied stage's inputs hold a secret; it may stand in its config only"});
    return;
  }
  Value request{{"config", *proxy},
                {"inputs", activation_data(slice, spec, scope, config, inputs)}};
  if (spec.parts.count > 0) request[beneath_key] = names_beneath(scope.trigger(), inputs);
  task.request = pack_request(request);
  if (task.request.size() > limits::proxied_bytes) {
    settle(slice, task,
           {TaskState::failed,
            status::too_large,
            {},
            "what the runner would be asked has " + std::to_string(task.request.size()) +
                " bytes, more than " + std::to_string(limits::proxied_bytes) +
                "; inputs, config and all outputs so far belong to it"});
    return;
  }
  start_local(slice, task, request.at("config"), request.at("inputs"));
}

Value stage_inputs(const Value& request) {
  const auto beneath = request.find(beneath_key);
  if (beneath == request.end()) return request.at("inputs");
  Value inputs = request.at("inputs").at("inputs");
  for (const Value& name : *beneath) inputs.erase(name.get_ref<const std::string&>());
  return inputs;
}

}  // namespace antiphon::core
