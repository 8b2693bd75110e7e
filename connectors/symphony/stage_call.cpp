// SPDX-License-Identifier: MIT
#include "connectors/symphony/stage_call.hpp"

#include "connectors/wire/fields.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::symphony {
namespace {

namespace limits = core::limits;
using core::Value;
using wire::Need;

/// Around a stage's values stand the stage's name and the message.
constexpr int levels_around = 4;

core::Result<Value> parse_body(std::string_view bytes, const char* what) {
  auto value =
      wire::parse_guarded(bytes, limits::message_bytes, limits::json_depth + levels_around);
  if (!value || value->is_object()) return value;
  return core::failure(core::status::bad_request, std::string("the ") + what + " is no JSON object",
                       std::string("see schemas/") + what + ".schema.json");
}

Value object_of(wire::Fields& fields, std::string_view name) {
  return core::parse_object(fields.object(name));
}

}  // namespace

core::Result<ActivationData> read_activation(std::string_view bytes) {
  const auto message = parse_body(bytes, "activation-data");
  if (!message) return tl::unexpected(message.error());
  wire::Fields fields(*message, "activation-data");
  const auto text = [&fields](std::string_view name) {
    return fields.text(name, Need::optional, limits::context_bytes);
  };
  ActivationData data;
  data.campaign_version = text(fields.has("campaignversion") ? "campaignversion" : "campaign");
  if (fields.has("namespace")) data.name_space = text("namespace");
  data.activation = text("activation");
  data.generation = text("activationGeneration");
  data.stage = text("stage");
  data.triggering_stage = text("triggeringStage");
  data.provider = text("provider");
  data.schedule = text("schedule");
  data.inputs = object_of(fields, "inputs");
  data.outputs = object_of(fields, "outputs");
  data.config = object_of(fields, "config");
  data.has_proxy = !core::parse_object(fields.object("proxy")).empty();
  return fields.finish(std::move(data));
}

core::Result<StageStatus> read_stage_status(std::string_view bytes) {
  const auto message = parse_body(bytes, "stage-status");
  if (!message) return tl::unexpected(message.error());
  wire::Fields fields(*message, "stage-status");
  StageStatus status;
  status.stage = fields.text("stage", Need::optional, limits::context_bytes);
  status.outputs = object_of(fields, "outputs");
  status.status =
      static_cast<int>(fields.integer("status", Need::required, {0, 1'000'000}).value_or(0));
  const auto error = fields.text("errorMessage", Need::optional, limits::message_bytes);
  const auto said = fields.text("statusMessage", Need::optional, limits::message_bytes);
  status.error_message = error.empty() ? said : error;
  return fields.finish(std::move(status));
}

std::string to_text(const StageStatus& status) {
  Value message{{"stage", status.stage},
                {"outputs", status.outputs},
                {"status", status.status},
                {"statusMessage", core::status::text(status.status)}};
  if (!status.error_message.empty()) message["errorMessage"] = status.error_message;
  return core::dump(message);
}

core::Finished finished(StageStatus status) {
  if (status.status == core::status::done) {
    return {core::status::ok, std::move(status.outputs), {}};
  }
  std::string error = std::move(status.error_message);
  if (error.empty()) {
    error = "the stage ended with status " + std::to_string(status.status) + ", not " +
            std::to_string(core::status::done);
  }
  return {status.status, std::move(status.outputs), std::move(error)};
}

Value built_in_outputs(const ActivationData& data, const std::string& site) {
  return {{"__campaignversion", data.campaign_version},
          {"__campaign", data.campaign_version},
          {"__namespace", data.name_space},
          {"__activation", data.activation},
          {"__activationGeneration", data.generation},
          {"__stage", data.stage},
          {"__previousStage", data.triggering_stage},
          {"__site", site}};
}

}  // namespace antiphon::symphony
