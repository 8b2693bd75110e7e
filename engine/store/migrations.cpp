// SPDX-License-Identifier: MIT
#include "engine/store/migrations.hpp"

#include <string>

#include "engine/store/act_schema.hpp"
#include "engine/store/lane_schema.hpp"
#include "engine/store/sqlite_connection.hpp"

namespace antiphon::store {
namespace {

// An activation's rows are keyed by its integer `key` and not by its random text id: rows of one
// time lie together, so a batch of commits touches few pages. Every partial index holds only what
// can still change or is still listed, so its size does not grow with history. `due` is null
// exactly when a task is settled.
constexpr const char* first_schema = R"sql(
PRAGMA application_id = 1097757801;

CREATE TABLE meta (
  only_row      INTEGER PRIMARY KEY CHECK (only_row = 1),
  plane         TEXT NOT NULL,
  journal       TEXT NOT NULL,
  client_secret TEXT NOT NULL,
  boot          INTEGER NOT NULL,
  clean         INTEGER NOT NULL CHECK (clean IN (0, 1)),
  last_instant  INTEGER NOT NULL
) STRICT;

CREATE TABLE campaign_version (
  hash        TEXT PRIMARY KEY NOT NULL,
  name_space  TEXT NOT NULL,
  name        TEXT NOT NULL,
  version     TEXT NOT NULL,
  applied_seq INTEGER NOT NULL,
  applied_at  INTEGER NOT NULL,
  document    BLOB NOT NULL
) STRICT;
CREATE INDEX campaign_version_named ON campaign_version (name_space, name, version, applied_seq);
CREATE INDEX campaign_version_newest ON campaign_version (name_space, name, applied_seq);
CREATE INDEX campaign_version_applied ON campaign_version (applied_seq);

CREATE TABLE "trigger" (
  name_space TEXT NOT NULL,
  campaign   TEXT NOT NULL,
  name       TEXT NOT NULL,
  filter     TEXT NOT NULL,
  hash       TEXT NOT NULL,
  PRIMARY KEY (name_space, campaign, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE activation (
  key        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  name_space TEXT NOT NULL,
  campaign   TEXT NOT NULL,
  version    TEXT NOT NULL,
  hash       TEXT NOT NULL,
  state      TEXT NOT NULL
    CHECK (state IN ('running', 'paused', 'cancelling', 'done', 'failed', 'cancelled')),
  status     INTEGER NOT NULL,
  error      TEXT NOT NULL,
  stage      TEXT NOT NULL,
  run        INTEGER NOT NULL,
  next_stage TEXT NOT NULL,
  due        INTEGER,
  seq        INTEGER NOT NULL,
  origin     TEXT NOT NULL,
  task_id    TEXT NOT NULL,
  depth      INTEGER NOT NULL,
  author     TEXT NOT NULL,
  created    INTEGER NOT NULL,
  updated    INTEGER NOT NULL,
  ended_at   INTEGER,
  inputs     BLOB NOT NULL,
  "trigger"  BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX activation_commanded ON activation (origin, task_id) WHERE origin <> '';
CREATE INDEX activation_due ON activation (due) WHERE due IS NOT NULL;
CREATE INDEX activation_open ON activation (updated)
  WHERE origin = '' AND state IN ('running', 'paused', 'cancelling');
CREATE INDEX activation_open_command ON activation (origin, state)
  WHERE origin <> '' AND state IN ('running', 'paused', 'cancelling');
CREATE INDEX activation_own ON activation (key) WHERE origin = '';
CREATE INDEX activation_campaign ON activation (campaign) WHERE origin = '';
CREATE INDEX activation_state ON activation (state) WHERE state <> 'done';

CREATE TABLE stage_run (
  key        INTEGER PRIMARY KEY,
  activation INTEGER NOT NULL,
  run        INTEGER NOT NULL,
  stage      TEXT NOT NULL,
  provider   TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('opening', 'open', 'done', 'failed', 'cancelled')),
  total      INTEGER NOT NULL,
  opened     INTEGER NOT NULL,
  succeeded  INTEGER NOT NULL,
  failed     INTEGER NOT NULL,
  swept      INTEGER NOT NULL,
  next_stage TEXT NOT NULL,
  status     INTEGER NOT NULL,
  error      TEXT NOT NULL,
  note       TEXT NOT NULL,
  handled    INTEGER NOT NULL CHECK (handled IN (0, 1)),
  opened_at  INTEGER NOT NULL,
  ended_at   INTEGER,
  contexts   BLOB NOT NULL,
  inputs     BLOB NOT NULL,
  UNIQUE (activation, run)
) STRICT;

CREATE TABLE stage_output (
  activation INTEGER NOT NULL,
  stage      TEXT NOT NULL,
  run        INTEGER NOT NULL,
  outputs    BLOB NOT NULL,
  PRIMARY KEY (activation, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
  seq        INTEGER PRIMARY KEY,
  activation INTEGER NOT NULL,
  run        INTEGER NOT NULL,
  ordinal    INTEGER NOT NULL,
  id         TEXT NOT NULL,
  context    TEXT NOT NULL,
  site       TEXT NOT NULL,
  provider   TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('owed', 'accepted', 'started', 'cancelling', 'done',
                                            'failed', 'rejected', 'cancelled', 'uncertain')),
  attempt    INTEGER NOT NULL,
  idempotent INTEGER NOT NULL CHECK (idempotent IN (0, 1)),
  status     INTEGER NOT NULL,
  error      TEXT NOT NULL,
  note       TEXT NOT NULL,
  journal    TEXT NOT NULL,
  created    INTEGER NOT NULL,
  deadline   INTEGER NOT NULL,
  next_send  INTEGER,
  wake_at    INTEGER,
  sends      INTEGER NOT NULL,
  settled_at INTEGER,
  due        INTEGER,
  request    BLOB NOT NULL,
  outputs    BLOB NOT NULL,
  UNIQUE (activation, run, ordinal)
) STRICT;
CREATE UNIQUE INDEX task_id ON task (id) WHERE id <> '';
CREATE INDEX task_due ON task (due) WHERE due IS NOT NULL;
CREATE INDEX task_owed ON task (site) WHERE due IS NOT NULL AND site <> '';
CREATE INDEX task_local ON task (activation, run, ordinal) WHERE due IS NOT NULL AND site = '';

CREATE TABLE seen (
  digest  BLOB PRIMARY KEY NOT NULL,
  expires INTEGER NOT NULL,
  answer  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_expires ON seen (expires);

CREATE TABLE site (
  name      TEXT PRIMARY KEY NOT NULL,
  journal   TEXT NOT NULL,
  boot      INTEGER NOT NULL,
  online    INTEGER NOT NULL CHECK (online IN (0, 1)),
  declared  INTEGER NOT NULL CHECK (declared IN (0, 1)),
  ours      INTEGER NOT NULL CHECK (ours IN (0, 1)),
  arrays    INTEGER NOT NULL CHECK (arrays IN (0, 1)),
  version   TEXT NOT NULL,
  labels    TEXT NOT NULL,
  offers    TEXT NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
  seq        INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  topic      TEXT NOT NULL,
  sender     TEXT NOT NULL,
  status     INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sample     BLOB NOT NULL
) STRICT;
)sql";

// A task may wait for its next attempt; then it is neither owed nor at work. SQLite changes a CHECK
// only by making the table anew.
constexpr const char* second_schema = R"sql(
CREATE TABLE task_made_anew (
  seq        INTEGER PRIMARY KEY,
  activation INTEGER NOT NULL,
  run        INTEGER NOT NULL,
  ordinal    INTEGER NOT NULL,
  id         TEXT NOT NULL,
  context    TEXT NOT NULL,
  site       TEXT NOT NULL,
  provider   TEXT NOT NULL,
  state      TEXT NOT NULL
    CHECK (state IN ('owed', 'accepted', 'started', 'waiting', 'cancelling', 'done', 'failed',
                     'rejected', 'cancelled', 'uncertain')),
  attempt    INTEGER NOT NULL,
  idempotent INTEGER NOT NULL CHECK (idempotent IN (0, 1)),
  status     INTEGER NOT NULL,
  error      TEXT NOT NULL,
  note       TEXT NOT NULL,
  journal    TEXT NOT NULL,
  created    INTEGER NOT NULL,
  deadline   INTEGER NOT NULL,
  next_send  INTEGER,
  wake_at    INTEGER,
  sends      INTEGER NOT NULL,
  settled_at INTEGER,
  due        INTEGER,
  request    BLOB NOT NULL,
  outputs    BLOB NOT NULL,
  UNIQUE (activation, run, ordinal)
) STRICT;
INSERT INTO task_made_anew
  SELECT seq, activation, run, ordinal, id, context, site, provider, state, attempt, idempotent,
         status, error, note, journal, created, deadline, next_send, wake_at, sends, settled_at,
         due, request, outputs
  FROM task;
DROP TABLE task;
ALTER TABLE task_made_anew RENAME TO task;
CREATE UNIQUE INDEX task_id ON task (id) WHERE id <> '';
CREATE INDEX task_due ON task (due) WHERE due IS NOT NULL;
CREATE INDEX task_owed ON task (site)
  WHERE due IS NOT NULL AND site <> '' AND state <> 'waiting';
CREATE INDEX task_local ON task (activation, run, ordinal)
  WHERE due IS NOT NULL AND site = '' AND state <> 'waiting';
)sql";

// A stage run may wait for its instant.
constexpr const char* third_schema = R"sql(
CREATE TABLE stage_run_made_anew (
  key        INTEGER PRIMARY KEY,
  activation INTEGER NOT NULL,
  run        INTEGER NOT NULL,
  stage      TEXT NOT NULL,
  provider   TEXT NOT NULL,
  state      TEXT NOT NULL
    CHECK (state IN ('scheduled', 'opening', 'open', 'done', 'failed', 'cancelled')),
  total      INTEGER NOT NULL,
  opened     INTEGER NOT NULL,
  succeeded  INTEGER NOT NULL,
  failed     INTEGER NOT NULL,
  swept      INTEGER NOT NULL,
  next_stage TEXT NOT NULL,
  status     INTEGER NOT NULL,
  error      TEXT NOT NULL,
  note       TEXT NOT NULL,
  handled    INTEGER NOT NULL CHECK (handled IN (0, 1)),
  opened_at  INTEGER NOT NULL,
  begins_at  INTEGER,
  ended_at   INTEGER,
  contexts   BLOB NOT NULL,
  inputs     BLOB NOT NULL,
  UNIQUE (activation, run)
) STRICT;
INSERT INTO stage_run_made_anew
  SELECT key, activation, run, stage, provider, state, total, opened, succeeded, failed, swept,
         next_stage, status, error, note, handled, opened_at, NULL, ended_at, contexts, inputs
  FROM stage_run;
DROP TABLE stage_run;
ALTER TABLE stage_run_made_anew RENAME TO stage_run;
)sql";

// Work that is polled.
constexpr const char* fourth_schema = R"sql(
ALTER TABLE task ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN poll_state BLOB NOT NULL DEFAULT x'';
ALTER TABLE task ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
)sql";

// A stage run may have parts, which are tasks with a name.
constexpr const char* fifth_schema = R"sql(
ALTER TABLE stage_run ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stage_run ADD COLUMN parts_at_once INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stage_run ADD COLUMN parts_tolerated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN name TEXT NOT NULL DEFAULT '';
)sql";

