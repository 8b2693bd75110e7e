// SPDX-License-Identifier: MIT
// What the route `processor` takes and gives: ActivationData asks for one stage, StageStatus says
// how it ended. The formats are described in schemas/activation-data and stage-status.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/value.hpp"

namespace antiphon::symphony {

/// The stage's inputs and config come evaluated: they are data.
struct ActivationData {
  std::string campaign_version;
  std::string name_space = "default";
  std::string activation;
  std::string generation;
  std::string stage;
  std::string triggering_stage;
  std::string provider;  ///< as it came: "providers.stage.counter"
  std::string schedule;
  core::Value inputs = core::Value::object();
  core::Value outputs = core::Value::object();  ///< of the stages so far: {stage: {key: value}}
  core::Value config = core::Value::object();
  bool has_proxy = false;  ///< the sender wants it passed on
};

/// Old spellings are read too (`campaign`). 400 with the field that is wrong; fields that nobody
/// reads are ignored.
core::Result<ActivationData> read_activation(std::string_view bytes);

struct StageStatus {
  std::string stage;
  core::Value outputs = core::Value::object();
  int status = 0;  ///< 9996: done
  std::string error_message;
};

core::Result<StageStatus> read_stage_status(std::string_view bytes);

/// With the status's own text as `statusMessage`.
std::string to_text(const StageStatus& status);

/// How the stage ended, as a plane's providers say it: not 9996 is an error with that number.
core::Finished finished(StageStatus status);

/// The built-in values that a stage's outputs begin with on another plane.
core::Value built_in_outputs(const ActivationData& data, const std::string& site);

}  // namespace antiphon::symphony
