// SPDX-License-Identifier: MIT
// "Did you mean ...?": the name that a misspelt one probably stands for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::campaign {

/// The least number of letters inserted, deleted, replaced, or swapped with their neighbour; case
/// counts for nothing.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of `known` (the first of equals) if it is close enough to be meant. Looks at the
/// first 1,000 only, and at names up to 40 bytes, so that a hostile document costs no time.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known);

/// "did you mean 'x'?", or `otherwise` if nothing is near.
std::string nearest_hint(std::string_view name, const std::vector<std::string>& known,
                         std::string otherwise = {});

}  // namespace antiphon::campaign
