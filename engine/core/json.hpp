// SPDX-License-Identifier: MIT
// Between JSON values and the bytes that rows and messages carry.
#pragma once

#include <string_view>

#include "engine/core/value.hpp"

namespace antiphon::core {

/// Compact text; invalid UTF-8 in a string is replaced, never thrown about.
JsonText dump(const Value& value);

/// Parses what was checked when it entered; an empty text is an empty object. Broken text is a bug
/// of ours.
Value parse_object(const JsonText& text);

/// Integers in decimal, booleans true/false, objects and lists as compact JSON, null as the empty
/// text: how a context or a stage's name is read from a value.
std::string plain_text(const Value& value);

}  // namespace antiphon::core
