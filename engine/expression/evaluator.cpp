// SPDX-License-Identifier: MIT
#include "engine/expression/evaluator.hpp"

#include <utility>

#include "engine/core/sealed.hpp"
#include "engine/expression/compiled.hpp"
#include "engine/expression/errors.hpp"
#include "engine/expression/functions.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/render.hpp"

namespace antiphon::expression {
namespace {

using Outcome = core::Result<core::Value>;

bool is_arithmetic(char operation) {
  return operation == '+' || operation == '-' || operation == '*' || operation == '/';
}

/// Text to append to: the value's own where it is text.
std::string take_text(core::Value value) {
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  return to_text(value);
}

void merge(core::Value& left, core::Value right) {
  if (left.is_array()) {
    for (core::Value& item : right) left.push_back(std::move(item));
  } else {
    left.update(right);
  }
}

}  // namespace

Outcome Evaluation::value(const Pattern& pattern) {
  return std::visit([this](const auto& what) { return value(what); }, pattern.what);
}

Outcome Evaluation::value(const Literal& literal) {
  return literal.value;
}

Outcome Evaluation::value(const TextPattern& pattern) {
  begin_leaf();
  const std::string_view outer = std::exchange(field_, pattern.field);
  auto result = pattern.parts.size() == 1
                    ? tree(*pattern.parts.front().tree, pattern.parts.front().column)
                    : joined(pattern);
  if (result && is_larger_than(*result, limits::result_bytes)) {
    result = failure_in_text(1, "the value is larger than 1 MiB");
  }
  field_ = outer;
  return result;
}

Outcome Evaluation::value(const ListPattern& pattern) {
  core::Value list = core::Value::array();
  for (const Pattern& item : pattern.items) {
    auto result = value(item);
    if (!result) return result;
    list.push_back(std::move(*result));
  }
  return list;
}

Outcome Evaluation::value(const MapPattern& pattern) {
  core::Value map = core::Value::object();
  for (const Entry& entry : pattern.entries) {
    auto result = value(entry.value);
    if (!result) return result;
    map.emplace(entry.key, std::move(*result));
  }
  return map;
}

Outcome Evaluation::joined(const TextPattern& pattern) {
  static const core::Value empty_text = "";
  Outcome text = empty_text;
  for (const TextPart& part : pattern.parts) {
    if (part.tree) {
      const auto result = tree(*part.tree, part.column);
      if (!result) return result;
      text = concatenated(std::move(*text), {}, *result, part.column);
    } else {
      text = concatenated(std::move(*text), part.literal, empty_text, part.column);
    }
    if (!text) return text;
  }
  return text;
}

Outcome Evaluation::concatenated(core::Value left, std::string_view between,
                                 const core::Value& right, std::size_t column) {
  if (secrets_ && (core::holds_secret(left) || core::holds_secret(right))) {
    return sealed(left, between, right, column);
  }
  std::string text = take_text(std::move(left));
  text += between;
  append_text(text, right);
  return bounded(std::move(text), column);
}

Outcome Evaluation::sealed(const core::Value& left, std::string_view between,
                           const core::Value& right, std::size_t column) {
  const auto as_part = [](const core::Value& value) {
    return core::is_sealed(value) ? value : core::Value(to_text(value));
  };
  for (const core::Value* value : {&left, &right}) {
    if (value->is_structured() && core::holds_secret(*value)) {
      return failure_in_text(column, "a list or object that holds a secret cannot become text",
                             "join the secret itself with text");
    }
  }
  core::Value all = core::join_sealed(
      core::join_sealed(as_part(left), core::Value(std::string(between))), as_part(right));
  if (!is_larger_than(all, limits::result_bytes)) return all;
  return failure_in_text(column, "the text is larger than 1 MiB");
}

Outcome Evaluation::tree(const Tree& tree, std::size_t column) {
  if (tree.parts.empty()) return core::Value();
  auto all = value(*tree.parts.front());
  std::size_t left = limits::result_bytes;
  for (std::size_t i = 1; all && i < tree.parts.size(); ++i) {
    auto next = value(*tree.parts[i]);
    if (!next) return next;
    const bool alike =
        (all->is_array() && next->is_array()) || (all->is_object() && next->is_object());
    if (alike) {
      if (!take_size(*next, left)) {
        return failure_in_text(column, "the value is larger than 1 MiB");
      }
      merge(*all, std::move(*next));
    } else {
      all = concatenated(std::move(*all), {}, *next, column);
    }
  }
  return all;
}

Outcome Evaluation::value(const Node& node) {
  if (!step()) return too_many_steps(node);
  if (const auto* literal = std::get_if<Literal>(&node.what)) return literal->value;
  if (depth_ == limits::depth) {
    return failure_in_text(node.column, "references and expressions are nested too deep");
  }
  const Call* taker = std::exchange(taker_, nullptr);
  ++depth_;
  auto result = compound(node);
  --depth_;
  taker_ = taker;
  if (secrets_ && taker != nullptr && result && core::holds_secret(*result)) {
    return failure(*taker, "it cannot look into a secret",
                   "a secret may be joined with text and passed on by $if, $default, $coalesce and "
                   "$trigger, nothing else");
  }
  return result;
}

Outcome Evaluation::pass(const Node& node) {
  const Call* taker = std::exchange(taker_, nullptr);
  auto result = value(node);
  taker_ = taker;
  return result;
}

core::Result<Reading> Evaluation::read(const Node& node) {
  if (const auto* literal = std::get_if<Literal>(&node.what)) {
    if (!step()) return too_many_steps(node);
    return Reading(literal->value);
  }
  auto result = value(node);
  if (!result) return tl::unexpected<core::Error>(std::move(result.error()));
  return Reading(std::move(*result));
}

tl::unexpected<core::Error> Evaluation::too_many_steps(const Node& node) {
  return failure_in_text(node.column,
                         "more than " + std::to_string(limits::steps) + " evaluation steps");
}

Outcome Evaluation::compound(const Node& node) {
  if (const auto* call_node = std::get_if<Call>(&node.what)) return call(*call_node);
  if (const auto* chain_node = std::get_if<Chain>(&node.what)) return chain(*chain_node);
  return unary(std::get<Unary>(node.what), node.column);
}

Outcome Evaluation::operand(const NodePtr& node) {
  if (node == nullptr) return core::Value("");
  return value(*node);
}

Outcome Evaluation::unary(const Unary& unary, std::size_t column) {
  auto result = operand(unary.operand);
  if (!result || unary.sign == '+') return result;
  if (unary.sign == '-') {
    if (unary.operand == nullptr) return result;
    if (const auto number = number_of(*result)) return finite(negate(*number), column);
  }
  const char* closing = unary.sign == '[' ? "]" : unary.sign == '{' ? "}" : "";
  return concatenated(std::string(1, unary.sign), {}, *result, column)
      .and_then([&](core::Value text) {
        return concatenated(std::move(text), closing, core::Value(""), column);
      });
}

Outcome Evaluation::chain(const Chain& chain) {
  static const core::Value empty_text = "";
  auto left = operand(chain.first);
  for (const Link& link : chain.links) {
    if (!left) return left;
    if (link.operand == nullptr) {
      left = combine(std::move(*left), link, empty_text);
      continue;
    }
    const auto right = read(*link.operand);
    if (!right) return tl::unexpected<core::Error>(right.error());
    left = combine(std::move(*left), link, **right);
  }
  return left;
}

Outcome Evaluation::combine(core::Value left, const Link& link, const core::Value& right) {
  if (is_arithmetic(link.operation)) {
    const auto a = number_of(left);
    const auto b = number_of(right);
    const bool defined = a && b && (link.operation != '/' || !is_zero(*b));
    if (defined) return finite(calculate(link.operation, *a, *b), link.column);
  }
  const std::string_view between(&link.operation, link.operation == '+' ? 0 : 1);
  return concatenated(std::move(left), between, right, link.column);
}

Outcome Evaluation::call(const Call& call) {
  const Call* taker = std::exchange(taker_, &call);
  auto result = call.function->apply(*this, call);
  taker_ = taker;
  if (!result) return result;
  // Longer text would only grow from call to call; what is structured never grows.
  if (result->is_string() && is_larger_than(*result, limits::result_bytes)) {
    return failure(call, "the result is larger than 1 MiB");
  }
  if (!count(*result)) return failure(call, "more than 2,000,000 values to look at");
  return result;
}

bool Evaluation::count(const core::Value& value) {
  constexpr std::size_t bytes_per_visit = 1024;
  if (visits_ <= 0) return false;
  if (value.is_string()) {
    visits_ -= static_cast<int>(value.get_ref<const std::string&>().size() / bytes_per_visit);
  } else if (value.is_structured()) {
    for (const core::Value& item : value) {
      --visits_;
      if (!count(item)) return false;
    }
  } else if (core::is_sealed(value)) {
    secrets_ = true;
  }
  return visits_ > 0;
}

core::Result<Text> Evaluation::text(const Node& node) {
  if (const auto* literal = std::get_if<Literal>(&node.what)) {
    if (literal->value.is_string()) {
      return Text(literal->value.get_ref<const std::string&>());
    }
  }
  return value(node).map([](core::Value result) { return Text(take_text(std::move(result))); });
}

Outcome Evaluation::follow(const core::TemplateMap& map, std::string_view object,
                           std::string_view name, const Call& call) {
  const auto found = map.find(name);
  if (found == map.end()) {
    return missing(call, "there is no '" + std::string(name) + "' in " + std::string(object));
  }
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].map == &map && open_[i].name == name) {
      return failure(call, "circular reference: " + circle(i), "let one of them be a plain value");
    }
  }
  if (open_.size() == static_cast<std::size_t>(limits::nesting)) {
    return failure(
        call, "more than " + std::to_string(limits::nesting) + " levels of nesting in references");
  }
  open_.push_back(Reference{&map, object, found->first});
  const auto* ours = dynamic_cast<const Compiled*>(found->second.get());
  missing_ = false;
  const Call* taker = std::exchange(taker_, nullptr);
  auto result = ours != nullptr ? value(ours->pattern()) : found->second->evaluate(scope_);
  taker_ = taker;
  open_.pop_back();
  return result;
}

