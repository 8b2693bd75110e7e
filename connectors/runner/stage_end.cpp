// SPDX-License-Identifier: MIT
#include "connectors/runner/stage_end.hpp"

#include "engine/core/json.hpp"
#include "engine/core/model.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::runner {
namespace {

namespace status = core::status;
using core::Value;

symphony::StageStatus refused(const symphony::ActivationData& data, const std::string& site,
                              int number, std::string error) {
  return stage_end(data, site, failed(number, std::move(error)));
}

}  // namespace

core::Finished failed(int status, std::string error) {
  return {status, Value::object(), std::move(error)};
}

symphony::StageStatus stage_end(const symphony::ActivationData& data, const std::string& site,
                                const core::Finished& end) {
  // A stage alone: no tasks beside it, and no campaign that could ask for other values.
  const core::Settlement settlement = core::judge(end, core::StageRun{}, core::Task{});
  symphony::StageStatus ended;
  ended.stage = data.stage;
  ended.outputs = symphony::built_in_outputs(data, site);
  ended.outputs.update(core::parse_object(settlement.outputs));
  ended.outputs["status"] = settlement.status;
  ended.status = status::done;
  if (settlement.state == core::TaskState::done) return ended;
  ended.status = settlement.status;
  ended.error_message = core::error_text(settlement.status, settlement.error);
  ended.outputs["error"] = ended.error_message;
  return ended;
}

std::optional<symphony::StageStatus> end_at_once(const symphony::ActivationData& data,
                                                 const std::string& site,
                                                 const core::Providers& providers) {
  if (data.has_proxy) {
    return refused(data, site, status::bad_request,
                   "a runner carries stages out itself and asks no other proxy; send it the stage "
                   "without 'proxy'");
  }
  if (!data.schedule.empty()) {
    symphony::StageStatus paused;
    paused.stage = data.stage;
    paused.outputs = symphony::built_in_outputs(data, site);
    paused.status = status::paused;
    return paused;
  }
  if (data.provider.empty()) {
    return stage_end(data, site, {status::ok, Value::object(), {}});
  }
  if (providers.find(data.provider) != nullptr) return std::nullopt;
  return refused(data, site, status::bad_request,
                 "provider '" + data.provider + "' is not found; this runner has " +
                     providers.names() + ", all others need a control plane");
}

}  // namespace antiphon::runner
