// SPDX-License-Identifier: MIT
#include "engine/expression/json_path_parser.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "engine/core/status.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression::json_path {
namespace {

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view ends_name = " \t\r\n.,[]$@{}";
/// Within a filter a name also ends where a comparison begins.
constexpr std::string_view ends_filter_name = " \t\r\n.,[]$@{}=!<>~&|()";
constexpr std::string_view number_characters = "0123456789+-.eE";

/// Characters of the text between the quotes: of a name or value as they are meant, of a pattern
/// with the backslashes that are the pattern's own.
enum class Quoted { text, pattern };

char unescaped(char letter) {
  if (letter == 'n') return '\n';
  if (letter == 't') return '\t';
  return letter;
}

/// The first error is kept, and moves the parser to the end of the text; what is returned after it
/// is never used.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  core::Result<Steps> whole();

 private:
  void unwrap();
  Steps steps();
  void deep(Steps& steps);
  Step dotted();
  std::string name();
  Step bracketed();
  Step choice();
  Step range();
  std::optional<std::int64_t> integer();
  Step filter();
  Condition any_of();
  Condition all_of();
  Condition condition();
  Condition comparison();
  std::optional<Comparator> comparator();
  Operand operand();
  core::Value literal();
  Condition match(Operand left);
  Regex regex();
  std::string quoted(Quoted what);

  void fail(std::string what, std::string hint = {});
  std::string found() const;
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool sees(std::string_view token) const { return text_.substr(at_).starts_with(token); }
  bool take(std::string_view token);
  void expect(std::string_view token);
  void skip_white() { at_ = std::min(text_.find_first_not_of(white, at_), text_.size()); }
  /// False, with an error, where nesting ends; leave() follows otherwise.
  bool enter();
  void leave() { --nesting_; }

  std::string_view text_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  int filters_ = 0;  ///< that the parser is within
  std::optional<core::Error> error_;
};

core::Result<Steps> PathParser::whole() {
  unwrap();
  const bool rooted = take("$") || take("@");
  Steps found_steps;
  skip_white();
  if (at_end() && !rooted) fail("the path is empty");
  if (text_.substr(at_) == ".") {
    ++at_;  // `$.` is the value itself, as `$` is
  } else {
    const bool bare = !rooted && peek() != '.' && peek() != '[';
    if (bare && !at_end()) found_steps.push_back(dotted());
    for (Step& step : steps()) found_steps.push_back(std::move(step));
  }
  if (!at_end()) fail("expected '.' or '[', found " + found());
  if (error_) return tl::unexpected<core::Error>(std::move(*error_));
  return found_steps;
}

/// Takes `{...}` off.
void PathParser::unwrap() {
  skip_white();
  const std::size_t last = text_.find_last_not_of(white);
  if (last != std::string_view::npos) text_ = text_.substr(0, last + 1);
  if (!take("{")) return;
  if (!text_.ends_with('}')) return fail("'{' is not closed");
  text_.remove_suffix(1);
  const std::size_t inner = text_.find_last_not_of(white);
  text_ = text_.substr(0, std::max(at_, inner == std::string_view::npos ? 0 : inner + 1));
  skip_white();
}

Steps PathParser::steps() {
  Steps all;
  for (;;) {
    skip_white();
    if (sees("..")) {
      deep(all);
    } else if (take(".")) {
      if (peek() != '[') all.push_back(dotted());
    } else if (peek() == '[') {
      all.push_back(bracketed());
    } else {
      return all;
    }
  }
}

void PathParser::deep(Steps& all) {
  at_ += 2;
  if (peek() == '.') return fail("'...' leads nowhere", "write '..'");
  all.push_back(Step{Deep{}});
  const bool named = !at_end() && ends_filter_name.find(peek()) == std::string_view::npos;
  if (named) all.push_back(dotted());
}

Step PathParser::dotted() {
  std::string key = name();
  if (key == "*") return Step{Every{}};
  return Step{Name{std::move(key)}};
}

std::string PathParser::name() {
  const std::string_view ends = filters_ > 0 ? ends_filter_name : ends_name;
  std::string key;
  while (!at_end() && ends.find(peek()) == std::string_view::npos) {
    if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
    key += text_[at_++];
  }
  if (key.empty()) fail("a name is missing, found " + found());
  return key;
}

Step PathParser::bracketed() {
  if (!enter()) return Step{Every{}};
  expect("[");
  skip_white();
  if (peek() == '?') return filter();
  std::vector<Step> choices;
  do {
    skip_white();
    choices.push_back(choice());
    skip_white();
  } while (take(","));
  expect("]");
  leave();
  if (choices.size() == 1) return std::move(choices.front());
  return Step{Union{std::move(choices)}};
}

Step PathParser::choice() {
  const char c = peek();
  if (c == '\'' || c == '"') return Step{Name{quoted(Quoted::text)}};
  if (take("*")) return Step{Every{}};
  if (c == ':' || c == '-' || (c >= '0' && c <= '9')) return range();
  fail("expected an index, a slice, a quoted name, '*' or '?', found " + found(),
       "write names in brackets as ['name']");
  return Step{Every{}};
}

Step PathParser::range() {
  const auto first = integer();
  skip_white();
  if (first && peek() != ':') return Step{Index{*first}};
  expect(":");
  Range made{first, integer(), 1};
  if (take(":")) made.step = integer().value_or(1);
  if (made.step < 1) fail("the step of a slice is at least 1");
  return Step{made};
}

std::optional<std::int64_t> PathParser::integer() {
  skip_white();
  if (peek() != '-' && (peek() < '0' || peek() > '9')) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, problem] =
      std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
  if (problem != std::errc{}) {
    fail("no index: " + found());
    return 0;
  }
  at_ = static_cast<std::size_t>(end - text_.data());
  skip_white();
  return number;
}

