// SPDX-License-Identifier: MIT
// What tests do with texts.
#pragma once

#include <string>
#include <string_view>

namespace antiphon::test {

inline std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace antiphon::test
