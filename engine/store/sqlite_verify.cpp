// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_verify.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/core/status.hpp"
#include "engine/store/lock_file.hpp"
#include "engine/store/migrations.hpp"
#include "engine/store/sqlite_error.hpp"
#include "engine/store/sqlite_inspection.hpp"
#include "engine/store/sqlite_recognise.hpp"
#include "engine/store/sqlite_untouched.hpp"

namespace antiphon::store {
namespace {

namespace fs = std::filesystem;

/// What changes when somebody writes: sizes and times of the file and its log.
std::array<std::int64_t, 6> fingerprint(const std::string& path) {
  std::array<std::int64_t, 6> print{};
  std::size_t at = 0;
  for (const char* end : {"", "-wal"}) {
    struct stat facts {};
    const bool there = ::stat((path + end).c_str(), &facts) == 0;
    print[at++] = there ? facts.st_size : -1;
    print[at++] = facts.st_mtim.tv_sec;
    print[at++] = facts.st_mtim.tv_nsec;
  }
  return print;
}

/// Throws StoreError for what nobody would call a store, before SQLite sees it.
void refuse_no_store(const std::string& path) {
  const auto refuse = [](const std::string& why) {
    throw StoreError(StoreError::Kind::other, why);
  };
  struct stat facts {};
  const bool there = ::stat(path.c_str(), &facts) == 0;
  if (!there || ::access(path.c_str(), R_OK) != 0) {
    refuse("cannot open store '" + path + "': " + std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) refuse("'" + path + "' is no file");
  if (facts.st_size == 0 && !has_log(path)) {
    refuse("'" + path + "' is empty: no plane has begun with it");
  }
  // What is opened untouched is not mended, so it would be judged half-written.
  struct stat journal {};
  if (::stat((path + "-journal").c_str(), &journal) == 0 && journal.st_size > 0) {
    refuse("'" + path + "' was being written when its program died; serve it once, which mends it");
  }
  refuse_no_database(path);
}

std::uint32_t big_endian(const unsigned char* bytes, int count) {
  std::uint32_t number = 0;
  for (int i = 0; i < count; ++i) number = number << 8U | bytes[i];
  return number;
}

/// The file's own word on its length, at its places in the head of every SQLite file; a log, where
/// there is one, may know better.
void check_length(const std::string& path, const VerifyHooks& hooks) {
  std::array<unsigned char, 100> head{};
  std::ifstream(path, std::ios::binary).read(reinterpret_cast<char*>(head.data()), head.size());
  const std::uint64_t page = big_endian(&head[16], 2) == 1 ? 65'536 : big_endian(&head[16], 2);
  const std::uint64_t whole = page * big_endian(&head[28], 4);
  const auto size = static_cast<std::uint64_t>(fs::file_size(path));
  if (has_log(path) || size >= whole) return;
  hooks.found({"file",
               {},
               "it was cut off: " + std::to_string(size) + " of " + std::to_string(whole) +
                   " bytes are left"});
}

void refuse_unready(Connection& connection) {
  if (!is_store(connection)) {
    throw StoreError(StoreError::Kind::other,
                     "'" + connection.path() + "' has no tables: no plane has begun with it");
  }
  const std::int64_t schema = connection.number("PRAGMA user_version");
  if (schema == schema_version()) return;
  throw StoreError(StoreError::Kind::other,
                   "store '" + connection.path() + "' has schema " + std::to_string(schema) +
                       ", and this program checks schema " + std::to_string(schema_version()) +
                       "; serve it once, which brings it up to date, or check it with the antiphon "
                       "that wrote it");
}

Verified inspect(const std::string& path, const VerifyHooks& hooks) {
  check_length(path, hooks);
  Verified verified;
  try {
    SqliteInspection inspection(path, hooks);
    refuse_unready(inspection.connection());
    verified.schema = schema_version();
    inspection.check(verified);
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::other || error.kind() == StoreError::Kind::newer) throw;
    hooks.found({"file", {}, "it cannot be read any further: " + bare_text(error, path)});
  }
  return verified;
}

/// A name that only points at the file has no lock of its own.
core::Result<LockFile> lock(const std::string& path) {
  const std::string file = fs::is_symlink(path) ? fs::canonical(path).string() : path;
  auto held = LockFile::take_if_there(file);
  if (held) return held;
  return core::failure(held.error().status, held.error().message,
                       "stop that process first, or check a backup");
}

}  // namespace

core::Result<Verified> verify_sqlite(const std::string& path, const VerifyHooks& hooks) {
  try {
    refuse_no_store(path);
    const auto held = lock(path);
    if (!held) return tl::unexpected<core::Error>(held.error());
    const auto before = fingerprint(path);
    const Verified verified = inspect(path, hooks);
    if (fingerprint(path) == before) return verified;
  } catch (const StoreError& error) {
    return core::failure(core::status::bad_request, error.what());
  }
  return core::failure(core::status::conflict, "'" + path + "' changed while it was checked",
                       "stop what writes to it, and check it again");
}

}  // namespace antiphon::store
