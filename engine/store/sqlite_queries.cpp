// SPDX-License-Identifier: MIT
// A row's statements are made from one list of its columns, which is also the order of its
// parameters and of its reading (sqlite_rows).
#include "engine/store/sqlite_queries.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace antiphon::store {
namespace {

struct Table {
  std::string_view name;
  std::span<const std::string_view> columns;
  std::string_view key{};                     ///< how an update finds its row
  std::span<const std::string_view> fixed{};  ///< never updated: rewriting their indexes would cost
};

constexpr std::string_view activation_columns[] = {
    "key",         "id",       "name_space", "campaign",    "version",      "hash",
    "state",       "status",   "error",      "stage",       "run",          "next_stage",
    "act",         "due",      "seq",        "origin",      "task_id",      "depth",
    "author",      "created",  "updated",    "ended_at",    "stop_by",      "inputs",
    "\"trigger\"", "metadata", "stepped",    "awaits_step", "given_inputs", "signals"};
constexpr std::string_view activation_fixed[] = {"key",    "id",      "campaign",
                                                 "origin", "task_id", "created"};
constexpr Table activation{"activation", activation_columns, "key = ?1", activation_fixed};

constexpr std::string_view stage_run_columns[] = {
    "activation",      "run",       "stage",      "provider",
    "state",           "total",     "opened",     "succeeded",
    "failed",          "swept",     "parts",      "parts_at_once",
    "parts_tolerated", "compat",    "next_stage", "status",
    "error",           "note",      "act",        "again_of",
    "handled",         "opened_at", "begins_at",  "ended_at",
    "contexts",        "inputs",    "stepped_by", "step_token",
    "given_outputs"};
constexpr std::string_view stage_run_fixed[] = {"activation", "run"};
constexpr Table stage_run{"stage_run", stage_run_columns, "activation = ?1 AND run = ?2",
                          stage_run_fixed};

constexpr std::string_view task_columns[] = {
    "activation", "run",        "ordinal",    "id",           "context",    "name",
    "site",       "provider",   "state",      "attempt",      "idempotent", "status",
    "error",      "note",       "journal",    "created",      "deadline",   "next_send",
    "wake_at",    "sends",      "settled_at", "due",          "request",    "outputs",
    "polls",      "poll_state", "waits_for",  "work_timeout", "work_until"};
constexpr std::string_view task_fixed[] = {"activation", "run", "ordinal", "id", "created"};
constexpr Table task{"task", task_columns, "activation = ?1 AND run = ?2 AND ordinal = ?3",
                     task_fixed};

constexpr std::string_view version_columns[] = {"hash",        "name_space", "name",    "version",
                                                "applied_seq", "applied_at", "document"};
constexpr Table version{"campaign_version", version_columns};

constexpr std::string_view trigger_columns[] = {"name_space", "campaign", "name",    "filter",
                                                "hash",       "enabled",  "switched"};
constexpr Table trigger{"\"trigger\"", trigger_columns};

constexpr std::string_view site_columns[] = {"name",     "journal", "boot",     "online",
                                             "declared", "ours",    "arrays",   "version",
                                             "labels",   "offers",  "last_seen"};
constexpr Table site{"site", site_columns};

constexpr std::string_view object_columns[] = {"kind",      "name_space", "name",     "generation",
                                               "origin",    "author",     "created",  "updated",
                                               "status_at", "deleted_at", "document", "status"};
constexpr Table object{"object", object_columns};

constexpr std::string_view reject_columns[] = {"seq",    "at",     "topic",      "sender",
                                               "status", "reason", "size_bytes", "sample"};
constexpr Table reject{"reject", reject_columns};

std::string columns_of(const Table& table) {
  std::string list;
  for (const auto column : table.columns) {
    if (!list.empty()) list += ", ";
    list += column;
  }
  return list;
}

std::string insert_into(const Table& table, const std::string& verb = "INSERT") {
  std::string values;
  for (std::size_t i = 1; i <= table.columns.size(); ++i) {
    values += (i == 1 ? "?" : ", ?") + std::to_string(i);
  }
  return verb + " INTO " + std::string(table.name) + " (" + columns_of(table) + ") VALUES (" +
         values + ")";
}

std::string update_of(const Table& table) {
  std::string changes;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto column = table.columns[i];
    if (std::find(table.fixed.begin(), table.fixed.end(), column) != table.fixed.end()) continue;
    if (!changes.empty()) changes += ", ";
    changes += std::string(column) + " = ?" + std::to_string(i + 1);
  }
  return "UPDATE " + std::string(table.name) + " SET " + changes + " WHERE " +
         std::string(table.key);
}

