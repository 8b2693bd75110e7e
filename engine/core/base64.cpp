// SPDX-License-Identifier: MIT
#include "engine/core/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace antiphon::core {

std::string base64_encode(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

}  // namespace antiphon::core
