// SPDX-License-Identifier: MIT
// The durable store: one SQLite file per plane, WAL, one sync per commit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/store/store.hpp"

namespace antiphon::store {

struct SqliteSettings {
  /// How many pages of 4 KiB the file may have; past it a write is Kind::full. 0: as many as the
  /// disk holds.
  std::int64_t pages_most = 0;
};

/// Opens the file for serving: takes its lock (lock_file.hpp) for as long as the store lives, makes
/// the file with the minted identity when there is none, brings its schema up to date, counts the
/// boot and notes that it is not closed.
///
/// Throws StoreError, with the file as it was, when another process has it, when it is another
/// plane's, another program's, of a newer schema (Kind::newer), or cannot be read (Kind::corrupt).
std::unique_ptr<Store> open_sqlite(const std::string& path, const core::PlaneName& plane,
                                   const Minted& minted, const SqliteSettings& settings = {});

}  // namespace antiphon::store
