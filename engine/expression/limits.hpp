// SPDX-License-Identifier: MIT
// Bounds of the expression language (expressions.md, Errors and limits). Beyond each is an error of
// its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace antiphon::expression::limits {

/// One segment's source. People write lines; what is longer was generated and belongs into a
/// payload.
inline constexpr std::size_t expression_bytes = 64 * 1024;
/// Parentheses, brackets, calls and signs within one another, and references followed one from
/// another.
inline constexpr int nesting = 64;
/// Nested evaluations, through references too. One expression at its bound needs three a level;
/// this keeps the stack small when long expressions refer to one another.
inline constexpr int depth = 256;
/// Nodes visited for one text of a document, what it refers to included: bounds the time an event
/// can take.
inline constexpr int steps = 10'000;
/// Values that JSONPaths look at and calls copy for one text of a document. A message of 1 MiB
/// holds a quarter as many at most; what goes through one again and again ends here.
inline constexpr int visits = 2'000'000;
/// A regular expression's source, and what RE2 may take to compile and run it.
inline constexpr std::size_t pattern_bytes = 1024;
inline constexpr int pattern_memory_bytes = 1024 * 1024;
/// A value, as text or JSON; it has to fit into rows and messages.
inline constexpr std::size_t result_bytes = 1024 * 1024;
/// Values that an expression is said to be able to give; a selector names a few stages.
inline constexpr std::size_t possibilities = 64;

}  // namespace antiphon::expression::limits