Step PathParser::filter() {
  expect("?");
  ++filters_;
  auto made = std::make_unique<const Condition>(any_of());
  --filters_;
  expect("]");
  leave();
  return Step{Filter{std::move(made)}};
}

Condition PathParser::any_of() {
  std::vector<Condition> conditions;
  do {
    conditions.push_back(all_of());
  } while (take("||"));
  if (conditions.size() == 1) return std::move(conditions.front());
  return Condition{AnyOf{std::move(conditions)}};
}

Condition PathParser::all_of() {
  std::vector<Condition> conditions;
  do {
    skip_white();
    conditions.push_back(condition());
    skip_white();
  } while (take("&&"));
  if (conditions.size() == 1) return std::move(conditions.front());
  return Condition{AllOf{std::move(conditions)}};
}

Condition PathParser::condition() {
  if (peek() != '(') return comparison();
  if (!enter()) return Condition{Exists{}};
  expect("(");
  Condition inner = any_of();
  expect(")");
  leave();
  return inner;
}

Condition PathParser::comparison() {
  Operand left = operand();
  skip_white();
  if (take("=~")) return match(std::move(left));
  const auto by = comparator();
  if (!by) {
    if (auto* query = std::get_if<Query>(&left)) return Condition{Exists{std::move(*query)}};
    fail("a value alone is no condition, found " + found(), "compare it with a path: @.name");
    return Condition{Exists{}};
  }
  skip_white();
  return Condition{Comparison{std::move(left), *by, operand()}};
}

std::optional<Comparator> PathParser::comparator() {
  constexpr std::array<std::pair<std::string_view, Comparator>, 6> all{{
      {"==", Comparator::equal},
      {"!=", Comparator::unequal},
      {"<=", Comparator::less_or_equal},
      {">=", Comparator::greater_or_equal},
      {"<", Comparator::less},
      {">", Comparator::greater},
  }};
  for (const auto& [token, comparator] : all) {
    if (take(token)) return comparator;
  }
  return std::nullopt;
}

Operand PathParser::operand() {
  const bool from_root = peek() == '$';
  if (take("@") || take("$")) return Query{from_root, steps()};
  return literal();
}

core::Value PathParser::literal() {
  if (peek() == '\'' || peek() == '"') return quoted(Quoted::text);
  const std::size_t end = std::min(text_.find_first_of(ends_filter_name, at_), text_.size());
  const auto word = text_.substr(at_, end - at_);
  const std::size_t past = std::min(text_.find_first_not_of(number_characters, at_), text_.size());
  if (const auto number = parse_number(text_.substr(at_, past - at_))) {
    at_ = past;
    return to_value(*number);
  }
  at_ += word.size();
  if (word == "true") return true;
  if (word == "false") return false;
  if (word == "null") return nullptr;
  at_ -= word.size();
  fail("expected @, $, a number, quoted text, true, false or null, found " + found(),
       peek() == '!' ? "there is no '!'; compare with == or !=" : "write text in quotes");
  return nullptr;
}

Condition PathParser::match(Operand left) {
  skip_white();
  return Condition{Match{std::move(left), regex()}};
}

Regex PathParser::regex() {
  const std::size_t begin = at_;
  const bool slashes = peek() == '/';
  std::string pattern;
  if (slashes || peek() == '\'' || peek() == '"') {
    pattern = quoted(Quoted::pattern);
  } else {
    fail("expected a pattern in quotes after =~, found " + found());
  }
  auto made = Regex::parse(pattern, slashes && take("i"));
  if (made) return std::move(*made);
  at_ = std::min(begin, at_);
  fail(made.error().message);
  return *Regex::parse("", false);
}

std::string PathParser::quoted(Quoted what) {
  const char quote = peek();
  const std::size_t begin = at_++;
  std::string content;
  for (; !at_end() && peek() != quote; ++at_) {
    const bool escape = peek() == '\\' && at_ + 1 < text_.size();
    if (escape) ++at_;
    const bool own = what == Quoted::pattern && peek() != quote && peek() != '\\';
    if (escape && own) content += '\\';
    content += escape && what == Quoted::text ? unescaped(peek()) : peek();
  }
  if (at_end()) {
    at_ = begin;
    fail("text is not closed");
  } else {
    ++at_;
  }
  return content;
}

void PathParser::fail(std::string what, std::string hint) {
  if (!error_) {
    what += " at character " + std::to_string(characters(text_.substr(0, at_)) + 1);
    error_ = core::Error{core::status::bad_config, std::move(what), std::move(hint)};
  }
  at_ = text_.size();
}

std::string PathParser::found() const {
  if (at_end()) return "the end";
  return "'" + std::string(text_.substr(at_, character_bytes(text_.substr(at_)))) + "'";
}

bool PathParser::take(std::string_view token) {
  if (!sees(token)) return false;
  at_ += token.size();
  return true;
}

void PathParser::expect(std::string_view token) {
  skip_white();
  if (!take(token)) fail("expected '" + std::string(token) + "', found " + found());
}

bool PathParser::enter() {
  if (++nesting_ <= limits::nesting) return true;
  fail("more than " + std::to_string(limits::nesting) + " levels of nesting");
  return false;
}

}  // namespace

core::Result<Steps> parse_steps(std::string_view text) {
  if (text.size() > limits::expression_bytes) {
    return core::failure(
        core::status::bad_config,
        "a path of more than " + std::to_string(limits::expression_bytes) + " bytes");
  }
  return PathParser(text).whole();
}

}  // namespace antiphon::expression::json_path
