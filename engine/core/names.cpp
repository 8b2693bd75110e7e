// SPDX-License-Identifier: MIT
#include "engine/core/names.hpp"

#include <algorithm>

namespace antiphon::core {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) {
  return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string name_problem(std::string_view text, std::size_t most) {
  if (text.empty()) return "is empty";
  if (text.size() > most) {
    return "has " + std::to_string(text.size()) + " characters, more than " + std::to_string(most);
  }
  if (text.front() == '-' || text.front() == '.') {
    return "'" + std::string(text) + "' begins with '" + text.front() + "'";
  }
  const auto bad = std::find_if_not(text.begin(), text.end(), is_name_character);
  if (bad != text.end()) {
    return "has a character that no name may have, at position " +
           std::to_string(bad - text.begin() + 1);
  }
  return {};
}

}  // namespace antiphon::core
