// SPDX-License-Identifier: MIT
// One connection to a store file, with its settings and its prepared statements. Everything that
// SQLite or SQLiteCpp throws leaves here as StoreError. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/sqlite_queries.hpp"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace antiphon::store {

class Statement;

class Connection {
 public:
  enum class Access {
    write,      ///< the owner's; the file must exist, an empty one is an empty database
    read,       ///< sees what is committed at each statement, beside a writer
    untouched,  ///< reads a file that nobody writes, and leaves no trace (sqlite_untouched.hpp)
  };

  Connection(const std::string& path, Access access);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& path() const { return path_; }

  /// WAL, synced at each commit, and the bounds of both (architecture.md, The contract of the
  /// shell). Writes to the file, so it comes after the file was recognised as ours: until then a
  /// log that somebody left beside it is not folded in, not even at the end.
  void make_durable();

  /// Statements without parameters or results.
  void execute(const std::string& sql);
  /// First column of the first row; 0 without a row.
  std::int64_t number(const std::string& sql);
  /// Each row as text, columns joined by '|', null as "". For diagnosis and tests.
  std::vector<std::string> lines(const std::string& sql);

  /// The query's statement, prepared at its first use and kept. In use already, it gives a second
  /// one for the while.
  Statement prepared(Query query);
  /// A statement of its own; its text is known only now.
  Statement prepare(const std::string& sql);

  /// Ends an open transaction without a trace; nothing to do if there is none. Never throws.
  void roll_back() noexcept;

 private:
  struct Slot {
    std::unique_ptr<SQLite::Statement> statement;
    bool busy = false;
  };
  void keep_log(bool keep);
  std::unique_ptr<SQLite::Statement> compile(const std::string& sql);

  std::string path_;
  std::unique_ptr<SQLite::Database> database_;
  std::array<Slot, static_cast<std::size_t>(Query::count_)> slots_;
};

}  // namespace antiphon::store
