// SPDX-License-Identifier: MIT
// What a disk would hold after the power was gone: every file as it was synced last, and whatever
// came later whole, in part, in another order or not at all. Bookkeeping beside the real files,
// which have everything.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::test {

class DiskImage {
 public:
  struct Change {
    bool is_truncation;
    std::size_t offset;  ///< of a truncation the new size
    std::string bytes;
  };
  /// A file that is or was there; deleted and made again it is another one.
  struct File {
    bool syncs_folder = false;
    std::string synced;
    std::vector<Change> changes;  ///< since the sync, in order
  };

  /// The file at the path. One that `was_there` and is seen for the first time counts as synced; of
  /// a new one the first sync also makes lasting which files its folder has, as SQLite does it.
  File& opened(const std::string& path, bool was_there);
  void wrote(File& file, std::int64_t offset, std::string_view bytes);
  void truncated(File& file, std::int64_t size);
  void synced(File& file);
  void removed(const std::string& path, bool folder_synced);

  /// Makes the real files what the disk kept. Seed 0: nothing that was not synced; 1: everything;
  /// others draw for each change, and in which order changes reach the disk. Nobody may have the
  /// files open.
  void lose_power(std::uint64_t seed);

 private:
  using Folder = std::map<std::string, File*>;

  std::list<File> files_;
  Folder now_;
  Folder lasting_;
};

}  // namespace antiphon::test
