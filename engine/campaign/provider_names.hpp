// SPDX-License-Identifier: MIT
// Providers have a short name and Symphony's full one; documents may use either.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon::campaign {

inline constexpr std::string_view provider_prefix = "providers.stage.";

/// Without the prefix, if it has it.
std::string_view short_name(std::string_view provider);

/// "a, b" as a list, for who looks for the nearest.
std::vector<std::string> split_names(const std::string& names);

}  // namespace antiphon::campaign
