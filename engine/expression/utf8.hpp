// SPDX-License-Identifier: MIT
// Characters of UTF-8 text, as far as the language needs them: their length, whether they are
// letters, whether text is valid.
#pragma once

#include <cstddef>
#include <string_view>

namespace antiphon::expression {

/// Bytes of the character at the front of non-empty text; 1 for a byte that begins none. Never more
/// than the text has.
std::size_t character_bytes(std::string_view text);

std::size_t characters(std::string_view text);

/// Is the character at the front a letter? Beyond ASCII everything is, except in the blocks of
/// signs, punctuation and pictures.
bool begins_with_letter(std::string_view text);

bool is_valid_utf8(std::string_view text);

}  // namespace antiphon::expression
