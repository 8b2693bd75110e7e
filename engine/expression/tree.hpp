// SPDX-License-Identifier: MIT
// A parsed segment: immutable, shared by all evaluations. Operators of one level stand in a chain,
// not in a tower, so that its depth is bounded by the nesting of the source and never by its
// length.
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/value.hpp"
#include "engine/expression/json_path.hpp"

namespace antiphon::expression {

struct Function;
struct Node;
/// Null where an operand is missing.
using NodePtr = std::unique_ptr<const Node>;

/// An integer, a string or an identifier.
struct Literal {
  core::Value value;
};

/// `+x`, `-x`, `[x]` and `{x}`, named by their first character.
struct Unary {
  char sign;
  NodePtr operand;
};

struct Link {
  char operation;
  std::size_t column;
  NodePtr operand;
};

/// Operators of one level, applied left to right; at least one.
struct Chain {
  NodePtr first;
  std::vector<Link> links;
};

struct Call {
  const Function* function;  ///< of the table in functions.cpp
  std::size_t column;
  std::vector<NodePtr> arguments;  ///< as many as the function takes, none null
  /// The last argument's, where it is a literal that is a path.
  std::optional<JsonPath> path{};
};

struct Node {
  std::size_t column;  ///< in the document's text, in characters from 1
  std::variant<Literal, Unary, Chain, Call> what;
};

/// The expressions of one segment, none null; their results are joined. None: the segment is empty.
struct Tree {
  std::vector<NodePtr> parts;
};

}  // namespace antiphon::expression
