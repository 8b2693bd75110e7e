// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_connection.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include "engine/store/sqlite_error.hpp"
#include "engine/store/sqlite_statement.hpp"
#include "engine/store/sqlite_untouched.hpp"

namespace antiphon::store {
namespace {

// Only an operator's own sqlite3 shell or a checkpoint can be in the way; neither takes long.
constexpr int busy_timeout_ms = 5'000;

// A checkpoint each 16 MB of log keeps the replay at open near 20 ms and its stalls short; a reader
// that holds an old snapshot lets the log grow, and the next reset cuts it back to the limit.
constexpr const char* durable_settings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 4096;"
    "PRAGMA journal_size_limit = 67108864;";

// Page checks cost little and find a broken page before it is used. Deleted bytes are zeroed only
// where the page is written anyway: nothing in here is secret beyond what the file's mode protects.
constexpr const char* common_settings =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA secure_delete = FAST;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -4096;";

int flags_of(Connection::Access access) {
  // A connection is used by one thread at a time, so SQLite's own mutex is only cost.
  return SQLite::OPEN_NOMUTEX |
         (access == Connection::Access::read ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE);
}

}  // namespace

Connection::Connection(const std::string& path, Access access) : path_(path) {
  database_ = guarded(path_, [&] {
    if (access == Access::untouched) return open_untouched(path);
    return std::make_unique<SQLite::Database>(path, flags_of(access), busy_timeout_ms);
  });
  execute(common_settings);
  if (access == Access::write && has_log(path)) keep_log(true);
}

Connection::~Connection() {
  // Statements first: a connection with live ones would not close.
  for (Slot& slot : slots_) slot.statement.reset();
}

void Connection::make_durable() {
  keep_log(false);
  execute(durable_settings);
}

void Connection::keep_log(bool keep) {
  sqlite3_db_config(database_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0,
                    nullptr);
}

void Connection::execute(const std::string& sql) {
  guarded(path_, [&] { database_->exec(sql); });
}

std::int64_t Connection::number(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.number() : 0;
}

std::vector<std::string> Connection::lines(const std::string& sql) {
  std::vector<std::string> found;
  guarded(path_, [&] {
    SQLite::Statement statement(*database_, sql);
    while (statement.executeStep()) {
      std::string line;
      for (int i = 0; i < statement.getColumnCount(); ++i) {
        if (i > 0) line += '|';
        line += statement.getColumn(i).getString();
      }
      found.push_back(std::move(line));
    }
  });
  return found;
}

std::unique_ptr<SQLite::Statement> Connection::compile(const std::string& sql) {
  return guarded(path_, [&] { return std::make_unique<SQLite::Statement>(*database_, sql); });
}

Statement Connection::prepared(Query query) {
  Slot& slot = slots_[static_cast<std::size_t>(query)];
  if (slot.busy) return {compile(text_of(query)), path_};
  if (!slot.statement) slot.statement = compile(text_of(query));
  return {*slot.statement, path_, slot.busy};
}

Statement Connection::prepare(const std::string& sql) {
  return {compile(sql), path_};
}

void Connection::roll_back() noexcept {
  // SQLite ends a transaction by itself after some failures; asking again would be an error.
  if (sqlite3_get_autocommit(database_->getHandle()) != 0) return;
  database_->tryExec("ROLLBACK");
}

}  // namespace antiphon::store
