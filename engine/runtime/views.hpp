// SPDX-License-Identifier: MIT
// Rows as people and programs are shown them: the items of query answers (docs/protocol.md,
// Queries).
#pragma once

#include <nlohmann/json.hpp>

#include "engine/core/model.hpp"
#include "engine/core/object.hpp"

namespace antiphon::runtime {

core::Value campaign_view(const core::CampaignVersion& row);
core::Value activation_view(const core::Activation& row);
core::Value stage_run_view(const core::StageRun& row);
/// What was kept of what the task's work wrote.
core::Value approval_view(const core::Task& row);
core::Value log_view(const core::Task& row, const std::optional<core::WorkLog>& log);
core::Value task_view(const core::Task& row);
core::Value site_view(const core::Site& row);
/// Without its document.
core::Value object_view(const core::Object& row);
/// With what waits to start runs of it.
core::Value trigger_view(const core::TriggerRow& row, const core::LaneLoad& load);
core::Value reject_view(const core::Reject& row);

/// An object without what is internal: keys that begin with "__" (but for the counters of a
/// fan-out) or "header.".
core::Value shown(const core::Value& object);

}  // namespace antiphon::runtime
