// SPDX-License-Identifier: MIT
// Values as text, as the language joins and prints them (expressions.md, Text and segments).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/value.hpp"

namespace antiphon::expression {

/// Text as it is, numbers in decimal, null as `<nil>`, lists and objects as compact JSON.
std::string to_text(const core::Value& value);
void append_text(std::string& out, const core::Value& value);

/// As messages show it: the text in quotes, a long one cut.
std::string shown(const core::Value& value);
std::string shown_text(std::string_view text);

/// Compact JSON; a float that is a whole number within ±2^53 prints as the integer.
std::string to_json(const core::Value& value);
void append_json(std::string& out, const core::Value& value);

/// The length of the value's text or JSON, counted no further than it must be; escapes and floats
/// are counted roughly. take_size() takes it from `left`, and is false once nothing is left.
bool take_size(const core::Value& value, std::size_t& left);
bool is_larger_than(const core::Value& value, std::size_t bytes);

}  // namespace antiphon::expression
