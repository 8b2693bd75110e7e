// SPDX-License-Identifier: MIT
// Files that are whole or not there, whatever dies when: the run folder's small facts are kept in
// such ones.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"

namespace antiphon::providers {

/// "<what>: <text of errno>" as an error with status 500.
tl::unexpected<core::Error> io_failure(const std::string& what, int error_number);

/// Writes `text` beside `path` and renames it there. When it returns well, text and name survive a
/// power cut.
core::Result<void> replace_file(const std::filesystem::path& path, std::string_view text);

/// The same, but only where there is no file yet: true for the one who made it, false for everybody
/// after.
core::Result<bool> create_file_once(const std::filesystem::path& path, std::string_view text);

/// Makes the names in `folder` survive a power cut.
core::Result<void> sync_folder(const std::filesystem::path& folder);

/// A regular file's bytes. Status 404 if there is none, 413 if it has more than `most` bytes, 500
/// otherwise.
core::Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);

}  // namespace antiphon::providers
