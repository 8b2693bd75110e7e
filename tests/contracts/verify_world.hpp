// SPDX-License-Identifier: MIT
// A small sound store to be damaged, and what its verification finds.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_verify.hpp"
#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {

std::string content(const std::filesystem::path& path);
void write(const std::filesystem::path& path, const std::string& bytes);

/// Writes a campaign version with its trigger, an own run "a1" between its stages, a commanded one
/// "c1" at work, and a row of each other kind.
void fill(store::Transaction& rows);

struct File {
  TempDir folder;
  std::string path = (folder / "hq.db").string();

  std::unique_ptr<store::Store> open() const {
    return store::open_sqlite(path, plane("hq"), minted);
  }
  /// Filled and closed.
  void make() const;
  void damage(const std::string& sql) const;
};

struct Outcome {
  core::Result<store::Verified> verified;
  std::vector<store::Finding> found;

  /// "rule text" of each finding, a line each.
  std::string text() const;
};

Outcome verify(const std::string& path,
               const std::function<void(std::int64_t, std::int64_t)>& progress = {});

/// The same; the folder of the file has to be as before.
Outcome verify_untouched(const File& file);

}  // namespace antiphon::test
