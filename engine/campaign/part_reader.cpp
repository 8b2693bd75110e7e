// SPDX-License-Identifier: MIT
#include "engine/campaign/part_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/campaign/nearest.hpp"
#include "engine/campaign/provider_settings.hpp"
#include "engine/campaign/templates.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

namespace limits = core::limits;

/// Its outputs stand under its name beside those of the stage's provider, which may not be hidden.
std::string read_name(Fields& task, std::set<std::string>& taken) {
  const std::string name = task.text("name").value_or("");
  if (name.empty() && task.node("inputs") != nullptr) {
    task.missing("name", "a task with inputs needs one: its outputs stand under it");
  } else if (name == "status" || name == "error" || name.starts_with("__")) {
    task.problem("name", "a task cannot be named " + in_quotes(name),
                 "its outputs stand under its name, where the stage's own are");
  } else if (name.size() > limits::stage_name_bytes) {
    task.problem("name", "a task's name has more than " + std::to_string(limits::stage_name_bytes) +
                             " bytes");
  } else if (!name.empty() && !taken.insert(name).second) {
    task.problem("name", "two tasks are named " + in_quotes(name),
                 "each has its outputs under its name");
  }
  return name;
}

std::string read_task_provider(Fields& task, const core::Providers& providers) {
  const std::size_t before = task.problems().count();
  const std::string name = read_provider(task, providers);
  const auto* info = providers.find(name);
  if (info != nullptr && info->executor == core::Executor::remote) {
    task.problem("provider", "a task cannot be remote",
                 "make it a stage of its own, with the provider remote");
  } else if (name.empty() && task.problems().count() == before) {
    task.missing("provider", "a task needs one");
  }
  return name;
}

core::PartSpec read_task(const Node& node, const std::string& path,
                         const core::Providers& providers, std::set<std::string>& taken,
                         Fields& stage, core::Value& canonical) {
  Fields task(&node, node.at, path, stage.problems());
  core::PartSpec part;
  part.name = read_name(task, taken);
  part.provider = read_task_provider(task, providers);
  part.config = read_templates(task, "config");
  part.inputs = read_templates(task, "inputs");
  if (const auto* info = providers.find(part.provider)) check_settings(task, *info, providers);
  part.target = read_target(task);
  canonical.push_back(task.finish());
  return part;
}

std::vector<core::PartSpec> read_tasks(Fields& stage, const core::Providers& providers) {
  std::vector<core::PartSpec> parts;
  const Node* list = stage.list("tasks");
  if (!list) return parts;
  if (list->items.size() > limits::parts) {
    stage.problem("tasks",
                  "has " + std::to_string(list->items.size()) + " tasks, more than " +
                      std::to_string(limits::parts),
                  "spread them over several stages");
    return parts;
  }
  auto canonical = core::Value::array();
  std::set<std::string> taken;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    parts.push_back(read_task(*list->items[i], child_path(stage.path("tasks"), i), providers, taken,
                              stage, canonical));
  }
  stage.put("tasks", std::move(canonical));
  return parts;
}

std::optional<int> read_count(Fields& fields, const char* name) {
  const auto number = fields.integer(name);
  if (!number) return std::nullopt;
  if (*number < 0) {
    fields.problem(name, "must not be negative");
    return std::nullopt;
  }
  return static_cast<int>(std::min<std::int64_t>(*number, limits::parts));
}

/// How many may fail.
int read_error_action(Fields& option) {
  const Node* node = option.node("errorAction");
  if (!node) return core::Parts::all;
  Fields action(node, node->at, option.path("errorAction"), option.problems());
  const std::string mode = action.text("mode").value_or("");
  const int most = read_count(action, "maxToleratedFailures").value_or(0);
  const std::vector<std::string> modes{"stopOnAnyFailure", "stopOnNFailures", "silentlyContinue"};
  if (!mode.empty() && std::find(modes.begin(), modes.end(), mode) == modes.end()) {
    action.problem(
        "mode", "there is no mode " + in_quotes(mode),
        nearest_hint(mode, modes, "it is stopOnAnyFailure, stopOnNFailures or silentlyContinue"));
  }
  option.put("errorAction", action.finish());
  if (mode == "stopOnAnyFailure") return 0;
  return mode == "stopOnNFailures" ? most : core::Parts::all;
}

}  // namespace

void read_parts(Fields& stage, const core::Providers& providers, core::StageSpec& spec) {
  spec.tasks = read_tasks(stage, providers);
  const int count = static_cast<int>(spec.tasks.size());
  int at_once = 0;
  int tolerated = core::Parts::all;
  if (const Node* node = stage.node("taskOption")) {
    Fields option(node, node->at, stage.path("taskOption"), stage.problems());
    at_once = read_count(option, "concurrency").value_or(0);
    tolerated = read_error_action(option);
    stage.put("taskOption", option.finish());
  }
  if (count == 0 || spec.provider == "remote") return;
  spec.parts = {count, at_once == 0 ? count : std::min(at_once, count), tolerated};
}

}  // namespace antiphon::campaign
