// SPDX-License-Identifier: MIT
#include "engine/expression/lexer.hpp"

#include <algorithm>
#include <charconv>

#include "engine/expression/utf8.hpp"

namespace antiphon::expression {
namespace {

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view symbols = "$()[]{}+-*/\\,.:?=&~";
constexpr std::string_view decimal = "0123456789_";
constexpr std::string_view hexadecimal = "0123456789_abcdefABCDEF";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_white(char c) {
  return white.find(c) != std::string_view::npos;
}
bool is_symbol(char c) {
  return symbols.find(c) != std::string_view::npos;
}

std::size_t skip(std::string_view text, std::size_t begin, std::string_view any_of) {
  return std::min(text.find_first_not_of(any_of, begin), text.size());
}

/// The end of a digit run: `12`, `1_000`, `0x1F`, `0b01`, `0o17`.
std::size_t digit_run_end(std::string_view text, std::size_t begin) {
  if (text[begin] == '0' && begin + 1 < text.size()) {
    const char base = text[begin + 1];
    if (base == 'x' || base == 'X') return skip(text, begin + 2, hexadecimal);
    if (base == 'o' || base == 'O' || base == 'b' || base == 'B') {
      return skip(text, begin + 2, decimal);
    }
  }
  return skip(text, begin, decimal);
}

}  // namespace

Token Lexer::next() {
  while (at_ < text_.size() && is_white(text_[at_])) ++at_;
  if (at_ == text_.size()) return take(TokenKind::end, at_, at_);
  const char c = text_[at_];
  if (is_digit(c)) return number(at_);
  if (c == '\'' || c == '"') return quoted(at_);
  if (is_symbol(c)) return take(TokenKind::symbol, at_, at_ + 1);
  return identifier(at_);
}

Token Lexer::number(std::size_t begin) {
  Token token = take(TokenKind::integer, begin, digit_run_end(text_, begin));
  const char* last = token.text.data() + token.text.size();
  const auto [end, problem] = std::from_chars(token.text.data(), last, token.integer);
  if (problem != std::errc{} || end != last) token.kind = TokenKind::identifier;
  return token;
}

Token Lexer::identifier(std::size_t begin) {
  std::size_t end = begin;
  while (end < text_.size()) {
    const auto rest = text_.substr(end);
    const bool within =
        rest.front() == '_' || begins_with_letter(rest) || (end > begin && is_digit(rest.front()));
    if (!within) break;
    end += character_bytes(rest);
  }
  if (end == begin) end += character_bytes(text_.substr(begin));
  return take(TokenKind::identifier, begin, end);
}

Token Lexer::quoted(std::size_t begin) {
  const std::size_t past = quotes_.past_closing(begin);
  if (past == std::string_view::npos) {
    return take(TokenKind::string, begin, std::min(text_.find('\n', begin), text_.size()));
  }
  Token token = take(TokenKind::string, begin, past);
  if (token.text.front() == '\'') token.text = token.text.substr(1, token.text.size() - 2);
  return token;
}

Token Lexer::take(TokenKind kind, std::size_t begin, std::size_t end) {
  at_ = end;
  return Token{kind, text_.substr(begin, end - begin), 0, begin};
}

}  // namespace antiphon::expression
