// SPDX-License-Identifier: MIT
// The registry's objects.
#include "engine/store/sqlite_rows.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {

std::optional<core::Object> SqliteTransaction::object(const core::ObjectKey& key) {
  Statement statement = connection_.prepared(Query::object_select);
  statement.bind(key.kind, key.name_space, key.name);
  if (!statement.step()) return std::nullopt;
  return read_object(statement);
}

void SqliteTransaction::put(const core::Object& object) {
  Statement statement = connection_.prepared(Query::object_put);
  bind_row(statement, object);
  statement.run();
}

namespace {

std::vector<core::Object> page_behind(Statement&& statement, const core::ObjectKey& after,
                                      std::size_t limit) {
  statement.bind(after.kind, after.name_space, after.name, sql_limit(limit));
  std::vector<core::Object> found;
  while (statement.step()) found.push_back(read_object(statement));
  return found;
}

}  // namespace

std::vector<core::Object> SqliteTransaction::objects(const core::ObjectKey& after,
                                                     std::size_t limit) {
  return page_behind(connection_.prepared(Query::objects_behind), after, limit);
}

std::vector<core::Object> SqliteTransaction::gone_objects(const core::ObjectKey& after,
                                                          std::size_t limit) {
  return page_behind(connection_.prepared(Query::objects_gone_behind), after, limit);
}

core::ObjectCounts SqliteTransaction::count_objects() {
  const auto count = [this](Query query) {
    Statement statement = connection_.prepared(query);
    statement.step();
    return static_cast<std::size_t>(statement.number());
  };
  return {count(Query::objects_kept), count(Query::objects_gone)};
}

std::size_t SqliteTransaction::forget_objects(core::Instant before, std::size_t limit) {
  Statement statement = connection_.prepared(Query::objects_forget);
  statement.bind(before, sql_limit(limit));
  return static_cast<std::size_t>(statement.run());
}

}  // namespace antiphon::store
