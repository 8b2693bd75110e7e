// SPDX-License-Identifier: MIT
// What a dry run printed, beside what it was expected to print.
#pragma once

#include <string>
#include <string_view>

namespace antiphon::cli::dry {

/// The lines that differ, those that were expected with "-" before them and those that came with
/// "+", under the number of the first; empty if the texts are the same. Windows line ends and a
/// missing last one are no difference.
std::string differences(std::string_view expected, std::string_view printed);

}  // namespace antiphon::cli::dry
