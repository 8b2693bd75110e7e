// SPDX-License-Identifier: MIT
#include "engine/expression/parser.hpp"

#include <string>
#include <utility>

#include "engine/expression/errors.hpp"
#include "engine/expression/functions.hpp"
#include "engine/expression/lexer.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/render.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression {
namespace {

using Parsed = core::Result<NodePtr>;

constexpr std::string_view expression_operators = "+-,";
constexpr std::string_view factor_operators = "*/\\.:?=~&";

/// Is `,` an operator here, or does it part the arguments of a function?
enum class Comma { joins, parts };

std::string describe(const Token& token) {
  return token.kind == TokenKind::end ? "the end" : "'" + std::string(token.text) + "'";
}

std::string arity(const Function& function) {
  std::string wanted = std::to_string(function.least);
  if (function.most == any_number) {
    wanted += " or more";
  } else if (function.most != function.least) {
    wanted += " or " + std::to_string(function.most);
  }
  return wanted + (wanted == "1" ? " argument" : " arguments");
}

/// The path that the call's last argument spells out in the document; null if there is none, or it
/// is a plain key.
const std::string* literal_path(const Call& call) {
  if (call.function->path == PathArgument::none || call.arguments.empty()) return nullptr;
  const auto* literal = std::get_if<Literal>(&call.arguments.back()->what);
  if (literal == nullptr || !literal->value.is_string()) return nullptr;
  const auto& text = literal->value.get_ref<const std::string&>();
  return call.function->path != PathArgument::marked || is_marked_path(text) ? &text : nullptr;
}

class Parser {
 public:
  Parser(std::string_view text, std::size_t column, std::string_view field)
      : text_(text), field_(field), lexer_(text), column_(column) {
    advance();
  }

  core::Result<Tree> tree();

 private:
  Parsed expression(Comma comma);
  Parsed factor();
  Parsed primary();
  Parsed enclosed(char closing);
  Parsed unary(char sign);
  Parsed bracketed(char opening, char closing);
  Parsed call();
  core::Result<std::vector<NodePtr>> arguments(const Token& name);
  Parsed checked(Call call, const Token& name);

  /// `next` behind the operators that `is_ours` knows: left to right in one chain.
  template <class IsOurs, class Next>
  Parsed chain(IsOurs is_ours, Next next);

  void advance() { token_ = lexer_.next(); }
  /// Of the current token.
  std::size_t column();
  NodePtr literal(core::Value value);
  tl::unexpected<core::Error> failure(std::size_t column, const std::string& what,
                                      std::string hint = {}) {
    return failure_at(field_, column, what, std::move(hint));
  }

  tl::unexpected<core::Error> too_deep() {
    return failure(column(), "more than " + std::to_string(limits::nesting) + " levels of nesting",
                   "cut it into several inputs");
  }

