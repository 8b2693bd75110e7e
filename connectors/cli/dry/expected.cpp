// SPDX-License-Identifier: MIT
#include "connectors/cli/dry/expected.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace antiphon::cli::dry {
namespace {

using Lines = std::span<const std::string_view>;

/// Of each text; more of them help nobody.
constexpr std::size_t most_shown = 20;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void add_lines(std::string& text, char mark, Lines lines) {
  for (std::size_t i = 0; i < lines.size() && i < most_shown; ++i) {
    ((text += mark) += ' ').append(lines[i]) += '\n';
  }
  if (lines.size() <= most_shown) return;
  (text += mark) += " and " + std::to_string(lines.size() - most_shown) + " more lines\n";
}

}  // namespace

std::string differences(std::string_view expected, std::string_view printed) {
  const auto all_expected = lines_of(expected);
  const auto all_printed = lines_of(printed);
  Lines left = all_expected;
  Lines right = all_printed;
  std::size_t number = 1;
  while (!left.empty() && !right.empty() && left.front() == right.front()) {
    left = left.subspan(1);
    right = right.subspan(1);
    ++number;
  }
  while (!left.empty() && !right.empty() && left.back() == right.back()) {
    left = left.first(left.size() - 1);
    right = right.first(right.size() - 1);
  }
  if (left.empty() && right.empty()) return {};
  std::string text = "line " + std::to_string(number) + "\n";
  add_lines(text, '-', left);
  add_lines(text, '+', right);
  return text;
}

}  // namespace antiphon::cli::dry
