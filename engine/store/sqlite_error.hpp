// SPDX-License-Identifier: MIT
// SQLite's failures in the words and kinds of the port.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <string>

#include "engine/store/store.hpp"

namespace antiphon::store {

StoreError translated(const SQLite::Exception& error, const std::string& path);

/// A row that this program cannot have written.
StoreError unreadable_row(const std::string& path, const std::string& what);

/// What to do about a store that cannot be read.
inline constexpr const char* corrupt_hint =
    "the file was left as it is; restore a backup, or move it away to begin with an empty store";

/// Calls `body`; what SQLite throws in it comes out as StoreError.
template <class Body>
decltype(auto) guarded(const std::string& path, Body&& body) {
  try {
    return body();
  } catch (const SQLite::Exception& error) {
    throw translated(error, path);
  }
}

}  // namespace antiphon::store
