// SPDX-License-Identifier: MIT
// What people do to runs, as the migrations that bring it write it.
#pragma once

namespace antiphon::store {

// What waits for people is listed.
inline constexpr const char* asking_schema = R"sql(
CREATE INDEX task_asking ON task (activation, run, ordinal)
  WHERE due IS NOT NULL AND site = '' AND provider = 'approval';
)sql";

// Signals that nobody waits for yet are kept with their run.
inline constexpr const char* signal_schema = R"sql(
ALTER TABLE activation ADD COLUMN signals BLOB NOT NULL DEFAULT x'';
)sql";

// Operators choose stages too: who, why, and what is not done again.
inline constexpr const char* act_schema = R"sql(
ALTER TABLE activation ADD COLUMN act TEXT NOT NULL DEFAULT '';
ALTER TABLE stage_run ADD COLUMN act TEXT NOT NULL DEFAULT '';
ALTER TABLE stage_run ADD COLUMN again_of INTEGER NOT NULL DEFAULT 0;
ALTER TABLE activation RENAME COLUMN step_inputs TO given_inputs;
)sql";

}  // namespace antiphon::store
