// SPDX-License-Identifier: MIT
// The tables of lanes, as the migration that brings them writes them: what triggers have heard and
// not started yet.
#pragma once

namespace antiphon::store {

inline constexpr const char* lane_schema = R"sql(
CREATE TABLE lane (
  id             TEXT PRIMARY KEY NOT NULL,
  "trigger"      TEXT NOT NULL,
  activation     TEXT NOT NULL,
  until          INTEGER,
  due            INTEGER,
  gathered       INTEGER NOT NULL,
  gathered_bytes INTEGER NOT NULL,
  waiting        INTEGER NOT NULL,
  waiting_bytes  INTEGER NOT NULL,
  next_seq       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lane_due ON lane (due) WHERE due IS NOT NULL;
CREATE INDEX lane_activation ON lane (activation) WHERE activation <> '';
CREATE TABLE lane_event (
  lane    TEXT NOT NULL,
  ready   INTEGER NOT NULL CHECK (ready IN (0, 1)),
  seq     INTEGER NOT NULL,
  hash    TEXT NOT NULL,
  message BLOB NOT NULL,
  PRIMARY KEY (lane, ready, seq)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace antiphon::store
