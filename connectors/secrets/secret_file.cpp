// SPDX-License-Identifier: MIT
#include "connectors/secrets/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "engine/core/status.hpp"

namespace antiphon::secrets {
namespace {

namespace fs = std::filesystem;
namespace status = core::status;

/// A file of several fields, each of which has a bound of its own.
constexpr std::size_t file_bytes = 256 * 1024;

constexpr std::int64_t nanoseconds = 1'000'000'000;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }

 private:
  int number_;
};

std::int64_t in_ns(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * nanoseconds + time.tv_nsec;
}

tl::unexpected<core::Error> unreadable(const fs::path& path, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  return core::failure(
      absent ? status::not_found : status::forbidden,
      path.string() + " cannot be read (" + std::generic_category().message(error) + ")");
}

core::Result<void> check_facts(const fs::path& path, const struct stat& facts) {
  if (!S_ISREG(facts.st_mode)) {
    return core::failure(status::bad_request, path.string() + " is no regular file");
  }
  if (facts.st_uid != ::geteuid()) {
    return core::failure(status::forbidden, path.string() + " belongs to another user",
                         "chown it to the user that runs the plane");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return core::failure(status::forbidden, "others may read or change " + path.string(),
                         "chmod 600 " + path.string());
  }
  if (static_cast<std::uint64_t>(facts.st_size) > file_bytes) {
    return core::failure(status::too_large,
                         path.string() + " has more than " + std::to_string(file_bytes) + " bytes");
  }
  return {};
}

}  // namespace

core::Result<FileMark> look_at_secret_file(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return unreadable(path, errno);
  if (auto fit = check_facts(path, facts); !fit) return tl::unexpected<core::Error>(fit.error());
  return FileMark{facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size),
                  in_ns(facts.st_mtim), in_ns(facts.st_ctim)};
}

core::Result<std::string> read_secret_file(const fs::path& path) {
  // What is judged is what is read; a pipe that somebody put there blocks nobody.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return unreadable(path, errno);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return unreadable(path, errno);
  if (auto fit = check_facts(path, facts); !fit) return tl::unexpected<core::Error>(fit.error());
  std::string text(file_bytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

core::Result<void> check_secret_folder(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return unreadable(path, errno);
  if (!S_ISDIR(facts.st_mode)) {
    return core::failure(status::bad_request, path.string() + " is no folder");
  }
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return core::failure(status::forbidden, path.string() + " belongs to another user",
                         "chown it to the user that runs the plane");
  }
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return core::failure(status::forbidden, "others may put files into " + path.string(),
                         "chmod 700 " + path.string());
  }
  return {};
}

}  // namespace antiphon::secrets
