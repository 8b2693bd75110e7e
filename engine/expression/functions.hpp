// SPDX-License-Identifier: MIT
// The functions of the language: one table of name, arity and body (functions.cpp).
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/value.hpp"

namespace antiphon::expression {

class Evaluation;
struct Call;

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

/// `marked`: if it begins with `$` or `{$`, else a key. `bare`: always, but a key that is the whole
/// text wins if there is no such mark. `quoted`: always, and quotes around it are taken off.
enum class PathArgument { none, marked, bare, quoted };

struct Function {
  std::string_view name;  ///< without the `$`
  std::size_t least = 0;  ///< arguments
  std::size_t most = 0;
  core::Result<core::Value> (*apply)(Evaluation&, const Call&) = nullptr;
  /// Whether its last argument is a JSONPath.
  PathArgument path = PathArgument::none;
};

/// Null if there is none of that name; case counts.
const Function* find_function(std::string_view name);

/// What to say beside "unknown function".
std::string unknown_function_hint(std::string_view name);

/// Is this argument a JSONPath and no plain key: does it begin with `$` or `{$`?
bool is_marked_path(std::string_view argument);

/// The argument without the quotes around it, if it has some.
std::string_view without_quotes(std::string_view argument);

}  // namespace antiphon::expression
