// SPDX-License-Identifier: MIT
// Cuts a text of a document into literal text and `${{ ... }}` segments (expressions.md, Text and
// segments).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace antiphon::expression {

struct Segment {
  bool expression = false;
  std::string_view text;   ///< of an expression: what stands between `${{` and `}}`
  std::size_t offset = 0;  ///< of `text`, in bytes
};

/// The parts in order, none of the literal ones empty; they view `text`. An empty text has no part.
std::vector<Segment> split(std::string_view text);

/// Does the text hold at least one segment that is closed?
bool has_segment(std::string_view text);

/// Finds where quotes close. Text without a closing quote is scanned for it once, however many
/// quotes open in it.
class QuoteScanner {
 public:
  explicit QuoteScanner(std::string_view text) : text_(text) {}

  /// The offset just past the quote that closes the one at `open` (' " or `); npos if it is never
  /// closed. A backslash takes the special meaning from the next character, but not within
  /// backquotes.
  std::size_t past_closing(std::size_t open);

 private:
  std::string_view text_;
  bool unclosed_[3] = {false, false, false};
};

}  // namespace antiphon::expression
