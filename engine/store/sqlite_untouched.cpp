// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_untouched.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace antiphon::store {
namespace {

/// The path in a URI of SQLite's, where these characters would end it.
std::string escaped(const std::string& path) {
  std::string text;
  for (const char c : path) {
    switch (c) {
      case '%':
        text += "%25";
        break;
      case '?':
        text += "%3f";
        break;
      case '#':
        text += "%23";
        break;
      default:
        text += c;
    }
  }
  return text;
}

}  // namespace

bool has_log(const std::string& path) {
  struct stat facts {};
  return ::stat((path + "-wal").c_str(), &facts) == 0 && facts.st_size > 0;
}

std::unique_ptr<SQLite::Database> open_untouched(const std::string& path) {
  const int flags = SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX;
  if (!has_log(path)) {
    // Immutable: SQLite looks for no log, and makes none.
    return std::make_unique<SQLite::Database>("file:" + escaped(path) + "?immutable=1",
                                              flags | SQLite::OPEN_URI);
  }
  // Without locks the connection can be the only one, and then the index of the log is in memory
  // instead of in a file; the end of the only connection must not fold the log in.
  constexpr int no_patience = 0;
  auto database = std::make_unique<SQLite::Database>(path, flags, no_patience, "unix-none");
  sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  database->exec("PRAGMA locking_mode = EXCLUSIVE");
  return database;
}

}  // namespace antiphon::store
