// SPDX-License-Identifier: MIT
#include "engine/expression/json_path_walk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/expression/numbers.hpp"

namespace antiphon::expression::json_path {
namespace {

std::int64_t size_of(const core::Value& list) {
  return static_cast<std::int64_t>(list.size());
}

const core::Value& item(const core::Value& list, std::int64_t index) {
  return list[static_cast<std::size_t>(index)];
}

/// An end of a slice within 0 and `size`; negative ones count from the end.
std::int64_t bound(std::int64_t end, std::int64_t size) {
  return std::clamp<std::int64_t>(end < 0 ? end + size : end, 0, size);
}

/// `order` is below, at or above zero as the left side is less than, equal to or greater.
bool agrees(int order, Comparator by) {
  switch (by) {
    case Comparator::equal:
      return order == 0;
    case Comparator::unequal:
      return order != 0;
    case Comparator::less:
      return order < 0;
    case Comparator::less_or_equal:
      return order <= 0;
    case Comparator::greater:
      return order > 0;
    case Comparator::greater_or_equal:
      return order >= 0;
  }
  return false;
}

/// Comparing long texts costs more than looking at a value.
int visits_of(const std::string& text) {
  constexpr std::size_t bytes_per_visit = 256;
  return static_cast<int>(text.size() / bytes_per_visit);
}

}  // namespace

Matches Walk::follow(const Steps& steps, const core::Value& start) {
  Matches from{&start};
  for (const Step& step : steps) {
    Matches next;
    for (const core::Value* value : from) take(step, *value, next);
    from = std::move(next);
  }
  return from;
}

void Walk::take(const Step& step, const core::Value& from, Matches& out) {
  if (!visit()) return;
  std::visit([&](const auto& what) { take(what, from, out); }, step.what);
}

void Walk::take(const Name& name, const core::Value& from, Matches& out) {
  if (!from.is_object()) return;
  const auto found = from.find(name.name);
  if (found != from.end()) out.push_back(&*found);
}

void Walk::take(const Index& index, const core::Value& from, Matches& out) {
  if (!from.is_array()) return;
  const std::int64_t size = size_of(from);
  const std::int64_t at = index.index < 0 ? index.index + size : index.index;
  if (at >= 0 && at < size) out.push_back(&item(from, at));
}

void Walk::take(const Range& range, const core::Value& from, Matches& out) {
  if (!from.is_array()) return;
  const std::int64_t size = size_of(from);
  const std::int64_t last = bound(range.last.value_or(size), size);
  std::int64_t at = bound(range.first.value_or(0), size);
  while (at < last && visit()) {
    out.push_back(&item(from, at));
    if (range.step >= last - at) return;  // also where the sum would overflow
    at += range.step;
  }
}

void Walk::take(const Every& /*every*/, const core::Value& from, Matches& out) {
  if (!from.is_structured()) return;
  for (const core::Value& value : from) {
    if (!visit()) return;
    out.push_back(&value);
  }
}

void Walk::take(const Deep& /*deep*/, const core::Value& from, Matches& out) {
  Matches pending{&from};
  while (!pending.empty() && visit()) {
    const core::Value& next = *pending.back();
    pending.pop_back();
    if (!next.is_structured() || next.empty()) continue;
    if (!visit(static_cast<int>(next.size()))) return;
    out.push_back(&next);
    const auto inner = static_cast<std::ptrdiff_t>(pending.size());
    for (const core::Value& value : next) {
      if (value.is_structured()) pending.push_back(&value);
    }
    std::reverse(pending.begin() + inner, pending.end());
  }
}

void Walk::take(const Filter& filter, const core::Value& from, Matches& out) {
  if (!from.is_array()) return;
  for (const core::Value& value : from) {
    if (!visit()) return;
    if (holds(*filter.condition, value)) out.push_back(&value);
  }
}

void Walk::take(const Union& choices, const core::Value& from, Matches& out) {
  for (const Step& choice : choices.choices) take(choice, from, out);
}

bool Walk::holds(const Condition& condition, const core::Value& current) {
  return std::visit([&](const auto& what) { return holds(what, current); }, condition.what);
}

bool Walk::holds(const Comparison& comparison, const core::Value& current) {
  const core::Value* left = value(comparison.left, current);
  if (left == nullptr) return false;
  const core::Value* right = value(comparison.right, current);
  return right != nullptr && compare(*left, comparison.by, *right);
}

bool Walk::holds(const Match& match, const core::Value& current) {
  const core::Value* left = value(match.left, current);
  if (left == nullptr || !left->is_string()) return false;
  const auto& text = left->get_ref<const std::string&>();
  return visit(match.regex.visits(text)) && match.regex.finds(text);
}

bool Walk::holds(const Exists& exists, const core::Value& current) {
  return !matches(exists.query, current).empty();
}

bool Walk::holds(const AllOf& all, const core::Value& current) {
  return std::all_of(all.conditions.begin(), all.conditions.end(),
                     [&](const Condition& one) { return holds(one, current); });
}

bool Walk::holds(const AnyOf& any, const core::Value& current) {
  return std::any_of(any.conditions.begin(), any.conditions.end(),
                     [&](const Condition& one) { return holds(one, current); });
}

Matches Walk::matches(const Query& query, const core::Value& current) {
  return follow(query.steps, query.from_root ? root_ : current);
}

const core::Value* Walk::value(const Operand& operand, const core::Value& current) {
  if (const auto* literal = std::get_if<core::Value>(&operand)) return literal;
  const Matches found = matches(std::get<Query>(operand), current);
  if (found.size() > 1 && problem_ == nullptr) {
    problem_ = "a filter compares one value, and its path leads to several";
  }
  return found.empty() ? nullptr : found.front();
}

bool Walk::are_equal(const core::Value& a, const core::Value& b) {
  if (!visit()) return false;
  const auto number_a = number_of(a);
  const auto number_b = number_of(b);
  if (number_a && number_b) return expression::compare(*number_a, *number_b) == 0;
  if (a.type() != b.type()) return false;
  if (a.is_string()) return visit(visits_of(a.get_ref<const std::string&>())) && a == b;
  if (!a.is_structured()) return a == b;
  if (a.size() != b.size()) return false;
  for (auto left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right) {
    if (a.is_object() && left.key() != right.key()) return false;
    if (!are_equal(*left, *right)) return false;
  }
  return true;
}

bool Walk::compare(const core::Value& a, Comparator by, const core::Value& b) {
  if (by == Comparator::equal) return are_equal(a, b);
  if (by == Comparator::unequal) return !are_equal(a, b);
  const auto number_a = number_of(a);
  const auto number_b = number_of(b);
  if (number_a && number_b) return agrees(expression::compare(*number_a, *number_b), by);
  if (!a.is_string() || !b.is_string()) return false;
  const auto& text = a.get_ref<const std::string&>();
  return visit(visits_of(text)) && agrees(text.compare(b.get_ref<const std::string&>()), by);
}

bool Walk::visit(int times) {
  if (problem_ != nullptr) return false;
  if (visits_ >= times) {
    visits_ -= times;
    return true;
  }
  problem_ = "more than 2,000,000 values to look at";
  return false;
}

}  // namespace antiphon::expression::json_path
