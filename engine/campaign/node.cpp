// SPDX-License-Identifier: MIT
#include "engine/campaign/node.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace antiphon::campaign {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return text;
}

bool all_of(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

std::size_t leading_digits(std::string_view text) {
  return std::min(text.find_first_not_of(digits), text.size());
}

bool is_based_integer(std::string_view text) {
  if (text.starts_with("0x")) return all_of(text.substr(2), "0123456789abcdefABCDEF");
  return text.starts_with("0o") && all_of(text.substr(2), "01234567");
}

/// `1.5`, `.5`, `2.`, `1e3`, unsigned; the caller has excluded integers.
bool is_decimal_float(std::string_view text) {
  const std::size_t whole = leading_digits(text);
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = leading_digits(text);
    text.remove_prefix(fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  return all_of(without_sign(text.substr(1)), digits);
}

/// Digits in the given base; nothing if they need more than 63 bits.
std::optional<std::int64_t> whole_number(std::string_view text, int base) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Whether a float that no double holds is too small rather than too big.
bool is_tiny(std::string_view text) {
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return text.substr(exponent + 1).starts_with('-');
  return text.find_first_of("123456789") > text.find('.');
}

/// A float that is too big for a double comes back infinite.
double read_float(std::string_view text) {
  const bool negative = text.starts_with('-');
  text = without_sign(text);
  if (text.starts_with('.') && leading_digits(text.substr(1)) == 0) return HUGE_VAL;
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::result_out_of_range) number = is_tiny(text) ? 0 : HUGE_VAL;
  return negative ? -number : number;
}

double read_based_float(std::string_view text, int base) {
  double number = 0;
  for (const char c : text) {
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    number = number * base + digit;
  }
  return number;
}

core::Value number_value(double number) {
  constexpr double exact = 9007199254740992;  // 2^53
  if (std::trunc(number) == number && std::abs(number) <= exact) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

core::Value integer_value(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0o")) {
    const int base = text[1] == 'x' ? 16 : 8;
    text.remove_prefix(2);
    if (const auto number = whole_number(text, base)) return *number;
    return read_based_float(text, base);
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto number = whole_number(text, 10)) return *number;
  return read_float(text);
}

core::Value scalar_value(const Node& node) {
  switch (node.kind) {
    case Node::Kind::boolean:
      return node.text.front() == 't' || node.text.front() == 'T';
    case Node::Kind::integer:
      return integer_value(node.text);
    case Node::Kind::number:
      return number_value(read_float(node.text));
    case Node::Kind::text:
      return node.text;
    default:
      return nullptr;
  }
}

}  // namespace

const Member* find_member(const Node& node, std::string_view name) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [name](const Member& member) { return member.name == name; });
  return found == node.members.end() ? nullptr : &*found;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::boolean:
      return node.text;
    case Node::Kind::integer:
    case Node::Kind::number:
      return "the number " + node.text.substr(0, 40);
    case Node::Kind::text:
      return "text";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return {};
}

Node::Kind plain_kind(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return Node::Kind::null;
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    return Node::Kind::boolean;
  }
  if (is_based_integer(text)) return Node::Kind::integer;
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return Node::Kind::number;
  const std::string_view number = without_sign(text);
  if (is_one_of(number, {".inf", ".Inf", ".INF"})) return Node::Kind::number;
  if (leading_digits(number) > 1 && number.front() == '0') return Node::Kind::text;
  if (all_of(number, digits)) return Node::Kind::integer;
  return is_decimal_float(number) ? Node::Kind::number : Node::Kind::text;
}

core::Value to_value(const Node& node, const std::string& path, Problems& problems) {
  if (node.kind == Node::Kind::list) {
    auto list = core::Value::array();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      list.push_back(to_value(*node.items[i], child_path(path, i), problems));
    }
    return list;
  }
  if (node.kind == Node::Kind::map) {
    auto map = core::Value::object();
    for (const Member& member : node.members) {
      map[member.name] = to_value(*member.value, child_path(path, member.name), problems);
    }
    return map;
  }
  core::Value value = scalar_value(node);
  if (!value.is_number_float() || std::isfinite(value.get<double>())) return value;
  problems.add(node.at, path, in_quotes(node.text) + " is not a finite number");
  return nullptr;
}

}  // namespace antiphon::campaign
