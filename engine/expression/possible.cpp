// SPDX-License-Identifier: MIT
#include "engine/expression/possible.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/expression/compiled.hpp"
#include "engine/expression/evaluator.hpp"
#include "engine/expression/functions.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/render.hpp"

namespace antiphon::expression {
namespace {

/// Functions whose value follows from their arguments alone.
constexpr std::array<std::string_view, 27> calculating{
    "equal",        "gt",       "ge",    "lt",   "le",      "between", "and",
    "or",           "not",      "if",    "in",   "str",     "json",    "base64encode",
    "base64decode", "jsonpath", "len",   "keys", "sum",     "min",     "max",
    "all",          "any",      "first", "join", "default", "coalesce"};

constexpr std::array<std::string_view, 10> deciding{"equal",   "gt",  "ge", "lt",  "le",
                                                    "between", "and", "or", "not", "in"};

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Possible anything() {
  return {{}, true};
}

void add(Possible& to, core::Value value) {
  if (std::find(to.known.begin(), to.known.end(), value) != to.known.end()) return;
  if (to.known.size() == limits::possibilities) {
    to.others = true;
  } else {
    to.known.push_back(std::move(value));
  }
}

Possible either(Possible a, Possible b) {
  for (core::Value& value : b.known) add(a, std::move(value));
  a.others = a.others || b.others;
  return a;
}

/// Text of each pair, one behind the other.
Possible joined(const Possible& a, std::string_view between, const Possible& b) {
  Possible both;
  both.others = a.others || b.others;
  for (const core::Value& left : a.known) {
    for (const core::Value& right : b.known) {
      if (both.known.size() == limits::possibilities) break;
      std::string text = to_text(left);
      text += between;
      append_text(text, right);
      if (text.size() > limits::result_bytes) return anything();
      add(both, std::move(text));
    }
  }
  both.others = both.others || a.known.size() * b.known.size() > limits::possibilities;
  return both;
}

bool has_number(const Possible& values) {
  return std::any_of(values.known.begin(), values.known.end(),
                     [](const core::Value& value) { return value.is_number(); });
}

bool is_constant(const NodePtr& node);

bool is_constant(const Node& node) {
  if (std::holds_alternative<Literal>(node.what)) return true;
  if (const auto* unary = std::get_if<Unary>(&node.what)) return is_constant(unary->operand);
  if (const auto* chain = std::get_if<Chain>(&node.what)) {
    return is_constant(chain->first) &&
           std::all_of(chain->links.begin(), chain->links.end(),
                       [](const Link& link) { return is_constant(link.operand); });
  }
  const auto* call = std::get_if<Call>(&node.what);
  return call != nullptr && is_one_of(calculating, call->function->name) &&
         std::all_of(call->arguments.begin(), call->arguments.end(),
                     [](const NodePtr& argument) { return is_constant(argument); });
}

bool is_constant(const NodePtr& node) {
  return node == nullptr || is_constant(*node);
}

/// No value if it can only fail.
Possible evaluated(const Node& node) {
  const core::Scope nothing;
  Evaluation evaluation(nothing);
  Possible values;
  if (auto value = evaluation.value(node)) add(values, std::move(*value));
  return values;
}

/// Follows one value, through references too; like an evaluation it is bounded by steps and depth,
/// beyond which anything is possible.
class Guess {
 public:
  explicit Guess(const core::TemplateMap* inputs) : inputs_(inputs) {}

  Possible of(const Pattern& pattern);
  Possible of(const NodePtr& node);

 private:
  Possible of(const TextPattern& pattern);
  Possible of(const Tree& tree);
  Possible of(const Node& node);
  Possible of(const Chain& chain);
  Possible of(const Call& call);
  Possible choice(const Call& call);
  Possible input(const Call& call);

