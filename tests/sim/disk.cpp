// SPDX-License-Identifier: MIT
#include "tests/sim/disk.hpp"

#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "engine/core/check.hpp"
#include "engine/store/memory_store.hpp"
#include "engine/store/migrations.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_store.hpp"

namespace antiphon::sim {
namespace {

namespace fs = std::filesystem;

std::string hex(Dice& dice) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 32; ++i) text += digits[static_cast<std::size_t>(dice.below(16))];
  return text;
}

constexpr std::string_view folder_prefix = "antiphon-sim-";

/// Whether it is the folder of a process that is there no more: it was killed.
bool is_left_behind(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(folder_prefix)) return false;
  pid_t pid = 0;
  const auto [end, error] =
      std::from_chars(name.data() + folder_prefix.size(), name.data() + name.size(), pid);
  return error == std::errc{} && end == name.data() + name.size() && pid > 0 && kill(pid, 0) != 0 &&
         errno == ESRCH;
}

/// In memory where the system has such a folder; gone with the process, or when the next one comes.
class Folder {
 public:
  Folder() {
    const fs::path base = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(base, ignored)) {
      if (is_left_behind(entry.path())) fs::remove_all(entry.path(), ignored);
    }
    path_ = base / (std::string(folder_prefix) + std::to_string(getpid()));
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path path() const { return path_; }

 private:
  fs::path path_;
};

/// An empty store of today's schema, so that not each one has to be migrated.
void copy_template(const fs::path& base, const std::string& file) {
  const fs::path made = base / "template.db";
  if (!fs::exists(made)) {
    std::ofstream{made};
    store::Connection connection(made.string(), store::Connection::Access::write);
    connection.make_durable();
    store::migrate(connection, store::migrations());
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  fs::copy_file(made, file);
}

const fs::path& folder() {
  static const Folder folder;
  static const fs::path path = folder.path();
  return path;
}

/// SQLite for one thread of one process, whose files nobody else opens: the log's index in memory,
/// no locks, no statistics.
bool make_sqlite_quick() {
  sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_initialize();
  return sqlite3_vfs_register(sqlite3_vfs_find("unix-excl"), 1) == SQLITE_OK;
}

}  // namespace

std::unique_ptr<store::Store> open_virtual_disk(std::unique_ptr<store::Store> old,
                                                std::string& file, const core::PlaneName& plane,
                                                bool sqlite, Dice& dice) {
  static std::uint64_t files = 0;
  if (!sqlite) {
    if (old) return store::reopen_memory_store(*old);
    return store::make_memory_store(plane, {hex(dice), hex(dice)});
  }
  static const bool quick = make_sqlite_quick();
  ANTIPHON_CHECK(quick);
  old.reset();
  store::Minted minted;
  if (file.empty()) {
    file = (folder() / (plane.text() + "-" + std::to_string(++files) + ".db")).string();
    minted = {hex(dice), hex(dice)};
    copy_template(folder(), file);
  }
  return store::open_sqlite(file, plane, minted);
}

void remove_virtual_disk(const std::string& file) {
  if (file.empty()) return;
  for (const char* ending : {"", "-wal", "-shm", ".lock"}) {
    std::error_code ignored;
    fs::remove(file + ending, ignored);
  }
}

}  // namespace antiphon::sim
