// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/object_status.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/object_inputs.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr core::Duration between_looks = core::seconds(10);
constexpr core::Duration usual_patience = core::minutes(5);

using Type = std::pair<std::string_view, const char*>;
constexpr std::array types{Type{"instance", "instance"},
                           Type{"solution", "solutionversion"},
                           Type{"solutionversion", "solutionversion"},
                           Type{"target", "target"},
                           Type{"catalog", "catalogversion"},
                           Type{"catalogversion", "catalogversion"},
                           Type{"config", "catalogversion"}};

struct Planned {
  core::ObjectKey key;
  core::Value document;
};

tl::unexpected<core::Error> unfit(const std::string& catalog, const std::string& what) {
  return core::failure(core::status::bad_request, "catalog '" + catalog + "' " + what);
}

core::Result<core::ObjectKind> kind_of(const std::string& catalog, const core::Value& spec) {
  // Symphony's older catalogs call it `type`.
  const auto found = spec.find(spec.contains("catalogType") ? "catalogType" : "type");
  std::string word = found == spec.end() ? std::string() : core::plain_text(*found);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto* const type =
      std::find_if(types.begin(), types.end(), [&](const Type& one) { return one.first == word; });
  if (type != types.end()) return core::object_kind(type->second);
  return unfit(catalog, "has the catalogType '" + word +
                            "'; it is instance, solution, target, catalog or config");
}

/// What the catalog describes.
core::Result<Planned> planned(const core::Call& call, const core::Namespace& space,
                              const core::ObjectName& name) {
  const std::string origin = origin_of(call.inputs);
  const auto named =
      origin.empty() ? core::Result<core::ObjectName>(name) : core::name_of_origin(origin, name);
  if (!named) return unfit(name.text(), "is not found: " + named.error().message);
  const auto catalog = call.objects->find({*core::object_kind("catalog"), space, *named});
  if (!catalog) return unfit(named->text(), "is not found");
  const core::Value document = core::parse_object(catalog->document);
  const core::Value spec = document.value("spec", core::Value::object());
  auto kind = kind_of(named->text(), spec);
  if (!kind) return tl::unexpected<core::Error>(kind.error());
  const core::Value content = spec.value("properties", core::Value::object());
  const bool map = content.is_object();
  const core::Value metadata =
      map ? content.value("metadata", core::Value::object()) : core::Value();
  const auto called = metadata.find("name");
  if (called == metadata.end()) {
    return unfit(named->text(), "has no properties.metadata.name: what is made needs a name");
  }
  auto result = core::object_name(core::plain_text(*called));
  if (!result) return unfit(named->text(), "names what is made: " + result.error().message);
  return Planned{{*kind, space, *std::move(result)}, made_document(*kind, content)};
}

/// What is made is one transaction, and in memory until its end.
tl::unexpected<core::Error> too_much() {
  return core::failure(core::status::bad_request, "the catalogs of 'names' describe more than " +
                                                      std::to_string(core::limits::outputs_bytes) +
                                                      " bytes; make them in several stages");
}

/// One error for all that cannot be made; else all of it is there.
core::Result<std::vector<core::ObjectKey>> make_all(const core::Call& call,
                                                    const core::Namespace& space,
                                                    const std::vector<core::ObjectName>& names) {
  std::vector<Planned> plans;
  std::vector<core::ObjectKey> keys;
  std::string problems;
  std::size_t bytes = 0;
  for (const core::ObjectName& name : names) {
    auto plan = planned(call, space, name);
    if (plan) {
      bytes += core::dump(plan->document).size();
      if (bytes > core::limits::outputs_bytes) return too_much();
      keys.push_back(plan->key);
      plans.push_back(*std::move(plan));
    } else {
      problems += (problems.empty() ? "" : "; ") + plan.error().message;
    }
  }
  if (!problems.empty()) return core::failure(core::status::bad_request, problems);
  if (const auto error = call.objects->obstacle(keys)) {
    return core::failure(core::status::internal_error, error->message);
  }
  for (Planned& plan : plans) {
    const auto put = call.objects->put(plan.key, std::move(plan.document));
    if (!put) return core::failure(core::status::internal_error, put.error().message);
  }
  return keys;
}

core::Value state_of(const std::vector<core::ObjectKey>& keys) {
  core::Value list = core::Value::array();
  for (const core::ObjectKey& key : keys) {
    // The others are not deployed: they are there, and that is all.
    if (key.kind.text() == "instance" || key.kind.text() == "target") {
      list.push_back(core::to_text(key));
    }
  }
  return list;
}

core::Value failure_of(const std::string& name, const std::string& message) {
  return {{"name", name}, {"message", message}};
}

/// How far the deployments are, `state` naming them.
core::InlineResult look(const core::Call& call, const core::Value& state, core::Duration patience) {
  core::Value failed = core::Value::array();
  std::vector<std::string> open;
  for (const core::Value& item : state) {
    const auto name = item.get<std::string>();
    const auto object = call.objects->find(*core::object_key(name));
    const auto progress = object ? core::progress_of(*object) : core::ObjectProgress{};
    if (!object) {
      failed.push_back(failure_of(name, "was deleted before it was deployed"));
    } else if (progress.state == core::ObjectProgress::State::failed) {
      failed.push_back(failure_of(name, progress.error));
    } else if (progress.state == core::ObjectProgress::State::open) {
      open.push_back(name);
    }
  }
  const core::Duration waited{between_looks.ms * call.polls};
  if (!open.empty() && waited < patience) {
    return core::NotYet{std::min(between_looks, core::Duration{patience.ms - waited.ms}), state,
                        "the deployment of " + joined(open)};
  }
  for (const std::string& name : open) {
    failed.push_back(failure_of(name, "was not deployed within " + core::to_text(patience)));
  }
  const auto count = failed.size();
  return core::Finished{
      200, {{"failedDeployment", std::move(failed)}, {"failedDeploymentCount", count}}, {}};
}

core::Result<core::Duration> patience_of(const core::Value& config) {
  const auto text = config.find("waitTimeout");
  if (text == config.end() || text->is_null() || *text == "") return usual_patience;
  const auto wanted = core::parse_duration(core::plain_text(*text));
  if (wanted && wanted->ms >= 0) return *wanted;
  return core::failure(core::status::bad_config,
                       "config 'waitTimeout' is no duration; write seconds, or 1m30s");
}

}  // namespace

core::InlineResult materialize(const core::Call& call) {
  const auto patience = patience_of(call.config);
  if (!patience) return refusal(patience.error().status, patience.error().message);
  if (call.state != nullptr) return look(call, *call.state, *patience);
  const auto space = object_namespace(call.inputs);
  if (!space) return refusal(space.error().status, space.error().message);
  const auto names = names_input(call.inputs);
  if (!names) return refusal(names.error().status, names.error().message);
  const auto made = make_all(call, *space, *names);
  if (!made) return refusal(made.error().status, made.error().message);
  if (!is_true(call.config, "waitForDeployment")) {
    return core::Finished{200, core::Value::object(), {}};
  }
  return look(call, state_of(*made), *patience);
}

}  // namespace antiphon::stages
