// SPDX-License-Identifier: MIT
// Where a program lies that others have installed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::providers {

/// The first executable file of that name in the absolute folders of PATH, then in `more`, which is
/// written like PATH.
std::optional<std::filesystem::path> find_program(const std::string& name,
                                                  std::string_view more = {});

}  // namespace antiphon::providers
