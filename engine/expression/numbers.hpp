// SPDX-License-Identifier: MIT
// Numbers of the language (documents.md, Numbers): int64 where a value is whole, else a float.
// Overflow becomes a float.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/core/value.hpp"

namespace antiphon::expression {

/// The float is never a whole number within ±2^53: that is an integer.
using Number = std::variant<std::int64_t, double>;

Number number(double value);

/// None if the value is no number: text that looks like one is not.
std::optional<Number> number_of(const core::Value& value);

/// Text that is a decimal number as a whole, sign, fraction and exponent allowed; none if it is not
/// or not finite.
std::optional<Number> parse_number(std::string_view text);

bool is_finite(const Number& number);
bool is_zero(const Number& number);

/// `operation` is one of + - * /; `b` is not zero where it divides. The result may be not finite.
Number calculate(char operation, const Number& a, const Number& b);
Number negate(const Number& a);

/// Below, at or above zero as `a` is less than, equal to or greater than `b`. Exact also between
/// integers and floats.
int compare(const Number& a, const Number& b);
/// Equal within 1e-9.
bool nearly_equal(const Number& a, const Number& b);

core::Value to_value(const Number& number);
/// Makes each number within what to_value() would give for it.
void normalise(core::Value& value);
/// Whole numbers without a fraction, others in the shortest form that reads back as the same.
std::string to_text(const Number& number);

}  // namespace antiphon::expression
