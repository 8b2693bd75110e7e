// SPDX-License-Identifier: MIT
#include "engine/expression/utf8.hpp"

#include <algorithm>
#include <array>

namespace antiphon::expression {
namespace {

struct Block {
  char32_t first;
  char32_t last;
};

/// Blocks beyond ASCII without letters. Rare letters inside them (such as U+2126) count as signs.
constexpr std::array signs{
    Block{0x0080, 0x00A9}, Block{0x00AB, 0x00B4},   Block{0x00B6, 0x00B9},   Block{0x00BB, 0x00BF},
    Block{0x00D7, 0x00D7}, Block{0x00F7, 0x00F7},   Block{0x2000, 0x2070},   Block{0x2072, 0x207E},
    Block{0x2080, 0x208F}, Block{0x20A0, 0x2BFF},   Block{0x2E00, 0x2E7F},   Block{0x3000, 0x3004},
    Block{0x3007, 0x3030}, Block{0xE000, 0xF8FF},   Block{0xFE00, 0xFE6F},   Block{0xFEFF, 0xFF20},
    Block{0xFFE0, 0xFFFF}, Block{0x1F000, 0x1FAFF}, Block{0xE0000, 0x10FFFF}};

unsigned byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

bool continues(unsigned byte) {
  return (byte & 0xC0U) == 0x80U;
}

std::size_t announced_bytes(unsigned lead) {
  if (lead >= 0xF0U && lead < 0xF8U) return 4;
  if (lead >= 0xE0U && lead < 0xF0U) return 3;
  if (lead >= 0xC0U && lead < 0xE0U) return 2;
  return 1;
}

char32_t decode(std::string_view text, std::size_t bytes) {
  constexpr std::array<unsigned, 5> lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
  unsigned code = byte_at(text, 0) & lead_bits[bytes];
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | (byte_at(text, i) & 0x3FU);
  return code;
}

bool is_valid_character(std::string_view text, std::size_t bytes) {
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (bytes == 1) return byte_at(text, 0) < 0x80U;
  const char32_t code = decode(text, bytes);
  return code >= least[bytes] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

}  // namespace

std::size_t character_bytes(std::string_view text) {
  const std::size_t bytes = announced_bytes(byte_at(text, 0));
  if (bytes > text.size()) return 1;
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!continues(byte_at(text, i))) return 1;
  }
  return bytes;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return !continues(static_cast<unsigned char>(c)); }));
}

bool begins_with_letter(std::string_view text) {
  const char c = text.front();
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  if (byte_at(text, 0) < 0x80U) return false;
  const char32_t code = decode(text, character_bytes(text));
  return std::none_of(signs.begin(), signs.end(),
                      [code](Block block) { return code >= block.first && code <= block.last; });
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (!is_valid_character(text, bytes)) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

}  // namespace antiphon::expression
