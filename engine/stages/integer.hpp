// SPDX-License-Identifier: MIT
// What Symphony's providers take for an integer: a number, or text that is one in decimal.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/core/value.hpp"

namespace antiphon::stages {

/// Floats are cut towards zero. None for everything else, and for what an int64 cannot hold.
std::optional<std::int64_t> integer_of(const core::Value& value);

/// `a` counts as 0 unless it is a number or integer text. A sum that an int64 cannot hold becomes a
/// float.
core::Value sum(const core::Value& a, std::int64_t b);

}  // namespace antiphon::stages
