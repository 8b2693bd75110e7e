// SPDX-License-Identifier: MIT
#include "engine/expression/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace antiphon::expression {
namespace {

constexpr double exact_most =
    9007199254740992.0;               // 2^53: up to here every whole number is a float of its own
constexpr double fixed_below = 1e21;  // larger whole numbers print with an exponent

double as_double(const Number& number) {
  return std::visit([](auto value) { return static_cast<double>(value); }, number);
}

Number calculate(char operation, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (operation) {
    case '+':
      if (!__builtin_add_overflow(a, b, &result)) return result;
      return number(static_cast<double>(a) + static_cast<double>(b));
    case '-':
      if (!__builtin_sub_overflow(a, b, &result)) return result;
      return number(static_cast<double>(a) - static_cast<double>(b));
    case '*':
      if (!__builtin_mul_overflow(a, b, &result)) return result;
      return number(static_cast<double>(a) * static_cast<double>(b));
    default:
      // The one quotient that overflows is min / -1, and asking for its remainder is undefined.
      if (b != -1 && a % b == 0) return a / b;
      if (b == -1) return negate(a);
      return number(static_cast<double>(a) / static_cast<double>(b));
  }
}

double calculate(char operation, double a, double b) {
  switch (operation) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return a / b;
  }
}

template <class T>
std::string print(T value, auto... format) {
  std::array<char, 32> buffer{};
  const auto printed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  return {buffer.data(), printed.ptr};
}

}  // namespace

Number number(double value) {
  if (std::abs(value) <= exact_most && std::trunc(value) == value) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::optional<Number> number_of(const core::Value& value) {
  if (value.is_number_unsigned()) {
    const auto magnitude = value.get<std::uint64_t>();
    if (magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return Number(static_cast<double>(magnitude));
    }
    return Number(static_cast<std::int64_t>(magnitude));
  }
  if (value.is_number_integer()) return Number(value.get<std::int64_t>());
  if (value.is_number_float()) return number(value.get<double>());
  return std::nullopt;
}

std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* last = text.data() + text.size();
  std::int64_t whole = 0;
  const auto integer = std::from_chars(text.data(), last, whole);
  if (integer.ec == std::errc{} && integer.ptr == last) return Number(whole);
  double real = 0;
  const auto parsed = std::from_chars(text.data(), last, real);
  if (parsed.ec != std::errc{} || parsed.ptr != last || !std::isfinite(real)) return std::nullopt;
  return number(real);
}

bool is_finite(const Number& number) {
  return std::isfinite(as_double(number));
}

bool is_zero(const Number& number) {
  return as_double(number) == 0;
}

Number calculate(char operation, const Number& a, const Number& b) {
  const auto* whole_a = std::get_if<std::int64_t>(&a);
  const auto* whole_b = std::get_if<std::int64_t>(&b);
  if (whole_a != nullptr && whole_b != nullptr) return calculate(operation, *whole_a, *whole_b);
  return number(calculate(operation, as_double(a), as_double(b)));
}

Number negate(const Number& a) {
  return calculate('-', Number(std::int64_t{0}), a);
}

int compare(const Number& a, const Number& b) {
  // A long double of 64 bits of mantissa holds every int64 and every double.
  static_assert(std::numeric_limits<long double>::digits >= 64);
  const auto exact = [](auto value) { return static_cast<long double>(value); };
  const long double left = std::visit(exact, a);
  const long double right = std::visit(exact, b);
  if (left == right) return 0;
  return left < right ? -1 : 1;
}

bool nearly_equal(const Number& a, const Number& b) {
  if (compare(a, b) == 0) return true;
  return std::abs(as_double(calculate('-', a, b))) < 1e-9;
}

core::Value to_value(const Number& number) {
  return std::visit([](auto value) { return core::Value(value); }, number);
}

void normalise(core::Value& value) {
  if (value.is_structured()) {
    for (core::Value& item : value) normalise(item);
  } else if (value.is_number_float() || value.is_number_unsigned()) {
    value = to_value(*number_of(value));
  }
}

std::string to_text(const Number& number) {
  if (const auto* whole = std::get_if<std::int64_t>(&number)) return print(*whole);
  const double real = std::get<double>(number);
  if (std::trunc(real) == real && std::abs(real) < fixed_below) {
    return print(real, std::chars_format::fixed);
  }
  return print(real);
}

}  // namespace antiphon::expression
