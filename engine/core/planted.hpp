// SPDX-License-Identifier: MIT
// Bugs put in on purpose, each behind a switch that only the simulator has: it shows that its
// checks find them (docs/reliability.md). In every other program planted() is false.
#pragma once

namespace antiphon::core {

enum class Planted {
  none,
  publish_before_commit,
  acknowledge_before_commit,
  identity_forgotten,
  act_dropped,
  apply_dropped,
  aggregate_loses_context,
  reply_counted_twice,
  other_stage_opened,
  cancelled_settles_twice,
  site_without_journal,
  anybody_answers,
  any_attempt_settles,
  no_window,
  triggers_not_reloaded,
  triggers_of_old_version,
  due_before_commit,
  hidden_state,
  no_repeats,
  late_after_restart,
  poll_state_lost,
  secrets_told,
  parts_all_at_once,
  objects_said_once,
  lane_not_freed,
  collected_lost,
  count
};

bool planted(Planted bug);

}  // namespace antiphon::core