  std::string_view text_;
  std::string_view field_;
  Lexer lexer_;
  Token token_;
  int nesting_ = 0;
  std::size_t column_;       ///< of the byte at counted_
  std::size_t counted_ = 0;  ///< columns are counted once, as the tokens go by
};

core::Result<Tree> Parser::tree() {
  Tree tree;
  for (;;) {
    auto part = expression(Comma::joins);
    if (!part) return tl::unexpected<core::Error>(std::move(part.error()));
    if (*part == nullptr) return tree;
    tree.parts.push_back(std::move(*part));
    if (token_.kind == TokenKind::end) return tree;
    advance();  // the language drops the one token that an expression cannot use
  }
}

template <class IsOurs, class Next>
Parsed Parser::chain(IsOurs is_ours, Next next) {
  const std::size_t begin = column();
  auto first = next();
  if (!first) return first;
  Chain chain{std::move(*first), {}};
  while (token_.kind == TokenKind::symbol && is_ours(token_.text.front())) {
    const char operation = token_.text.front();
    const std::size_t at = column();
    advance();
    auto operand = next();
    if (!operand) return operand;
    chain.links.push_back(Link{operation, at, std::move(*operand)});
  }
  if (chain.links.empty()) return std::move(chain.first);
  return NodePtr(new Node{begin, std::move(chain)});
}

Parsed Parser::expression(Comma comma) {
  bool first = true;
  bool replaced = false;
  return chain(
      [&](char c) {
        return !replaced && expression_operators.find(c) != std::string_view::npos &&
               (c != ',' || comma == Comma::joins);
      },
      [&]() -> Parsed {
        auto node = factor();
        if (!node || !std::exchange(first, false) || !token_.is('(')) return node;
        replaced = true;  // `a(b)` is b, and nothing more belongs to this expression
        return enclosed(')');
      });
}

Parsed Parser::factor() {
  return chain([](char c) { return factor_operators.find(c) != std::string_view::npos; },
               [this] { return primary(); });
}

Parsed Parser::primary() {
  switch (token_.kind) {
    case TokenKind::integer:
      return literal(token_.integer);
    case TokenKind::identifier:
    case TokenKind::string:
      return literal(token_.text);
    case TokenKind::symbol:
      break;
    case TokenKind::end:
      return NodePtr();
  }
  switch (token_.text.front()) {
    case '$':
      return call();
    case '(':
      return enclosed(')');
    case '[':
      return bracketed('[', ']');
    case '{':
      return bracketed('{', '}');
    case '+':
    case '-':
      return unary(token_.text.front());
    default:
      return NodePtr();
  }
}

/// From an opening character to its closing one.
Parsed Parser::enclosed(char closing) {
  const Token opening = token_;
  const std::size_t begin = column();
  if (++nesting_ > limits::nesting) return too_deep();
  advance();
  auto inside = expression(Comma::joins);
  if (!inside) return inside;
  if (!token_.is(closing)) {
    return failure(column(), describe(opening) + " of column " + std::to_string(begin) +
                                 " is not closed: expected '" + closing + "', found " +
                                 describe(token_));
  }
  advance();
  --nesting_;
  return inside;
}

Parsed Parser::bracketed(char opening, char closing) {
  const std::size_t begin = column();
  auto inside = enclosed(closing);
  if (!inside) return inside;
  return NodePtr(new Node{begin, Unary{opening, std::move(*inside)}});
}

Parsed Parser::unary(char sign) {
  const std::size_t begin = column();
  if (++nesting_ > limits::nesting) return too_deep();
  advance();
  auto operand = primary();
  if (!operand) return operand;
  --nesting_;
  return NodePtr(new Node{begin, Unary{sign, std::move(*operand)}});
}

Parsed Parser::call() {
  const std::size_t begin = column();
  advance();
  const Token name = token_;
  if (name.kind != TokenKind::identifier) {
    return failure(begin, "'$' without a function's name, found " + describe(name),
                   "put text that holds a '$' into single quotes");
  }
  advance();
  if (!token_.is('(')) {
    return failure(column(),
                   "expected '(' after $" + std::string(name.text) + ", found " + describe(token_));
  }
  const Function* function = find_function(name.text);
  if (function == nullptr) {
    return failure(begin, "unknown function $" + std::string(name.text),
                   unknown_function_hint(name.text));
  }
  auto given = arguments(name);
  if (!given) return tl::unexpected<core::Error>(std::move(given.error()));
  return checked(Call{function, begin, std::move(*given)}, name);
}

core::Result<std::vector<NodePtr>> Parser::arguments(const Token& name) {
  if (++nesting_ > limits::nesting) return too_deep();
  std::vector<NodePtr> given;
  advance();
  while (!token_.is(')') || !given.empty()) {
    const std::size_t begin = column();
    auto argument = expression(Comma::parts);
    if (!argument) return tl::unexpected<core::Error>(std::move(argument.error()));
    if (*argument == nullptr) {
      return failure(
          begin,
          "an argument of $" + std::string(name.text) + " is empty, found " + describe(token_),
          "write '' for empty text");
    }
    given.push_back(std::move(*argument));
    if (token_.is(')')) break;
    if (!token_.is(',')) {
      return failure(column(), "expected ',' or ')' in $" + std::string(name.text) + ", found " +
                                   describe(token_));
    }
    advance();
  }
  advance();
  --nesting_;
  return given;
}

Parsed Parser::checked(Call call, const Token& name) {
  const Function& function = *call.function;
  const std::size_t count = call.arguments.size();
  if (count < function.least || count > function.most) {
    return failure(call.column, "$" + std::string(name.text) + " takes " + arity(function) +
                                    ", not " + std::to_string(count));
  }
  if (const std::string* text = literal_path(call)) {
    const bool quoted = function.path == PathArgument::quoted;
    auto path = JsonPath::parse(quoted ? without_quotes(*text) : *text);
    if (path) {
      call.path = std::move(*path);
    } else if (function.path != PathArgument::bare || is_marked_path(*text)) {
      return failure(call.arguments.back()->column,
                     "$" + std::string(name.text) + ": JSONPath " + shown_text(*text) + ": " +
                         path.error().message,
                     path.error().hint);
    }
  }
  const std::size_t column = call.column;
  return NodePtr(new Node{column, std::move(call)});
}

std::size_t Parser::column() {
  column_ += characters(text_.substr(counted_, token_.offset - counted_));
  counted_ = token_.offset;
  return column_;
}

NodePtr Parser::literal(core::Value value) {
  NodePtr node(new Node{column(), Literal{std::move(value)}});
  advance();
  return node;
}

}  // namespace

core::Result<Tree> parse(std::string_view segment, std::size_t column, std::string_view field) {
  if (segment.size() > limits::expression_bytes) {
    return failure_at(field, column,
                      "an expression of " + std::to_string(segment.size()) + " bytes, more than " +
                          std::to_string(limits::expression_bytes),
                      "put large values into an input or the triggering message");
  }
  return Parser(segment, column, field).tree();
}

}  // namespace antiphon::expression
