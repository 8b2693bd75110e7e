// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/object_status.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/object_inputs.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr std::int64_t usual_interval_seconds = 20;
constexpr std::int64_t usual_patience_seconds = 31 * 60;

struct Wanted {
  std::string type;  ///< as the document says it
  std::string name;
  core::ObjectKey key;

  bool is_instance() const { return key.kind.text() == "instance"; }
  core::Value outputs() const { return {{"objectType", type}, {"objectName", name}}; }
};

core::InlineResult deployment_failed(const Wanted& wanted, const core::ObjectProgress& progress) {
  core::Value outputs = wanted.outputs();
  outputs["failedDeploymentCount"] = progress.failed;
  outputs["status"] = core::status::bad_request;
  outputs["error"] = progress.error;
  return refusal(core::status::bad_request, progress.error, std::move(outputs));
}

struct Looks {
  std::int64_t interval = 0;  ///< seconds
  std::int64_t count = 0;     ///< how many
};

core::Result<Looks> looks_of(const core::Value& config) {
  const auto interval = number_setting(config, "wait.interval", usual_interval_seconds);
  if (!interval) return tl::unexpected<core::Error>(interval.error());
  const auto count = number_setting(config, "wait.count",
                                    usual_patience_seconds / std::max<std::int64_t>(1, *interval));
  if (!count) return tl::unexpected<core::Error>(count.error());
  return Looks{*interval, *count};
}

/// Whether the instance is deployed.
core::InlineResult look_at(const core::Call& call, const Wanted& wanted, const Looks& looks) {
  const auto object = call.objects->find(wanted.key);
  if (!object) {
    return refusal(core::status::get_instance_failed,
                   core::to_text(wanted.key) + " was deleted before it was deployed",
                   wanted.outputs());
  }
  const auto progress = core::progress_of(*object);
  if (progress.state == core::ObjectProgress::State::failed) {
    return deployment_failed(wanted, progress);
  }
  if (progress.state == core::ObjectProgress::State::succeeded) {
    core::Value outputs = wanted.outputs();
    outputs["failedDeploymentCount"] = 0;
    outputs["status"] = core::status::ok;
    return core::Finished{200, std::move(outputs), {}};
  }
  if (call.polls >= looks.count) {
    return refusal(core::status::deployment_not_reached,
                   core::to_text(wanted.key) + " was not deployed: " + std::to_string(call.polls) +
                       " looks, " + std::to_string(looks.interval) + "s apart",
                   wanted.outputs());
  }
  return core::NotYet{core::seconds(looks.interval), core::Value::object(),
                      "the deployment of " + core::to_text(wanted.key)};
}

core::InlineResult make(const core::Call& call, const Wanted& wanted, const Looks& looks) {
  const auto given = call.inputs.find("object");
  const auto content = given == call.inputs.end() ? std::nullopt : object_of(*given);
  if (!content) {
    return refusal(core::status::bad_request, "input 'object' is no object", wanted.outputs());
  }
  core::Value document = made_document(wanted.key.kind, *content);
  const auto target = text_input(call.inputs, "__target");
  if (target && !target->empty() && wanted.is_instance() && document["spec"].is_object()) {
    document["spec"]["target"] = {{"name", *target}};
  }
  const auto put = call.objects->put(wanted.key, std::move(document));
  if (!put) {
    return refusal(wanted.is_instance() ? core::status::create_instance_failed : put.error().status,
                   put.error().message, wanted.outputs());
  }
  if (wanted.is_instance()) return look_at(call, wanted, looks);
  return core::Finished{200, wanted.outputs(), {}};
}

core::InlineResult remove(const core::Call& call, const Wanted& wanted) {
  const auto error = call.objects->remove(wanted.key);
  if (!error) return core::Finished{200, wanted.outputs(), {}};
  return refusal(wanted.is_instance() ? core::status::delete_instance_failed : error->status,
                 error->message, wanted.outputs());
}

core::Result<Wanted> wanted_of(const core::Value& inputs) {
  const auto type = text_input(inputs, "objectType");
  if (!type) return tl::unexpected<core::Error>(type.error());
  const auto kind = core::object_kind(*type);
  const bool known = kind && (kind->text() == "instance" || kind->text() == "solutionversion");
  if (!known) {
    return core::failure(core::status::bad_request,
                         "objectType '" + *type + "' is not one of solutionversion, instance");
  }
  const auto reference = text_input(inputs, "objectName");
  if (!reference) return tl::unexpected<core::Error>(reference.error());
  const auto name = core::object_name(*reference);
  if (!name) {
    return core::failure(core::status::bad_request, "input 'objectName': " + name.error().message);
  }
  const auto space = object_namespace(inputs);
  if (!space) return tl::unexpected<core::Error>(space.error());
  return Wanted{*type, name->text(), {*kind, *space, *name}};
}

}  // namespace

core::InlineResult create(const core::Call& call) {
  const auto wanted = wanted_of(call.inputs);
  if (!wanted) return refusal(wanted.error().status, wanted.error().message);
  // Before anything is made: what cannot be waited for is not begun.
  const auto looks = looks_of(call.config);
  if (!looks) return refusal(looks.error().status, looks.error().message);
  if (call.state != nullptr) return look_at(call, *wanted, *looks);
  const auto action = text_input(call.inputs, "action");
  if (action && *action == "create") return make(call, *wanted, *looks);
  if (action && *action == "remove") return remove(call, *wanted);
  return refusal(core::status::bad_request,
                 "action '" + (action ? *action : std::string()) + "' is not create or remove",
                 wanted->outputs());
}

}  // namespace antiphon::stages
