// SPDX-License-Identifier: MIT
// The guard that every inbound byte passes before anybody looks for fields in it: size, UTF-8,
// JSON, depth, duplicate keys. What passes can be copied, printed and stored without a further
// thought.
#pragma once

#include <optional>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/value.hpp"

namespace antiphon::wire {

/// Where the first byte stands that is no part of well-formed UTF-8 (overlong forms, surrogates and
/// code points past U+10FFFF are none); nothing if there is no such byte.
std::optional<std::size_t> invalid_utf8_at(std::string_view bytes);

/// One JSON value, or 413 (more than `most_bytes`) or 400 with the byte, counted from 0, where it
/// stopped being one. Objects and arrays nest at most `most_depth` deep; integers outside int64
/// become floats, and what no float can hold is refused.
core::Result<core::Value> parse_guarded(std::string_view bytes, std::size_t most_bytes,
                                        int most_depth = core::limits::json_depth);

}  // namespace antiphon::wire