// A run keeps its document's labels and annotations; its stage runs know whether it asked for the
// values of an older Symphony.
constexpr const char* sixth_schema = R"sql(
ALTER TABLE activation ADD COLUMN metadata BLOB NOT NULL DEFAULT x'';
ALTER TABLE stage_run ADD COLUMN compat INTEGER NOT NULL DEFAULT 0 CHECK (compat IN (0, 1));
)sql";

// Work that has a time of its own.
constexpr const char* seventh_schema = R"sql(
ALTER TABLE task ADD COLUMN work_timeout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN work_until INTEGER;
)sql";

// What work wrote, beside its row: rows of tasks are read far more often.
constexpr const char* eighth_schema = R"sql(
CREATE TABLE work_log (
  activation INTEGER NOT NULL,
  run        INTEGER NOT NULL,
  ordinal    INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  out        BLOB NOT NULL,
  err        BLOB NOT NULL,
  note       TEXT NOT NULL,
  PRIMARY KEY (activation, run, ordinal)
) STRICT;
)sql";

// The registry. Of what is gone a row without a document stays for a time; the partial indexes
// keep both kinds of rows countable and in the order in which they are wanted.
constexpr const char* ninth_schema = R"sql(
CREATE TABLE object (
  key        INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL,
  name_space TEXT NOT NULL,
  name       TEXT NOT NULL,
  generation INTEGER NOT NULL,
  origin     TEXT NOT NULL,
  author     TEXT NOT NULL,
  created    INTEGER NOT NULL,
  updated    INTEGER NOT NULL,
  status_at  INTEGER,
  deleted_at INTEGER,
  document   BLOB NOT NULL,
  status     BLOB NOT NULL,
  UNIQUE (kind, name_space, name)
) STRICT;
CREATE INDEX object_kept ON object (kind, name_space, name, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX object_gone ON object (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX object_gone_named ON object (kind, name_space, name) WHERE deleted_at IS NOT NULL;
)sql";

/// A cancel's grace is the operator's to choose, and a chunked one needs it later.
constexpr const char* tenth_schema = R"sql(
ALTER TABLE activation ADD COLUMN stop_by INTEGER;
)sql";

