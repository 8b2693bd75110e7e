// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_error.hpp"

#include <sqlite3.h>

namespace antiphon::store {
namespace {

StoreError::Kind kind_of(int code) {
  // SQLite makes the file that connections share larger by writing to it, and tells so for any
  // reason; what it lacks is room.
  if (code == SQLITE_IOERR_SHMSIZE) return StoreError::Kind::full;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return StoreError::Kind::full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return StoreError::Kind::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreError::Kind::corrupt;
    default:
      return StoreError::Kind::other;
  }
}

const char* hint_of(int code) {
  switch (kind_of(code)) {
    case StoreError::Kind::full:
      return "make room on its disk, nothing of the transaction was kept";
    case StoreError::Kind::corrupt:
      return corrupt_hint;
    case StoreError::Kind::io:
      return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY
                 ? "its folder and file must be there and writable for this user"
                 : "";
    default:
      return "";
  }
}

}  // namespace

StoreError translated(const SQLite::Exception& error, const std::string& path) {
  const int code =
      error.getExtendedErrorCode() > 0 ? error.getExtendedErrorCode() : error.getErrorCode();
  std::string text =
      "store '" + path + "': " + error.what() + " (SQLite " + std::to_string(code) + ")";
  if (const std::string hint = hint_of(code); !hint.empty()) text += "; " + hint;
  return {kind_of(code), text};
}

StoreError unreadable_row(const std::string& path, const std::string& what) {
  return {StoreError::Kind::corrupt, "store '" + path + "': " + what + "; " + corrupt_hint};
}

}  // namespace antiphon::store
