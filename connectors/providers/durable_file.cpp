// SPDX-License-Identifier: MIT
#include "connectors/providers/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "connectors/providers/unique_fd.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

namespace fs = std::filesystem;

core::Result<void> write_all(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_failure("cannot write " + path.string(), errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Several may write the same file at once, each through a file of its own: a thread id is unique
/// over all processes.
fs::path draft_of(const fs::path& path) {
  return path.string() + "." + std::to_string(::gettid());
}

core::Result<void> write_draft(const fs::path& draft, std::string_view text) {
  const UniqueFd file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return io_failure("cannot create " + draft.string(), errno);
  if (auto written = write_all(file.get(), text, draft); !written) return written;
  if (::fsync(file.get()) != 0) return io_failure("cannot sync " + draft.string(), errno);
  return {};
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

tl::unexpected<core::Error> io_failure(const std::string& what, int error_number) {
  return core::failure(core::status::internal_error,
                       what + ": " + std::generic_category().message(error_number));
}

core::Result<void> replace_file(const fs::path& path, std::string_view text) {
  const fs::path draft = draft_of(path);
  if (auto written = write_draft(draft, text); !written) {
    ::unlink(draft.c_str());
    return written;
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    const int problem = errno;
    ::unlink(draft.c_str());
    return io_failure("cannot rename " + draft.string(), problem);
  }
  return sync_folder(folder_of(path));
}

core::Result<bool> create_file_once(const fs::path& path, std::string_view text) {
  const fs::path draft = draft_of(path);
  auto written = write_draft(draft, text);
  // link() never replaces: of several that claim one name at once, one has it.
  const int problem = written && ::link(draft.c_str(), path.c_str()) != 0 ? errno : 0;
  ::unlink(draft.c_str());
  if (!written) return tl::unexpected(written.error());
  if (problem == EEXIST) return false;
  if (problem != 0) return io_failure("cannot create " + path.string(), problem);
  if (auto synced = sync_folder(folder_of(path)); !synced) return tl::unexpected(synced.error());
  return true;
}

core::Result<void> sync_folder(const fs::path& folder) {
  const UniqueFd handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle) return io_failure("cannot open " + folder.string(), errno);
  if (::fsync(handle.get()) != 0) return io_failure("cannot sync " + folder.string(), errno);
  return {};
}

core::Result<std::string> read_file(const fs::path& path, std::size_t most) {
  // O_NONBLOCK: a script may have left a pipe of that name, which must not hold us up.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT)
    return core::failure(core::status::not_found, "no " + path.string());
  if (!file) return io_failure("cannot open " + path.string(), errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return io_failure("cannot look at " + path.string(), errno);
  if (!S_ISREG(about.st_mode)) {
    return core::failure(core::status::internal_error, path.string() + " is no regular file");
  }
  std::string text;
  for (char part[16 * 1024]; text.size() <= most;) {
    const ssize_t got = ::read(file.get(), part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_failure("cannot read " + path.string(), errno);
    if (got == 0) return text;
    text.append(part, static_cast<std::size_t>(got));
  }
  return core::failure(core::status::too_large,
                       path.string() + " has " + std::to_string(about.st_size) + " bytes",
                       "at most " + std::to_string(most) + " bytes");
}

}  // namespace antiphon::providers
