// SPDX-License-Identifier: MIT
#include "engine/core/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace antiphon::core {
namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    const std::size_t taken = std::min<std::size_t>(bytes.size(), 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < taken ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= taken ? letters[group >> (18 - 6 * i) & 63U] : '=';
    }
    bytes.remove_prefix(taken);
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t digit = letters.find(c);
    if (digit == std::string_view::npos || padding > 0) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    ++digits;
    if (digits % 4 == 1) continue;
    const std::size_t spare = 6 - 2 * ((digits - 1) % 4);
    out += static_cast<char>((bits >> spare) & 0xFFU);
  }
  const std::size_t wanted = digits % 4 == 0 ? 0 : 4 - digits % 4;
  if (wanted == 3 || padding != wanted) return std::nullopt;
  return out;
}

}  // namespace antiphon::core
