// SPDX-License-Identifier: MIT
// "Did you mean": the known word that a mistyped one is nearest to.
#pragma once

#include <string_view>
#include <vector>

namespace antiphon::expression {

/// By the fewest letters typed, left out or changed; the first of several. Empty if nothing is near
/// enough to be meant.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace antiphon::expression
