// SPDX-License-Identifier: MIT
// Makes an object small enough to be shown or sent, and says what was left out.
#pragma once

#include <cstddef>

#include "engine/core/value.hpp"

namespace antiphon::core {

/// `object` as it is if it prints in at most `most_bytes`; else with its largest values, of two
/// levels, replaced by {"omitted": bytes}, the largest first and no more of them than it takes. Its
/// own keys alone are supposed to fit.
Value shortened(Value object, std::size_t most_bytes);

}  // namespace antiphon::core
