// SPDX-License-Identifier: MIT
// Whether a store file is sound: the file as SQLite sees it, the plane's rows, and every invariant
// of every run. Nothing on the disk is changed. Memory is that of the largest run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/store/records.hpp"

namespace antiphon::store {

struct Finding {
  /// A rule of core/invariants.hpp or core/invariants_plane.hpp, or
  ///   file  what SQLite's own check found
  ///   rows  a row that no plane can have written, or that belongs to nothing
  ///   I2    a request is remembered for longer than it may
  std::string rule;
  std::string run;   ///< id of the run that it is about; empty: it is about none
  std::string text;  ///< which row, and what is wrong with it
};

/// What was looked at. After damage to the file itself it may be less than there is.
struct Verified {
  core::PlaneName plane;    ///< empty: unknown, or no plane has begun with the file
  std::int64_t schema = 0;  ///< 0: could not be read
  bool clean = true;        ///< the last process closed it in order
  std::int64_t versions = 0;
  std::int64_t triggers = 0;
  std::int64_t objects = 0;
  std::int64_t runs = 0;
  std::int64_t stage_runs = 0;
  std::int64_t tasks = 0;
};

struct VerifyHooks {
  ReadDocument read_document;
  std::function<void(Finding)> found;
  /// So many of so many runs were checked.
  std::function<void(std::int64_t done, std::int64_t all)> progress;
};

/// Holds the store's lock while it reads. Fails with status conflict when another process has the
/// store or changed it meanwhile, with others when the path names no store that this program knows.
core::Result<Verified> verify_sqlite(const std::string& path, const VerifyHooks& hooks);

}  // namespace antiphon::store
