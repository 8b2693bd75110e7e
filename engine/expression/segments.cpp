// SPDX-License-Identifier: MIT
#include "engine/expression/segments.hpp"

namespace antiphon::expression {
namespace {

constexpr std::string_view opening = "${{";
constexpr std::string_view closing = "}}";
constexpr std::string_view quotes = "'\"`";

/// The offset of the `}}` that closes the segment whose inside begins at `begin`; npos if none
/// does.
std::size_t find_closing(std::string_view text, std::size_t begin, QuoteScanner& scanner) {
  for (std::size_t at = begin; at < text.size();) {
    if (text.substr(at, closing.size()) == closing) return at;
    if (quotes.find(text[at]) != std::string_view::npos) {
      const std::size_t past = scanner.past_closing(at);
      at = past == std::string_view::npos ? at + 1 : past;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::size_t QuoteScanner::past_closing(std::size_t open) {
  const char quote = text_[open];
  // A quote that opens later stood escaped, or was never seen, in the scan that found nothing: it
  // finds nothing either.
  bool& unclosed = unclosed_[quotes.find(quote)];
  if (unclosed) return std::string_view::npos;
  for (std::size_t at = open + 1; at < text_.size(); ++at) {
    if (text_[at] == quote) return at + 1;
    if (text_[at] == '\\' && quote != '`') ++at;
  }
  unclosed = true;
  return std::string_view::npos;
}

std::vector<Segment> split(std::string_view text) {
  std::vector<Segment> parts;
  QuoteScanner scanner(text);
  std::size_t done = 0;
  while (done < text.size()) {
    const std::size_t start = text.find(opening, done);
    if (start == std::string_view::npos) break;
    const std::size_t inside = start + opening.size();
    const std::size_t end = find_closing(text, inside, scanner);
    if (end == std::string_view::npos) break;
    if (start > done) parts.push_back({false, text.substr(done, start - done), done});
    parts.push_back({true, text.substr(inside, end - inside), inside});
    done = end + closing.size();
  }
  if (done < text.size()) parts.push_back({false, text.substr(done), done});
  return parts;
}

bool has_segment(std::string_view text) {
  const std::size_t start = text.find(opening);
  if (start == std::string_view::npos) return false;
  QuoteScanner scanner(text);
  return find_closing(text, start + opening.size(), scanner) != std::string_view::npos;
}

}  // namespace antiphon::expression
