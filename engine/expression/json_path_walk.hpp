// SPDX-License-Identifier: MIT
// Follows the steps of a JSONPath through a value, and copies nothing.
#pragma once

#include <string>
#include <vector>

#include "engine/core/value.hpp"
#include "engine/expression/json_path_tree.hpp"

namespace antiphon::expression::json_path {

using Matches = std::vector<const core::Value*>;

class Walk {
 public:
  /// `root` is what `$` stands for within filters. Each value that is looked at takes one off
  /// `visits`; the walk ends at zero.
  Walk(const core::Value& root, int& visits) : root_(root), visits_(visits) {}

  /// What `steps` lead to from `start`: pointers into it, in order. Worth nothing beside a problem.
  Matches follow(const Steps& steps, const core::Value& start);

  /// Why the walk ended; null if it went through.
  const char* problem() const { return problem_; }

 private:
  void take(const Step& step, const core::Value& from, Matches& out);
  void take(const Name& name, const core::Value& from, Matches& out);
  void take(const Index& index, const core::Value& from, Matches& out);
  void take(const Range& range, const core::Value& from, Matches& out);
  void take(const Every& every, const core::Value& from, Matches& out);
  void take(const Deep& deep, const core::Value& from, Matches& out);
  void take(const Filter& filter, const core::Value& from, Matches& out);
  void take(const Union& choices, const core::Value& from, Matches& out);

  bool holds(const Condition& condition, const core::Value& current);
  bool holds(const Comparison& comparison, const core::Value& current);
  bool holds(const Match& match, const core::Value& current);
  bool holds(const Exists& exists, const core::Value& current);
  bool holds(const AllOf& all, const core::Value& current);
  bool holds(const AnyOf& any, const core::Value& current);

  Matches matches(const Query& query, const core::Value& current);
  /// The one value; null if there is none.
  const core::Value* value(const Operand& operand, const core::Value& current);
  bool are_equal(const core::Value& a, const core::Value& b);
  bool compare(const core::Value& a, Comparator by, const core::Value& b);

  /// False, with a problem, once too much was looked at.
  bool visit(int times = 1);

  const core::Value& root_;
  int& visits_;
  const char* problem_ = nullptr;
};

}  // namespace antiphon::expression::json_path