  const core::TemplateMap* inputs_;
  std::vector<std::string> open_;  ///< inputs that are being followed
  int steps_ = 0;
};

Possible Guess::of(const Pattern& pattern) {
  if (const auto* literal = std::get_if<Literal>(&pattern.what)) return {{literal->value}, false};
  if (const auto* text = std::get_if<TextPattern>(&pattern.what)) return of(*text);
  return anything();  // lists and maps are no names
}

Possible Guess::of(const TextPattern& pattern) {
  if (pattern.parts.size() == 1) return of(*pattern.parts.front().tree);
  Possible text{{""}, false};
  for (const TextPart& part : pattern.parts) {
    text = joined(text, "", part.tree ? of(*part.tree) : Possible{{part.literal}, false});
  }
  return text;
}

Possible Guess::of(const Tree& tree) {
  if (tree.parts.empty()) return {{core::Value()}, false};
  Possible all = of(tree.parts.front());
  for (std::size_t i = 1; i < tree.parts.size(); ++i) all = joined(all, "", of(tree.parts[i]));
  return all;
}

Possible Guess::of(const NodePtr& node) {
  return node == nullptr ? Possible{{""}, false} : of(*node);
}

Possible Guess::of(const Node& node) {
  if (++steps_ > limits::steps) return anything();
  if (const auto* literal = std::get_if<Literal>(&node.what)) return {{literal->value}, false};
  if (is_constant(node)) return evaluated(node);
  if (const auto* call = std::get_if<Call>(&node.what)) return of(*call);
  if (const auto* chain = std::get_if<Chain>(&node.what)) return of(*chain);
  const auto* unary = std::get_if<Unary>(&node.what);
  return unary != nullptr && unary->sign == '+' ? of(unary->operand) : anything();
}

Possible Guess::of(const Chain& chain) {
  Possible left = of(chain.first);
  for (const Link& link : chain.links) {
    const Possible right = of(link.operand);
    if (has_number(left) || has_number(right)) return anything();  // it may be a calculation
    const std::string_view between(&link.operation, link.operation == '+' ? 0 : 1);
    left = joined(left, between, right);
  }
  return left;
}

Possible Guess::of(const Call& call) {
  const std::string_view name = call.function->name;
  if (name == "if") return choice(call);
  if (name == "input") return input(call);
  if (is_one_of(deciding, name)) return {{true, false}, false};
  if (name == "str") {
    const Possible values = of(call.arguments.front());
    Possible texts{{}, values.others};
    for (const core::Value& value : values.known) add(texts, to_text(value));
    return texts;
  }
  if (name == "trigger") return either(anything(), of(call.arguments.back()));
  if (name == "default" || name == "coalesce") {
    Possible all;
    for (const NodePtr& argument : call.arguments) all = either(std::move(all), of(argument));
    return all;
  }
  return anything();
}

Possible Guess::choice(const Call& call) {
  const Possible condition = of(call.arguments.front());
  const auto holds = [](const core::Value& value) { return to_text(value) == "true"; };
  const auto& known = condition.known;
  Possible values;
  if (condition.others || std::any_of(known.begin(), known.end(), holds)) {
    values = of(call.arguments[1]);
  }
  if (condition.others || !std::all_of(known.begin(), known.end(), holds)) {
    values = either(std::move(values), of(call.arguments[2]));
  }
  return values;
}

/// A name that is none of the document's inputs may be a built-in one.
Possible Guess::input(const Call& call) {
  const Possible names = of(call.arguments.front());
  if (inputs_ == nullptr || names.others || names.known.size() != 1) return anything();
  const std::string name = to_text(names.known.front());
  const auto found = inputs_->find(name);
  if (found == inputs_->end() || open_.size() == static_cast<std::size_t>(limits::nesting) ||
      std::find(open_.begin(), open_.end(), name) != open_.end()) {
    return anything();
  }
  const auto* compiled = dynamic_cast<const Compiled*>(found->second.get());
  if (compiled == nullptr) return anything();
  open_.push_back(name);
  Possible values = of(compiled->pattern());
  open_.pop_back();
  return values;
}

class Calls {
 public:
  Calls(const core::TemplateMap* inputs, std::initializer_list<std::string_view> functions,
        const std::function<void(const CallSite&)>& visit)
      : inputs_(inputs), functions_(functions), visit_(visit) {}

  void walk(const Pattern& pattern);

 private:
  void walk(const NodePtr& node, std::string_view field, std::string_view within);
  void tell(const Call& call, std::string_view field, std::string_view within);

  const core::TemplateMap* inputs_;
  std::initializer_list<std::string_view> functions_;
  const std::function<void(const CallSite&)>& visit_;
};

void Calls::walk(const Pattern& pattern) {
  if (const auto* text = std::get_if<TextPattern>(&pattern.what)) {
    for (const TextPart& part : text->parts) {
      if (!part.tree) continue;
      for (const NodePtr& node : part.tree->parts) walk(node, text->field, {});
    }
  } else if (const auto* list = std::get_if<ListPattern>(&pattern.what)) {
    for (const Pattern& item : list->items) walk(item);
  } else if (const auto* map = std::get_if<MapPattern>(&pattern.what)) {
    for (const Entry& entry : map->entries) walk(entry.value);
  }
}

void Calls::walk(const NodePtr& node, std::string_view field, std::string_view within) {
  if (node == nullptr) return;
  if (const auto* call = std::get_if<Call>(&node->what)) {
    if (is_one_of(functions_, call->function->name)) tell(*call, field, within);
    for (const NodePtr& argument : call->arguments) walk(argument, field, call->function->name);
  } else if (const auto* chain = std::get_if<Chain>(&node->what)) {
    walk(chain->first, field, within);
    for (const Link& link : chain->links) walk(link.operand, field, within);
  } else if (const auto* unary = std::get_if<Unary>(&node->what)) {
    walk(unary->operand, field, within);
  }
}

void Calls::tell(const Call& call, std::string_view field, std::string_view within) {
  CallSite site{call.function->name, within, field, call.column, {}};
  for (const NodePtr& argument : call.arguments) {
    site.arguments.push_back(Guess(inputs_).of(argument));
  }
  visit_(site);
}

}  // namespace

Possible possible_values(const core::Template& value, const core::TemplateMap* inputs) {
  const auto* compiled = dynamic_cast<const Compiled*>(&value);
  return compiled == nullptr ? anything() : Guess(inputs).of(compiled->pattern());
}

void each_call(const core::Template& value, const core::TemplateMap* inputs,
               std::initializer_list<std::string_view> functions,
               const std::function<void(const CallSite&)>& visit) {
  const auto* compiled = dynamic_cast<const Compiled*>(&value);
  if (compiled != nullptr) Calls(inputs, functions, visit).walk(compiled->pattern());
}

}  // namespace antiphon::expression
