// SPDX-License-Identifier: MIT
// The text of a document. Places in it are byte offsets; only a problem turns one into the line and
// column that people see, because that costs a walk along the line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace antiphon::campaign {

/// From 1; the column in characters.
struct Position {
  int line = 0;
  int column = 0;
};

/// Views a text that outlives it.
class Source {
 public:
  explicit Source(std::string_view text);

  std::string_view text() const { return text_; }

  Position position(std::size_t offset) const;
  int line(std::size_t offset) const;
  /// Offset of a line and a byte column, both from 0; the end of the text if there is no such
  /// place.
  std::size_t offset(int line, int column) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

/// Offset of the first byte that begins no well-formed UTF-8 character (no surrogates, no overlong
/// forms).
std::optional<std::size_t> find_bad_utf8(std::string_view text);

/// Offset of the first control character besides tab, line feed and carriage return.
std::optional<std::size_t> find_control(std::string_view text);

}  // namespace antiphon::campaign
