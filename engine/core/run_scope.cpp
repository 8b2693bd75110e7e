// SPDX-License-Identifier: MIT
#include "engine/core/run_scope.hpp"

#include <limits>

#include "engine/core/aggregate.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {

const RowOutputs::Read* RowOutputs::read(std::string_view stage) const {
  auto found = cache_.find(stage);
  if (found == cache_.end()) {
    std::optional<Read> fresh;
    if (auto row = rows_.output(activation_, stage)) {
      fresh = Read{row->run, parse_object(row->outputs)};
    }
    found = cache_.emplace(std::string(stage), std::move(fresh)).first;
  }
  return found->second ? &*found->second : nullptr;
}

const Value* RowOutputs::stage(std::string_view stage) const {
  const Read* found = read(stage);
  return found == nullptr ? nullptr : &found->outputs;
}

Value RowOutputs::contexts(std::int64_t run) const {
  Value all = Value::object();
  const Parts parts = rows_.stage_run(activation_, run)->parts;
  std::vector<Task> tasks;
  constexpr auto every = std::numeric_limits<std::size_t>::max();
  rows_.each_task(activation_, run, -1, every, [&tasks](const Task& task) {
    tasks.push_back(task);
    return true;
  });
  each_context(parts, tasks, [&](ContextTasks context) {
    const Verdict verdict = verdict_of(parts, context);
    Value one{{"outputs", outputs_of(context)}, {"status", verdict.status}};
    if (const auto state = one["outputs"].find("__state"); state != one["outputs"].end()) {
      one["state"] = *state;
    }
    if (!verdict.error.empty()) one["error"] = verdict.error;
    all[context.front().context] = std::move(one);
  });
  return all;
}

Result<Value> RowOutputs::output(std::string_view stage, std::string_view name) const {
  const Read* found = read(stage);
  if (found == nullptr) {
    if (!rows_.any_output(activation_)) return Value("");
    return failure(status::bad_config, "stage '" + std::string(stage) + "' has no outputs yet",
                   "read outputs of stages that ran before this one");
  }
  if (name == "__contexts") return contexts(found->run);
  const auto value = found->outputs.find(std::string(name));
  if (value == found->outputs.end()) {
    return failure(status::bad_config,
                   "stage '" + std::string(stage) + "' gave no output '" + std::string(name) + "'");
  }
  return *value;
}

RunScope::RunScope(Rows& rows, const Activation& activation, Instant now, Draws& draws)
    : outputs_(rows, activation.id),
      sites_(rows),
      configs_(rows, activation.name_space),
      now_(now),
      draws_(draws),
      trigger_(parse_object(activation.inputs)) {
  trigger_.update(parse_object(activation.given_inputs));
  if (activation.trigger.empty()) return;
  const Value message = parse_object(activation.trigger);
  topic_ = topic_levels(message.at("topic").get<std::string>());
  for (const auto& [name, level] : message.at("named").items()) {
    topic_->named.emplace(name, level.get<std::string>());
  }
  payload_ = message.at("payload");
}

Scope RunScope::scope(const Value* inputs, const TemplateMap* raw, const Value* value) const {
  Scope scope;
  scope.inputs = inputs;
  scope.raw_inputs = raw;
  scope.outputs = &outputs_;
  scope.trigger = &trigger_;
  scope.value = value;
  scope.sites = &sites_;
  scope.secrets = &secrets_;
  scope.configs = &configs_;
  scope.now = now_;
  scope.draws = &draws_;
  if (payload_) scope.payload = &*payload_;
  if (topic_) scope.topic = &*topic_;
  return scope;
}

Value built_ins(const Activation& activation, const std::string& previous_stage,
                const std::string& context) {
  const std::string object_name = activation.campaign.text() + "-v-" + activation.version.text();
  return Value{{"__campaignversion", object_name},
               {"__campaign", object_name},
               {"__namespace", activation.name_space.text()},
               {"__activation", activation.id.text()},
               {"__activationGeneration", "1"},
               {"__stage", activation.stage},
               {"__previousStage", previous_stage},
               {"__site", context},
               {"__target", ""}};
}

void drop_built_ins(Value& inputs) {
  for (const char* name :
       {"__campaignversion", "__campaign", "__namespace", "__activation", "__activationGeneration",
        "__stage", "__previousStage", "__site", "__target", "__schedule", "__origin"}) {
    inputs.erase(name);
  }
}

Result<Value> evaluate(const TemplateMap& map, const Scope& scope) {
  Value values = Value::object();
  for (const auto& [key, item] : map) {
    auto value = item->evaluate(scope);
    if (!value) return tl::unexpected<Error>(value.error());
    values[key] = std::move(*value);
  }
  return values;
}

Result<Value> evaluate_config(const TemplateMap& config, const ProviderInfo* info,
                              const Scope& scope) {
  if (info == nullptr || info->signal == nullptr || !config.contains(condition_key)) {
    return evaluate(config, scope);
  }
  TemplateMap now = config;
  now.erase(now.find(condition_key));
  return evaluate(now, scope);
}

TopicLevels topic_levels(std::string_view topic) {
  TopicLevels out;
  for (std::size_t begin = 0; begin <= topic.size();) {
    const auto end = std::min(topic.find('/', begin), topic.size());
    out.levels.emplace_back(topic.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

}  // namespace antiphon::core
