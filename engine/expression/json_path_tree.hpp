// SPDX-License-Identifier: MIT
// A parsed JSONPath: steps from a value to values within it. Immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/value.hpp"
#include "engine/expression/regex.hpp"

namespace antiphon::expression::json_path {

struct Step;
struct Condition;
using Steps = std::vector<Step>;

/// `.name` and `['name']`.
struct Name {
  std::string name;
};

/// `[n]`; negative ones count from the end.
struct Index {
  std::int64_t index;
};

/// `[first:last:step]`, without `last` itself; the step is at least 1.
struct Range {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  std::int64_t step = 1;
};

/// `*`
struct Every {};

/// `..`: each list and object within, outer ones first.
struct Deep {};

/// `[?(...)]`
struct Filter {
  std::unique_ptr<const Condition> condition;
};

/// `[0,2]`, `['a','b']`
struct Union {
  std::vector<Step> choices;
};

struct Step {
  std::variant<Name, Index, Range, Every, Deep, Filter, Union> what;
};

/// `@...` begins at the item that is filtered, `$...` at the value that the whole path begins at.
struct Query {
  bool from_root = false;
  Steps steps;
};

using Operand = std::variant<core::Value, Query>;

enum class Comparator { equal, unequal, less, less_or_equal, greater, greater_or_equal };

struct Comparison {
  Operand left;
  Comparator by;
  Operand right;
};

/// `=~`
struct Match {
  Operand left;
  Regex regex;
};

struct Exists {
  Query query;
};

struct AllOf {
  std::vector<Condition> conditions;
};

struct AnyOf {
  std::vector<Condition> conditions;
};

struct Condition {
  std::variant<Comparison, Match, Exists, AllOf, AnyOf> what;
};

}  // namespace antiphon::expression::json_path
