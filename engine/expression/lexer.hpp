// SPDX-License-Identifier: MIT
// The tokens of one segment (expressions.md, Tokens), read one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/expression/segments.hpp"

namespace antiphon::expression {

enum class TokenKind { integer, identifier, string, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;     ///< of a string: without quotes where it loses them
  std::int64_t integer = 0;  ///< of an integer
  std::size_t offset = 0;    ///< in the segment, in bytes

  bool is(char symbol) const { return kind == TokenKind::symbol && text.front() == symbol; }
};

/// Views the segment's text, which outlives it and the tokens.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text), quotes_(text) {}

  /// Past the end: an end token, as often as asked.
  Token next();

 private:
  Token number(std::size_t begin);
  Token identifier(std::size_t begin);
  Token quoted(std::size_t begin);
  /// The token of text_[begin, end); reading goes on behind it.
  Token take(TokenKind kind, std::size_t begin, std::size_t end);

  std::string_view text_;
  QuoteScanner quotes_;
  std::size_t at_ = 0;
};

}  // namespace antiphon::expression
