// SPDX-License-Identifier: MIT
// Every fixed SQL statement of the store by name. None may cost more with a longer history or more
// dormant runs: the contract tests ask SQLite for the plan of each.
#pragma once

#include <string>

#include "engine/store/store.hpp"

namespace antiphon::store {

enum class Query {
  begin,
  commit,
  meta_insert,
  meta_select,
  meta_opened,
  meta_closed,
  instant_select,
  instant_update,

  activation_last_key,
  activation_key,
  activation_keys,
  activation_insert,
  activation_update,
  activation_select,
  activation_commanded,
  activations_open,
  commands_unsettled,

  run_insert,
  run_update,
  run_select,
  runs_page,

  task_insert,
  task_update,
  task_select,
  task_find,
  task_seq,
  tasks_of_run,
  tasks_page,
  task_dues,
  tasks_owed,
  owing_next,
  tasks_local,
  tasks_asking,

  due_activations,
  due_tasks,
  due_next_activation,
  due_next_task,

  log_put,
  log_select,
  output_put,
  output_select,
  output_any,

  version_insert,
  version_select,
  version_newest,
  version_by_hash,
  version_touch,
  version_last_seq,
  versions_page,

  trigger_insert,
  triggers_delete,
  triggers_select,
  triggers_of_campaign,
  triggers_page,

  lane_select,
  lane_put,
  lane_delete,
  lane_free,
  lane_load,
  lane_load_of,
  lanes_after,
  lanes_close,
  lanes_due,
  due_next_lane,
  lane_event_insert,
  lane_events_select,
  lane_events_erase,

  seen_put,
  seen_select,
  seen_forget,

  site_put,
  site_select,
  sites_ours,
  sites_page,

  object_put,
  object_select,
  objects_behind,
  objects_gone_behind,
  objects_kept,
  objects_gone,
  objects_forget,
  objects_page,
  objects_page_of_kind,

  reject_insert,
  reject_trim,
  rejects_page,

  count_
};

std::string text_of(Query query);

/// Those on lanes; empty: it is on something else. For text_of().
std::string lane_query(Query query);

/// The page of a list of activations: ?1 the key it ends before, ?2 a campaign, ?3 a state, ?4 the
/// limit.
std::string activations_page(const Reader::ActivationFilter& filter);

}  // namespace antiphon::store
