// SPDX-License-Identifier: MIT
// Folders in which a store meets its faults, and the loop over all of them.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "tests/crash/fault_vfs.hpp"
#include "tests/crash/store_workload.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::test {

/// Ways in which a disk loses what was not synced: all of it, and parts. See DiskImage::lose_power.
inline constexpr std::uint64_t power_seeds[] = {0, 2, 3};

/// A folder with no store yet.
struct EmptyPlace {
  TempDir folder;
  std::string path = (folder / "hq.db").string();
};

/// A folder with a store that was made and closed.
struct Place : EmptyPlace {
  Place() {
    static const std::string file = [this] {
      const FaultVfs working;
      make_store(path);
      return bytes_of(path);
    }();
    write_bytes(path, file);
  }

  Outcome made{.opened = 1, .closed = true};
};

/// A store in a `Where` meets the fault at each of the operations in turn, until it is hit no more:
/// `live(place, disk)` has the faulty disk and gives an Outcome, `check(place, outcome)` comes when
/// the disk works again. How often the fault was hit.
template <class Where, class Live, class Check>
std::int64_t sweep(Fault fault, const std::set<Operation>& operations, Live live, Check check) {
  for (std::int64_t at = 1;; ++at) {
    CAPTURE(at);
    const Where place;
    Outcome outcome;
    {
      FaultVfs disk;
      disk.arm(fault, operations, at);
      outcome = live(place, disk);
      if (!disk.hit()) return at - 1;
    }
    check(place, outcome);
  }
}

/// Whatever came out is of the one kind and names the file.
inline void check_failures(const Outcome& outcome, store::StoreError::Kind kind,
                           const std::string& path) {
  for (const Outcome::Failure& failure : outcome.failures) {
    CAPTURE(failure.words);
    CHECK(failure.kind == kind);
    CHECK(contains(failure.words, path));
  }
  if (outcome.failures.empty()) CHECK(outcome.is_done);
}

}  // namespace antiphon::test
