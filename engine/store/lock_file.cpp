// SPDX-License-Identifier: MIT
#include "engine/store/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/core/status.hpp"

namespace antiphon::store {
namespace {

int open_lock(const std::string& store_path, int flags) {
  // Close-on-exec: a lock belongs to the open file, and a detached script would go on holding it.
  return ::open((store_path + ".lock").c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
}

std::string read_holder(int descriptor) {
  std::array<char, 32> text{};
  const auto got = ::pread(descriptor, text.data(), text.size() - 1, 0);
  if (got <= 0) return {};
  const std::string holder(text.data(), static_cast<std::size_t>(got));
  return holder.substr(0, holder.find('\n'));
}

/// False when the pid could not be written; the lock holds all the same, a refused process just
/// cannot say who has it.
bool write_holder(int descriptor) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  return ::ftruncate(descriptor, 0) == 0 &&
         ::pwrite(descriptor, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
}

}  // namespace

core::Result<LockFile> LockFile::take(const std::string& store_path) {
  return hold(open_lock(store_path, O_CREAT), store_path);
}

core::Result<LockFile> LockFile::take_if_there(const std::string& store_path) {
  const int descriptor = open_lock(store_path, 0);
  // Where none can be made, no plane can have one either.
  if (descriptor < 0 && (errno == ENOENT || errno == EROFS)) return LockFile(-1);
  return hold(descriptor, store_path);
}

core::Result<LockFile> LockFile::hold(int descriptor, const std::string& store_path) {
  const std::string path = store_path + ".lock";
  if (descriptor < 0) {
    return core::failure(core::status::internal_error,
                         "cannot open the lock file '" + path + "': " + std::strerror(errno),
                         "the store's folder must exist and be writable for this user");
  }
  LockFile held(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    static_cast<void>(write_holder(descriptor));
    return held;
  }
  if (errno != EWOULDBLOCK) {
    return core::failure(core::status::internal_error,
                         "cannot lock '" + path + "': " + std::strerror(errno));
  }
  const std::string holder = read_holder(descriptor);
  return core::failure(
      core::status::conflict,
      "store '" + store_path + "' is in use by process " + (holder.empty() ? "(unknown)" : holder),
      "stop that process first, or give this one a store of its own");
}

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

LockFile::~LockFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
}

}  // namespace antiphon::store
