// SPDX-License-Identifier: MIT
// Lanes of triggers.
#include <limits>

#include "engine/store/sqlite_rows.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {
std::optional<core::Lane> SqliteTransaction::lane(std::string_view id) {
  Statement statement = connection_.prepared(Query::lane_select);
  statement.bind(id);
  if (!statement.step()) return std::nullopt;
  return read_lane(statement);
}

void SqliteTransaction::put(const core::Lane& lane) {
  Statement statement = connection_.prepared(Query::lane_put);
  bind_row(statement, lane);
  statement.run();
}

void SqliteTransaction::erase_lane(std::string_view id) {
  constexpr auto every = std::numeric_limits<std::int64_t>::max();
  for (const bool ready : {false, true}) erase_lane_events(id, ready, every);
  connection_.prepared(Query::lane_delete).bind(id).run();
}

void SqliteTransaction::free_lane(const core::ActivationId& activation, core::Instant now) {
  connection_.prepared(Query::lane_free).bind(activation, now).run();
}

core::LaneLoad SqliteTransaction::lane_load() {
  Statement statement = connection_.prepared(Query::lane_load);
  statement.step();
  return read_load(statement);
}

std::vector<core::Lane> SqliteTransaction::lanes(std::string_view after, std::size_t limit) {
  Statement statement = connection_.prepared(Query::lanes_after);
  statement.bind(after, sql_limit(limit));
  std::vector<core::Lane> found;
  while (statement.step()) found.push_back(read_lane(statement));
  return found;
}

void SqliteTransaction::close_lanes(const core::Namespace& name_space,
                                    const core::CampaignName& campaign, core::Instant now) {
  const std::string ids = name_space.text() + "/" + campaign.text();
  connection_.prepared(Query::lanes_close).bind(ids + "/", ids + after_slash, now).run();
}

std::vector<core::Lane> SqliteTransaction::due_lanes(core::Instant now, std::size_t limit) {
  Statement statement = connection_.prepared(Query::lanes_due);
  statement.bind(now, sql_limit(limit));
  std::vector<core::Lane> found;
  while (statement.step()) found.push_back(read_lane(statement));
  return found;
}

void SqliteTransaction::add(std::string_view lane, const core::LaneEvent& event) {
  Statement statement = connection_.prepared(Query::lane_event_insert);
  statement.bind(lane, event.ready, event.seq, event.hash, Bytes{event.message});
  statement.run();
}

std::vector<core::LaneEvent> SqliteTransaction::lane_events(std::string_view lane, bool ready,
                                                            std::size_t limit) {
  Statement statement = connection_.prepared(Query::lane_events_select);
  statement.bind(lane, ready, sql_limit(limit));
  std::vector<core::LaneEvent> found;
  while (statement.step()) found.push_back(read_lane_event(statement, ready));
  return found;
}

void SqliteTransaction::erase_lane_events(std::string_view lane, bool ready, std::int64_t through) {
  connection_.prepared(Query::lane_events_erase).bind(lane, ready, through).run();
}

}  // namespace antiphon::store
