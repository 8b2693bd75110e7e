// SPDX-License-Identifier: MIT
// Rows to parameters and columns to rows, in the column order of sqlite_queries. A column that no
// row of ours can hold throws StoreError::Kind::corrupt.
#pragma once

#include "engine/core/model.hpp"
#include "engine/core/object.hpp"
#include "engine/store/activation_key.hpp"
#include "engine/store/sqlite_statement.hpp"

namespace antiphon::store {

void bind_row(Statement& statement, ActivationKey key, const core::Activation& row);
void bind_row(Statement& statement, ActivationKey key, const core::StageRun& row);
void bind_row(Statement& statement, ActivationKey key, const core::Task& row);
void bind_row(Statement& statement, const core::CampaignVersion& row);
void bind_row(Statement& statement, const core::TriggerRow& row);
void bind_row(Statement& statement, const core::Lane& row);
void bind_row(Statement& statement, const core::Site& row);
void bind_row(Statement& statement, const core::Object& row);
/// Without a seq the row gets the next one.
void bind_row(Statement& statement, const core::Reject& row);

core::Activation read_activation(Statement& statement);
core::StageRun read_stage_run(Statement& statement, const core::ActivationId& activation);
core::Task read_task(Statement& statement, const core::ActivationId& activation);
/// The first column is the activation's id.
core::Task read_task(Statement& statement);
core::WorkLog read_log(Statement& statement);
core::CampaignVersion read_version(Statement& statement);
core::TriggerRow read_trigger(Statement& statement);
core::Lane read_lane(Statement& statement);
/// Of lanes' sums.
core::LaneLoad read_load(Statement& statement);
/// The byte after '/': ids that begin with "a/" end before "a" and this.
inline constexpr char after_slash = '0';
/// `ready` is not among the columns.
core::LaneEvent read_lane_event(Statement& statement, bool ready);
core::Site read_site(Statement& statement);
core::Object read_object(Statement& statement);
core::Reject read_reject(Statement& statement);

}  // namespace antiphon::store