std::string select_from(const Table& table, const std::string& rest) {
  return "SELECT " + columns_of(table) + " FROM " + std::string(table.name) + " " + rest;
}

/// Before the columns of a task, the id of its activation, which the caller does not know.
std::string select_tasks(const std::string& rest) {
  return "SELECT (SELECT a.id FROM activation a WHERE a.key = task.activation), " +
         columns_of(task) + " FROM task " + rest;
}

/// As the indexes have it. What waits for its next attempt is not owed yet.
constexpr const char* owed_task = "due IS NOT NULL AND site <> '' AND state <> 'waiting'";
constexpr const char* local_task = "due IS NOT NULL AND site = '' AND state <> 'waiting'";
constexpr const char* asking_task = "due IS NOT NULL AND site = '' AND provider = 'approval'";

constexpr const char* open_own = "origin = '' AND state IN ('running', 'paused', 'cancelling')";
constexpr const char* open_command =
    "origin <> '' AND state IN ('running', 'paused', 'cancelling')";

std::string run_query(Query query) {
  switch (query) {
    case Query::activation_last_key:
      return "SELECT max(key) FROM activation";
    case Query::activation_key:
      return "SELECT key FROM activation WHERE id = ?1";
    case Query::activation_keys:
      return "SELECT key, id FROM activation WHERE key > ?1 ORDER BY key LIMIT ?2";
    case Query::activation_insert:
      return insert_into(activation);
    case Query::activation_update:
      return update_of(activation);
    case Query::activation_select:
      return select_from(activation, "WHERE id = ?1");
    case Query::activation_commanded:
      return select_from(activation, "WHERE origin = ?1 AND task_id = ?2 AND origin <> ''");
    case Query::activations_open:
      return select_from(activation, std::string("WHERE ") + open_own +
                                         " ORDER BY updated DESC, key DESC LIMIT ?1");
    case Query::commands_unsettled:
      return std::string("SELECT count(*) FROM activation WHERE ") + open_command;
    case Query::run_insert:
      return insert_into(stage_run);
    case Query::run_update:
      return update_of(stage_run);
    case Query::run_select:
      return select_from(stage_run, "WHERE activation = ?1 AND run = ?2");
    case Query::runs_page:
      return select_from(stage_run, "WHERE activation = ?1 AND run > ?2 ORDER BY run LIMIT ?3");
    case Query::output_put:
      return "INSERT INTO stage_output (activation, stage, run, outputs) VALUES (?1, ?2, ?3, ?4) "
             "ON CONFLICT (activation, stage) DO UPDATE SET run = ?3, outputs = ?4";
    case Query::output_select:
      return "SELECT run, outputs FROM stage_output WHERE activation = ?1 AND stage = ?2";
    case Query::output_any:
      return "SELECT 1 FROM stage_output WHERE activation = ?1 LIMIT 1";
    case Query::due_activations:
      return "SELECT id, due FROM activation WHERE due <= ?1 ORDER BY due, key LIMIT ?2";
    case Query::due_next_activation:
      return "SELECT due FROM activation WHERE due IS NOT NULL ORDER BY due LIMIT 1";
    default:
      return {};
  }
}

