// SPDX-License-Identifier: MIT
// Opening a store without changing one byte on the disk: neither the file, nor its log, nor the
// files that SQLite makes beside one in WAL mode. A plane that was killed leaves committed rows in
// its log, so the log is read too, and not folded into the file.
#pragma once

#include <memory>
#include <string>

namespace SQLite {
class Database;
}

namespace antiphon::store {

/// Whether there is a log with anything in it.
bool has_log(const std::string& path);

/// Nobody may write the file meanwhile: no lock of SQLite's is taken. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open_untouched(const std::string& path);

}  // namespace antiphon::store
