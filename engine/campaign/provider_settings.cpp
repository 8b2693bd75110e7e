// SPDX-License-Identifier: MIT
#include "engine/campaign/provider_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/campaign/nearest.hpp"
#include "engine/campaign/provider_names.hpp"
#include "engine/expression/segments.hpp"

namespace antiphon::campaign {
namespace {

using Settings = std::vector<core::Setting>;

/// Providers that the document language knows and this build does not have.
constexpr std::array<std::string_view, 2> absent_providers{"campaign", "mqtt"};

/// The text that a field will be at run time; none if an expression makes it.
std::optional<std::string> constant(const Node& node) {
  auto text = as_text(node);
  return text && expression::has_segment(*text) ? std::nullopt : text;
}

const core::Setting* find(const Settings& settings, const std::string& name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&name](const auto& setting) { return setting.name == name; });
  return found == settings.end() ? nullptr : &*found;
}

bool is_one_of(const std::vector<std::string_view>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Nothing to judge where an expression makes it. A number of JSON is no text elsewhere.
void check_seconds(const core::Setting& setting, const Node& value, const std::string& path,
                   Problems& problems) {
  const bool number = value.kind == Node::Kind::integer || value.kind == Node::Kind::number;
  const auto text = number ? std::optional(value.text) : as_text(value);
  if (text && expression::has_segment(*text)) return;
  int seconds = 0;
  const char* end = text ? text->data() + text->size() : nullptr;
  const bool whole = text && std::from_chars(text->data(), end, seconds).ptr == end;
  if (whole && seconds >= 1 && seconds <= setting.seconds_most) return;
  problems.add(value.at, path,
               std::string(setting.name) + " is " + (text ? in_quotes(*text) : describe(value)),
               "whole seconds, from 1 to " + std::to_string(setting.seconds_most));
}

void check_value(const core::Setting& setting, const Node& value, const std::string& path,
                 Problems& problems) {
  const auto text = constant(value);
  if (setting.seconds_most > 0) return check_seconds(setting, value, path, problems);
  if (!text || text->empty()) return;
  const std::string what = std::string(setting.name) + " " + in_quotes(*text);
  if (setting.local_path && text->find("://") != std::string::npos) {
    problems.add(value.at, path, what + " is not supported yet",
                 "name a folder of the plane that does the work");
  } else if (is_one_of(setting.not_yet, *text)) {
    problems.add(value.at, path, what + " is not supported yet");
  } else if (!setting.values.empty() && !is_one_of(setting.values, *text)) {
    const std::vector<std::string> known(setting.values.begin(), setting.values.end());
    std::string list;
    for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
    problems.add(value.at, path, "unknown " + what, nearest_hint(*text, known, "it is " + list));
  }
}

/// How Symphony's stages reach their control plane; here none has to, and a document keeps them.
constexpr std::array<std::string_view, 3> symphony_client{"baseUrl", "user", "password"};

bool is_symphony_client(const std::string& name) {
  return std::find(symphony_client.begin(), symphony_client.end(), name) != symphony_client.end();
}

void check_config(const Node& config, const std::string& path, const Settings& settings,
                  Problems& problems) {
  std::vector<std::string> known;
  std::string list;
  for (const core::Setting& setting : settings) {
    known.emplace_back(setting.name);
    list += (list.empty() ? "" : ", ") + known.back();
  }
  for (const Member& member : config.members) {
    const std::string where = child_path(path, member.name);
    if (const auto* setting = find(settings, member.name)) {
      check_value(*setting, *member.value, where, problems);
    } else if (!is_symphony_client(member.name)) {
      problems.add(member.at, where, "unknown field " + in_quotes(member.name),
                   problems.full() ? ""
                                   : nearest_hint(member.name, known,
                                                  known.empty() ? "there are none here"
                                                                : "known here: " + list));
    }
  }
}

const core::ProviderInfo* operation_of(const Node* inputs, const core::Providers& providers) {
  const Member* member = inputs == nullptr ? nullptr : find_member(*inputs, "operation");
  const auto operation = member == nullptr ? std::nullopt : constant(*member->value);
  return operation ? providers.find(*operation) : nullptr;
}

}  // namespace

std::string read_provider(Fields& fields, const core::Providers& providers) {
  const auto name = fields.text("provider");
  if (!name || name->empty()) return {};
  if (const auto* known = providers.find(*name)) {
    if (!known->proxy) return std::string(known->name);
    fields.problem("provider", in_quotes(*name) + " carries out nothing itself",
                   "name what the runner shall carry out, and under 'proxy' who asks it: proxy: "
                   "{provider: " +
                       std::string(known->name) + ", config: {...}}");
    return {};
  }
  const std::string_view wanted = short_name(*name);
  if (std::find(absent_providers.begin(), absent_providers.end(), wanted) !=
      absent_providers.end()) {
    fields.problem("provider", "provider " + in_quotes(wanted) + " is not supported yet",
                   "providers here: " + providers.names());
    return {};
  }
  const auto meant = nearest(wanted, split_names(providers.names()));
  fields.problem(
      "provider", "there is no provider " + in_quotes(*name),
      (meant ? "did you mean '" + *meant + "'? " : "") + "providers here: " + providers.names());
  return {};
}

void check_settings(Fields& stage, const core::ProviderInfo& info,
                    const core::Providers& providers) {
  const Node* config = stage.node("config");
  const Node* inputs = stage.node("inputs");
  const bool remote = info.executor == core::Executor::remote;
  const core::ProviderInfo* worker = remote ? operation_of(inputs, providers) : &info;
  if (worker == nullptr) return;
  Settings settings = worker->config;
  if (remote) settings.insert(settings.end(), info.config.begin(), info.config.end());
  if (config != nullptr) check_config(*config, stage.path("config"), settings, stage.problems());
  const bool listed = config == nullptr || config->kind == Node::Kind::map;
  for (const core::Setting& setting : settings) {
    const bool given = config != nullptr && find_member(*config, setting.name) != nullptr;
    if (!setting.required || given || !listed) continue;
    stage.problems().add(config == nullptr ? stage.at() : config->at, stage.path("config"),
                         in_quotes(setting.name) + " is missing");
  }
  if (inputs == nullptr) return;
  for (const core::Setting& setting : worker->inputs) {
    const Member* member = find_member(*inputs, setting.name);
    if (member == nullptr) continue;
    check_value(setting, *member->value, child_path(stage.path("inputs"), member->name),
                stage.problems());
  }
}

void check_proxy_config(Fields& proxy, const core::ProviderInfo& info) {
  const Node* config = proxy.node("config");
  const bool map = config != nullptr && config->kind == Node::Kind::map;
  if (map) check_config(*config, proxy.path("config"), info.config, proxy.problems());
  if (config != nullptr && !map) return;
  for (const core::Setting& setting : info.config) {
    const std::string name(setting.name);
    const Member* member = map ? find_member(*config, name) : nullptr;
    const auto text = member == nullptr ? std::nullopt : as_text(*member->value);
    if (!setting.required || (member != nullptr && (!text || !text->empty()))) continue;
    proxy.problems().add(map ? config->at : proxy.at(), proxy.path("config"),
                         in_quotes(name) + " is missing");
  }
}

}  // namespace antiphon::campaign
