// SPDX-License-Identifier: MIT
// Begin, commit, leave no trace.
#include "engine/store/sqlite_transaction.hpp"

#include <limits>

#include "engine/store/sqlite_statement.hpp"

namespace antiphon::store {

std::int64_t sql_limit(std::size_t limit) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return limit > static_cast<std::size_t>(most) ? most : static_cast<std::int64_t>(limit);
}

StoreError not_stored(const std::string& path, const std::string& what) {
  return {StoreError::Kind::other, "store '" + path + "': " + what + " is not stored"};
}

SqliteTransaction::SqliteTransaction(Connection& connection, ActivationKeys& keys)
    : connection_(connection), keys_(keys) {
  connection_.prepared(Query::begin).run();
}

SqliteTransaction::~SqliteTransaction() {
  if (committed_) return;
  connection_.roll_back();
  keys_.forget();
}

void SqliteTransaction::commit() {
  if (const auto id = keys_.missing()) {
    throw not_stored(connection_.path(), "activation " + id->text() + ", which has rows,");
  }
  connection_.prepared(Query::commit).run();
  committed_ = true;
}

ActivationKey SqliteTransaction::existing(const core::ActivationId& id, const std::string& what) {
  if (const auto key = keys_.find(id)) return *key;
  throw not_stored(connection_.path(), what);
}

}  // namespace antiphon::store