/// "inputs.a -> inputs.b -> inputs.a", from the reference that is met again.
std::string Evaluation::circle(std::size_t first) const {
  const auto name = [this](std::size_t i) {
    return std::string(open_[i].object) + "." + std::string(open_[i].name);
  };
  std::string path;
  for (std::size_t i = first; i < open_.size(); ++i) path += name(i) + " -> ";
  return path + name(first);
}

Outcome Evaluation::query(const Call& call, const JsonPath& path, std::string_view text,
                          const core::Value& value, std::string_view place) {
  auto found = path.find(value, visits_);
  if (found) return found;
  if (found.error().status != core::status::not_found) return bad_path(call, text, found.error());
  return missing(call, "no matches for " + shown_text(text) + " in " + std::string(place));
}

tl::unexpected<core::Error> Evaluation::bad_path(const Call& call, std::string_view text,
                                                 const core::Error& error) {
  return failure(call, "JSONPath " + shown_text(text) + ": " + error.message, error.hint);
}

Outcome Evaluation::finite(const Number& number, std::size_t column) {
  if (is_finite(number)) return to_value(number);
  return failure_in_text(column, "the result is too large for a number");
}

Outcome Evaluation::bounded(std::string text, std::size_t column) {
  if (text.size() <= limits::result_bytes) return core::Value(std::move(text));
  return failure_in_text(column, "the text is larger than 1 MiB");
}

tl::unexpected<core::Error> Evaluation::failure(const Call& call, const std::string& what,
                                                std::string hint) {
  return failure_in_text(call.column, "$" + std::string(call.function->name) + ": " + what,
                         std::move(hint));
}

tl::unexpected<core::Error> Evaluation::missing(const Call& call, const std::string& what,
                                                std::string hint) {
  auto error = failure(call, what, std::move(hint));
  missing_ = true;
  return error;
}

tl::unexpected<core::Error> Evaluation::failure_in_text(std::size_t column, const std::string& what,
                                                        std::string hint) {
  missing_ = false;
  return failure_at(field_, column, what, std::move(hint));
}

}  // namespace antiphon::expression
