// SPDX-License-Identifier: MIT
#include "engine/campaign/source.hpp"

#include <algorithm>
#include <cstdint>

namespace antiphon::campaign {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Bytes that the lead byte announces; 0 if it is none.
std::size_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

/// Whether the second byte is one that the lead byte allows: it excludes overlong forms,
/// surrogates, and what is above U+10FFFF.
bool second_fits(unsigned char lead, unsigned char second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second < 0xA0;
  if (lead == 0xF0) return second >= 0x90;
  if (lead == 0xF4) return second < 0x90;
  return true;
}

bool well_formed(std::string_view character) {
  for (std::size_t i = 1; i < character.size(); ++i) {
    if (!continues(character[i])) return false;
  }
  return character.size() < 2 || second_fits(static_cast<unsigned char>(character[0]),
                                             static_cast<unsigned char>(character[1]));
}

}  // namespace

Source::Source(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

Position Source::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const int number = line(offset);
  const std::size_t start = line_starts_[static_cast<std::size_t>(number - 1)];
  const auto before = text_.substr(start, offset - start);
  const auto characters =
      std::count_if(before.begin(), before.end(), [](char c) { return !continues(c); });
  return {number, static_cast<int>(characters) + 1};
}

int Source::line(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<int>(next - line_starts_.begin());
}

std::size_t Source::offset(int line, int column) const {
  if (line < 0 || column < 0 || static_cast<std::size_t>(line) >= line_starts_.size()) {
    return text_.size();
  }
  return std::min(line_starts_[static_cast<std::size_t>(line)] + static_cast<std::size_t>(column),
                  text_.size());
}

std::optional<std::size_t> find_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = announced_length(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + length > text.size() || !well_formed(text.substr(i, length))) return i;
    i += length;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_control(std::string_view text) {
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7F || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r');
  });
  if (bad == text.end()) return std::nullopt;
  return static_cast<std::size_t>(bad - text.begin());
}

}  // namespace antiphon::campaign
