// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_recognise.hpp"

#include <fstream>
#include <string_view>

#include "engine/store/migrations.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_error.hpp"

namespace antiphon::store {
namespace {

void refuse_newer(Connection& connection) {
  const std::int64_t schema = connection.number("PRAGMA user_version");
  if (schema <= schema_version()) return;
  throw StoreError(StoreError::Kind::newer,
                   "store '" + connection.path() + "' has schema " + std::to_string(schema) +
                       " and this program knows schemas up to " + std::to_string(schema_version()) +
                       "; run the newer antiphon that wrote it, or restore a backup from before");
}

/// The first bytes of a file, as many as it has.
std::string head_of(const std::string& path, std::size_t size) {
  std::ifstream file(path, std::ios::binary);
  std::string head(size, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

/// A file that was being written when the power went may begin with anything; SQLite's journal or
/// log beside it mends that.
bool has_sqlite_beside(const std::string& path) {
  constexpr std::string_view journal_magic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
  constexpr std::string_view log_magic("\x37\x7f\x06", 3);
  return head_of(path + "-journal", journal_magic.size()) == journal_magic ||
         head_of(path + "-wal", log_magic.size()) == log_magic;
}

}  // namespace

void refuse_no_database(const std::string& path) {
  constexpr std::string_view magic("SQLite format 3\0", 16);
  const std::string head = head_of(path, magic.size());
  if (head.empty() || head == magic || has_sqlite_beside(path)) return;
  throw unreadable_row(path, "it is no store: it does not begin like an SQLite file");
}

bool is_store(Connection& connection) {
  if (connection.number("SELECT count(*) FROM sqlite_schema") == 0) return false;
  if (connection.number("PRAGMA application_id") != application_id) {
    throw StoreError(StoreError::Kind::other,
                     "'" + connection.path() +
                         "' is an SQLite file of another program, not a store; it was left as it "
                         "is: name another file");
  }
  refuse_newer(connection);
  return true;
}

}  // namespace antiphon::store
