// SPDX-License-Identifier: MIT
#include "engine/expression/compile.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/limits.hpp"
#include "engine/expression/compiled.hpp"
#include "engine/expression/errors.hpp"
#include "engine/expression/evaluator.hpp"
#include "engine/expression/parser.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression {
namespace {

/// Walks one value. A pattern made beside an error is never used.
class Compiler {
 public:
  /// The first that was met.
  const std::optional<core::Error>& error() const { return error_; }

  Pattern pattern(const core::Value& raw, std::string field, int depth);

 private:
  Pattern text(const std::string& raw, std::string field);
  Pattern list(const core::Value& raw, const std::string& field, int depth);
  Pattern map(const core::Value& raw, const std::string& field, int depth);

  Pattern refused(core::Error error);

  std::optional<core::Error> error_;
};

bool is_literal(const Pattern& pattern) {
  return std::holds_alternative<Literal>(pattern.what);
}

core::Value take_literal(Pattern& pattern) {
  return std::move(std::get<Literal>(pattern.what).value);
}

/// A segment that is one literal needs no evaluation: `${{abc}}`.
const Literal* sole_literal(const std::vector<TextPart>& parts) {
  if (parts.size() != 1 || parts.front().tree->parts.size() != 1) return nullptr;
  return std::get_if<Literal>(&parts.front().tree->parts.front()->what);
}

Pattern Compiler::pattern(const core::Value& raw, std::string field, int depth) {
  if (depth > core::limits::json_depth) {
    return refused({core::status::bad_config, field + ": more than " +
                                                  std::to_string(core::limits::json_depth) +
                                                  " levels of lists and maps"});
  }
  if (raw.is_string()) return text(raw.get_ref<const std::string&>(), std::move(field));
  if (raw.is_array()) return list(raw, field, depth);
  if (raw.is_object()) return map(raw, field, depth);
  return Pattern{Literal{raw}};
}

Pattern Compiler::refused(core::Error error) {
  if (!error_) error_ = std::move(error);
  return Pattern{Literal{}};
}

Pattern Compiler::text(const std::string& raw, std::string field) {
  if (!has_segment(raw)) return Pattern{Literal{raw}};
  TextPattern made{std::move(field), {}};
  std::size_t column = 1;
  std::size_t counted = 0;
  for (const Segment& segment : split(raw)) {
    column += characters(std::string_view(raw).substr(counted, segment.offset - counted));
    counted = segment.offset;
    if (!segment.expression) {
      made.parts.push_back(TextPart{std::string(segment.text), std::nullopt, column});
      continue;
    }
    auto tree = parse(segment.text, column, made.field);
    if (!tree) return refused(std::move(tree.error()));
    made.parts.push_back(TextPart{{}, std::move(*tree), column});
  }
  if (const Literal* literal = sole_literal(made.parts)) return Pattern{*literal};
  return Pattern{std::move(made)};
}

Pattern Compiler::list(const core::Value& raw, const std::string& field, int depth) {
  ListPattern made;
  bool literal = true;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    made.items.push_back(pattern(raw[i], field + "[" + std::to_string(i) + "]", depth + 1));
    literal = literal && is_literal(made.items.back());
  }
  if (!literal) return Pattern{std::move(made)};
  core::Value whole = core::Value::array();
  for (Pattern& item : made.items) whole.push_back(take_literal(item));
  return Pattern{Literal{std::move(whole)}};
}

Pattern Compiler::map(const core::Value& raw, const std::string& field, int depth) {
  MapPattern made;
  bool literal = true;
  for (const auto& [key, value] : raw.items()) {
    made.entries.push_back(Entry{key, pattern(value, field + "." + key, depth + 1)});
    literal = literal && is_literal(made.entries.back().value);
  }
  if (!literal) return Pattern{std::move(made)};
  core::Value whole = core::Value::object();
  for (Entry& entry : made.entries) whole.emplace(entry.key, take_literal(entry.value));
  return Pattern{Literal{std::move(whole)}};
}

}  // namespace

core::Result<core::Value> Compiled::evaluate(const core::Scope& scope) const {
  if (const auto* literal = std::get_if<Literal>(&pattern_.what)) return literal->value;
  Evaluation evaluation(scope);
  return evaluation.value(pattern_);
}

core::Result<core::TemplatePtr> compile(const core::Value& raw, std::string field) {
  Compiler compiler;
  Pattern made = compiler.pattern(raw, std::move(field), 1);
  if (compiler.error()) return tl::unexpected<core::Error>(*compiler.error());
  return std::make_shared<const Compiled>(std::move(made));
}

}  // namespace antiphon::expression
