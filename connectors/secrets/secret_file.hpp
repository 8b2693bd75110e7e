// SPDX-License-Identifier: MIT
// A file that holds secrets: read only if nobody but this process's user may read or change it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/core/error.hpp"

namespace antiphon::secrets {

/// Which state of a file was read: another one has another mark.
struct FileMark {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileMark&) const = default;
};

/// 404: it is not there; 403: others may read it, or it is somebody else's; 400: it is no regular
/// file; 413: it is too large. The message names the file.
core::Result<FileMark> look_at_secret_file(const std::filesystem::path& path);
core::Result<std::string> read_secret_file(const std::filesystem::path& path);

/// A folder in which others may put files of their own is refused.
core::Result<void> check_secret_folder(const std::filesystem::path& path);

}  // namespace antiphon::secrets
