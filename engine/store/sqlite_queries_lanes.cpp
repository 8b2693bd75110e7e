// SPDX-License-Identifier: MIT
// The statements on lanes of triggers.
#include "engine/store/sqlite_queries.hpp"

namespace antiphon::store {

std::string lane_query(Query query) {
  const std::string sums =
      "SELECT count(*), ifnull(sum(gathered + waiting), 0), "
      "ifnull(sum(gathered_bytes + waiting_bytes), 0) FROM lane";
  const std::string columns =
      "id, \"trigger\", activation, until, due, gathered, gathered_bytes, waiting, waiting_bytes, "
      "next_seq";
  const std::string select = "SELECT " + columns + " FROM lane ";
  switch (query) {
    case Query::lane_select:
      return select + "WHERE id = ?1";
    case Query::lane_put:
      return "INSERT OR REPLACE INTO lane (" + columns +
             ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    case Query::lane_delete:
      return "DELETE FROM lane WHERE id = ?1";
    case Query::lane_free:
      return "UPDATE lane SET due = min(ifnull(due, ?2), ?2) "
             "WHERE activation = ?1 AND activation <> ''";
    case Query::lane_load:
      return sums;
    case Query::lane_load_of:
      return sums + " WHERE id >= ?1 AND id < ?2";
    case Query::lanes_after:
      return select + "WHERE id > ?1 ORDER BY id LIMIT ?2";
    case Query::lanes_close:
      return "UPDATE lane SET until = ?3, due = ?3 WHERE id >= ?1 AND id < ?2 AND gathered > 0";
    case Query::lanes_due:
      return select + "WHERE due <= ?1 ORDER BY due LIMIT ?2";
    case Query::due_next_lane:
      return "SELECT due FROM lane WHERE due IS NOT NULL ORDER BY due LIMIT 1";
    case Query::lane_event_insert:
      return "INSERT INTO lane_event (lane, ready, seq, hash, message) VALUES (?1, ?2, ?3, ?4, ?5)";
    case Query::lane_events_select:
      return "SELECT seq, hash, message FROM lane_event WHERE lane = ?1 AND ready = ?2 "
             "ORDER BY seq LIMIT ?3";
    case Query::lane_events_erase:
      return "DELETE FROM lane_event WHERE lane = ?1 AND ready = ?2 AND seq <= ?3";
    default:
      return {};
  }
}

}  // namespace antiphon::store
