// SPDX-License-Identifier: MIT
// Evaluates trees in a scope. One Evaluation lives for one value of a document and carries what
// bounds it: steps, depth, and the references it follows. Results are data: nothing here parses or
// evaluates a value.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/template.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/pattern.hpp"
#include "engine/expression/tree.hpp"

namespace antiphon::expression {

/// An argument read as text: views a literal of the tree, else owns.
class Text {
 public:
  explicit Text(const std::string& literal) : literal_(&literal) {}
  explicit Text(std::string&& own) : own_(std::move(own)) {}

  std::string_view view() const { return literal_ != nullptr ? *literal_ : own_; }
  std::string string() const { return std::string(view()); }

 private:
  const std::string* literal_ = nullptr;
  std::string own_;
};

/// An argument read as it is: views a literal of the tree, else owns.
class Reading {
 public:
  explicit Reading(const core::Value& literal) : literal_(&literal) {}
  explicit Reading(core::Value&& own) : own_(std::move(own)) {}

  const core::Value& operator*() const { return literal_ != nullptr ? *literal_ : own_; }
  const core::Value* operator->() const { return &**this; }

 private:
  const core::Value* literal_ = nullptr;
  core::Value own_;
};

class Evaluation {
 public:
  explicit Evaluation(const core::Scope& scope) : scope_(scope) {}
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  const core::Scope& scope() const { return scope_; }

  core::Result<core::Value> value(const Pattern& pattern);

  // For the functions' bodies.
  /// An argument that holds a secret is an error of the call.
  core::Result<core::Value> value(const Node& node);
  /// For a call that gives an argument on as it is, secrets too.
  core::Result<core::Value> pass(const Node& node);
  /// The same for who only looks at it.
  core::Result<Reading> read(const Node& node);
  core::Result<Text> text(const Node& node);
  /// The value of the document's own map at `name`, evaluated in turn; one that leads back to
  /// itself is an error. `object` is what the map is called ("inputs").
  core::Result<core::Value> follow(const core::TemplateMap& map, std::string_view object,
                                   std::string_view name, const Call& call);
  /// What the path leads to within `value`, which errors call `place` ("the payload"). `text` is
  /// the path as it was written.
  core::Result<core::Value> query(const Call& call, const JsonPath& path, std::string_view text,
                                  const core::Value& value, std::string_view place);
  tl::unexpected<core::Error> bad_path(const Call& call, std::string_view text,
                                       const core::Error& error);
  /// An error of this call: begins with the field, the column and the function's name.
  tl::unexpected<core::Error> failure(const Call& call, const std::string& what,
                                      std::string hint = {});
  /// The same, where what was asked for is not there. $default and $coalesce go on after it.
  tl::unexpected<core::Error> missing(const Call& call, const std::string& what,
                                      std::string hint = {});
  /// Is the error that was made last one of missing()?
  bool is_missing() const { return missing_; }

 private:
  struct Reference {
    const core::TemplateMap* map;
    std::string_view object;
    std::string_view name;
  };

  using Outcome = core::Result<core::Value>;

  Outcome value(const Literal& literal);
  Outcome value(const TextPattern& pattern);
  Outcome value(const ListPattern& pattern);
  Outcome value(const MapPattern& pattern);
  Outcome joined(const TextPattern& pattern);
  Outcome tree(const Tree& tree, std::size_t column);
  /// Text: `left`, `between` and `right` one behind the other. Secrets stay sealed.
  Outcome concatenated(core::Value left, std::string_view between, const core::Value& right,
                       std::size_t column);
  Outcome sealed(const core::Value& left, std::string_view between, const core::Value& right,
                 std::size_t column);
  Outcome operand(const NodePtr& node);
  Outcome compound(const Node& node);
  Outcome unary(const Unary& unary, std::size_t column);
  Outcome chain(const Chain& chain);
  /// Counts an evaluation; false once there were too many.
  bool step() { return ++steps_ <= limits::steps; }
  tl::unexpected<core::Error> too_many_steps(const Node& node);
  Outcome combine(core::Value left, const Link& link, const core::Value& right);
  Outcome call(const Call& call);
  /// False if `value`, which a call has copied, is more than may be looked at.
  bool count(const core::Value& value);

  Outcome finite(const Number& number, std::size_t column);
  Outcome bounded(std::string text, std::size_t column);
  tl::unexpected<core::Error> failure_in_text(std::size_t column, const std::string& what,
                                              std::string hint = {});
  std::string circle(std::size_t first) const;
  /// Each leaf of a list or map has its own steps; what a text refers to counts as that text's.
  void begin_leaf() {
    if (!open_.empty()) return;
    steps_ = 0;
    visits_ = limits::visits;
  }

  const core::Scope& scope_;
  std::string_view field_;  ///< of the text that is being evaluated
  int steps_ = 0;
  int visits_ = limits::visits;
  bool missing_ = false;
  bool secrets_ = false;  ///< a call has given one: from then on values are searched for them
  const Call* taker_ = nullptr;  ///< whose argument the next value is; null: nobody looks into it
  int depth_ = 0;
  std::vector<Reference> open_;
};

}  // namespace antiphon::expression