// Triggers can be turned off, by their document and by operators; -1: none has said anything.
constexpr const char* eleventh_schema = R"sql(
ALTER TABLE "trigger" ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1));
ALTER TABLE "trigger" ADD COLUMN switched INTEGER NOT NULL DEFAULT -1
  CHECK (switched IN (-1, 0, 1));
)sql";

// Runs that wait for a step after each stage.
constexpr const char* twelfth_schema = R"sql(
ALTER TABLE activation ADD COLUMN stepped INTEGER NOT NULL DEFAULT 0 CHECK (stepped IN (0, 1));
ALTER TABLE activation ADD COLUMN awaits_step INTEGER NOT NULL DEFAULT 0
  CHECK (awaits_step IN (0, 1));
ALTER TABLE activation ADD COLUMN step_inputs BLOB NOT NULL DEFAULT x'';
ALTER TABLE stage_run ADD COLUMN stepped_by TEXT NOT NULL DEFAULT '';
ALTER TABLE stage_run ADD COLUMN step_token TEXT NOT NULL DEFAULT '';
ALTER TABLE stage_run ADD COLUMN given_outputs BLOB NOT NULL DEFAULT x'';
)sql";

}  // namespace

const std::vector<Migration>& migrations() {
  static const std::vector<Migration> steps{
      {1, first_schema}, {2, second_schema},  {3, third_schema},     {4, fourth_schema},
      {5, fifth_schema}, {6, sixth_schema},   {7, seventh_schema},   {8, eighth_schema},
      {9, ninth_schema}, {10, tenth_schema},  {11, eleventh_schema}, {12, twelfth_schema},
      {13, lane_schema}, {14, asking_schema}, {15, signal_schema},   {16, act_schema}};
  return steps;
}

int schema_version() {
  return migrations().back().number;
}

void migrate(Connection& connection, const std::vector<Migration>& steps) {
  const std::int64_t at = connection.number("PRAGMA user_version");
  for (const Migration& step : steps) {
    if (step.number <= at) continue;
    connection.execute("BEGIN IMMEDIATE");
    try {
      connection.execute(step.sql);
      connection.execute("PRAGMA user_version = " + std::to_string(step.number));
      connection.execute("COMMIT");
    } catch (...) {
      connection.roll_back();
      throw;
    }
  }
}

}  // namespace antiphon::store