std::string task_query(Query query) {
  switch (query) {
    case Query::task_insert:
      return insert_into(task);
    case Query::task_update:
      return update_of(task);
    case Query::task_select:
      return select_from(task, "WHERE activation = ?1 AND run = ?2 AND ordinal = ?3");
    case Query::log_put:
      return "INSERT INTO work_log (activation, run, ordinal, attempt, out, err, note) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (activation, run, ordinal) "
             "DO UPDATE SET attempt = ?4, out = ?5, err = ?6, note = ?7";
    case Query::log_select:
      return "SELECT attempt, out, err, note FROM work_log "
             "WHERE activation = ?1 AND run = ?2 AND ordinal = ?3";
    case Query::task_find:
      return "SELECT (SELECT a.id FROM activation a WHERE a.key = task.activation), run, ordinal "
             "FROM task WHERE id = ?1 AND id <> ''";
    case Query::task_seq:
      return "SELECT seq FROM task WHERE id = ?1 AND id <> ''";
    case Query::tasks_of_run:
      return select_from(
          task, "WHERE activation = ?1 AND run = ?2 AND ordinal > ?3 ORDER BY ordinal LIMIT ?4");
    case Query::tasks_page:
      return select_from(task,
                         "WHERE activation = ?1 AND (run, ordinal) > (?2, ?3) AND run <= ?4 "
                         "ORDER BY run, ordinal LIMIT ?5");
    case Query::task_dues:
      return "SELECT due FROM task WHERE activation = ?1 ORDER BY run, ordinal";
    case Query::tasks_owed:
      return select_tasks(std::string("WHERE ") + owed_task +
                          " AND site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    case Query::owing_next:
      return std::string("SELECT site FROM task WHERE ") + owed_task +
             " AND site > ?1 ORDER BY site LIMIT 1";
    case Query::tasks_local:
      return select_tasks(std::string("WHERE ") + local_task +
                          " AND (activation, run, ordinal) > (?1, ?2, ?3) "
                          "ORDER BY activation, run, ordinal LIMIT ?4");
    case Query::tasks_asking:
      return select_tasks(std::string("WHERE ") + asking_task +
                          " AND (activation, run, ordinal) > (?1, ?2, ?3) "
                          "ORDER BY activation, run, ordinal LIMIT ?4");
    case Query::due_tasks:
      return "SELECT (SELECT a.id FROM activation a WHERE a.key = task.activation), run, ordinal, "
             "due FROM task WHERE due <= ?1 ORDER BY due, seq LIMIT ?2";
    case Query::due_next_task:
      return "SELECT due FROM task WHERE due IS NOT NULL ORDER BY due LIMIT 1";
    default:
      return {};
  }
}

std::string campaign_query(Query query) {
  switch (query) {
    case Query::version_insert:
      return insert_into(version);
    case Query::version_select:
      return select_from(version,
                         "WHERE name_space = ?1 AND name = ?2 AND version = ?3 "
                         "ORDER BY applied_seq DESC LIMIT 1");
    case Query::version_newest:
      return select_from(version,
                         "WHERE name_space = ?1 AND name = ?2 ORDER BY applied_seq DESC LIMIT 1");
    case Query::version_by_hash:
      return select_from(version, "WHERE hash = ?1");
    case Query::version_touch:
      return "UPDATE campaign_version SET applied_seq = ?2, applied_at = ?3 WHERE hash = ?1";
    case Query::version_last_seq:
      return "SELECT max(applied_seq) FROM campaign_version";
    case Query::versions_page:
      return select_from(version,
                         "WHERE (name_space, name, applied_seq) > (?1, ?2, ?3) "
                         "ORDER BY name_space, name, applied_seq LIMIT ?4");
    case Query::trigger_insert:
      return insert_into(trigger);
    case Query::triggers_delete:
      return "DELETE FROM \"trigger\" WHERE name_space = ?1 AND campaign = ?2";
    case Query::triggers_select:
      return select_from(trigger, "ORDER BY name_space, campaign, name");
    case Query::triggers_of_campaign:
      return select_from(trigger, "WHERE name_space = ?1 AND campaign = ?2 ORDER BY name");
    case Query::triggers_page:
      return select_from(trigger,
                         "WHERE (name_space, campaign, name) > (?1, ?2, ?3) "
                         "ORDER BY name_space, campaign, name LIMIT ?4");
    default:
      return {};
  }
}

std::string object_query(Query query) {
  // A kept one is counted and listed by its partial index, however many are gone.
  constexpr const char* page =
      "WHERE deleted_at IS NULL AND (kind, name_space, name) > (?1, ?2, ?3) "
      "AND (?4 = '' OR name_space = ?4) ";
  constexpr const char* in_order = "ORDER BY kind, name_space, name LIMIT ?5";
  switch (query) {
    case Query::object_put:
      return insert_into(object, "INSERT OR REPLACE");
    case Query::object_select:
      return select_from(object, "WHERE kind = ?1 AND name_space = ?2 AND name = ?3");
    case Query::objects_behind:
      return select_from(object,
                         "WHERE (kind, name_space, name) > (?1, ?2, ?3) "
                         "ORDER BY kind, name_space, name LIMIT ?4");
    case Query::objects_gone_behind:
      return select_from(object,
                         "WHERE deleted_at IS NOT NULL AND (kind, name_space, name) > (?1, ?2, ?3) "
                         "ORDER BY kind, name_space, name LIMIT ?4");
    case Query::objects_kept:
      return "SELECT count(*) FROM object WHERE deleted_at IS NULL";
    case Query::objects_gone:
      return "SELECT count(*) FROM object WHERE deleted_at IS NOT NULL";
    case Query::objects_forget:
      return "DELETE FROM object WHERE key IN "
             "(SELECT key FROM object WHERE deleted_at <= ?1 ORDER BY deleted_at LIMIT ?2)";
    case Query::objects_page:
      return select_from(object, std::string(page) + in_order);
    case Query::objects_page_of_kind:
      return select_from(object, std::string(page) + "AND kind = ?1 " + in_order);
    default:
      return {};
  }
}

std::string plane_query(Query query) {
  switch (query) {
    case Query::begin:
      return "BEGIN IMMEDIATE";
    case Query::commit:
      return "COMMIT";
    case Query::meta_insert:
      return "INSERT INTO meta (only_row, plane, journal, client_secret, boot, clean, "
             "last_instant) "
             "VALUES (1, ?1, ?2, ?3, 0, 1, 0) ON CONFLICT DO NOTHING";
    case Query::meta_select:
      return "SELECT plane, journal, client_secret, boot, clean FROM meta";
    case Query::meta_opened:
      return "UPDATE meta SET boot = boot + 1, clean = 0 WHERE only_row = 1";
    case Query::meta_closed:
      return "UPDATE meta SET clean = 1 WHERE only_row = 1";
    case Query::instant_select:
      return "SELECT last_instant FROM meta WHERE only_row = 1";
    case Query::instant_update:
      return "UPDATE meta SET last_instant = ?1 WHERE only_row = 1";
    case Query::seen_put:
      return "INSERT INTO seen (digest, answer, expires) VALUES (?1, ?2, ?3) "
             "ON CONFLICT (digest) DO UPDATE SET answer = ?2, expires = ?3";
    case Query::seen_select:
      return "SELECT answer FROM seen WHERE digest = ?1 AND expires > ?2";
    case Query::seen_forget:
      return "DELETE FROM seen WHERE digest IN "
             "(SELECT digest FROM seen WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
    case Query::site_put:
      return insert_into(site, "INSERT OR REPLACE");
    case Query::site_select:
      return select_from(site, "WHERE name = ?1");
    case Query::sites_ours:
      return select_from(site, "WHERE ours = 1 ORDER BY name");
    case Query::sites_page:
      return select_from(site, "WHERE name > ?1 ORDER BY name LIMIT ?2");
    case Query::reject_insert:
      return insert_into(reject);
    case Query::reject_trim:
      return "DELETE FROM reject WHERE seq <= (SELECT max(seq) FROM reject) - ?1";
    case Query::rejects_page:
      return select_from(reject, "WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
    default:
      return {};
  }
}

}  // namespace

std::string text_of(Query query) {
  for (const auto group :
       {run_query, task_query, campaign_query, lane_query, object_query, plane_query}) {
    if (auto text = group(query); !text.empty()) return text;
  }
  return {};
}

std::string activations_page(const Reader::ActivationFilter& filter) {
  // Conditions only where they are asked for: SQLite then sees which partial index they allow.
  std::string conditions = "WHERE key < ?1";
  if (!filter.campaign.empty()) conditions += " AND campaign = ?2";
  if (!filter.state.empty()) conditions += " AND state = ?3";
  if (!filter.state.empty() && filter.state != "done") conditions += " AND state <> 'done'";
  if (!filter.commanded) conditions += " AND origin = ''";
  return select_from(activation, conditions + " ORDER BY key DESC LIMIT ?4");
}

}  // namespace antiphon::store
