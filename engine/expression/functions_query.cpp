// SPDX-License-Identifier: MIT
// The functions that look into a value: $val, $context, $payload, $jsonpath.
#include <optional>
#include <string>

#include "engine/core/limits.hpp"
#include "engine/core/template.hpp"
#include "engine/expression/function_bodies.hpp"
#include "engine/expression/functions.hpp"
#include "engine/expression/json_path.hpp"

namespace antiphon::expression::bodies {
namespace {

/// What `text` leads to; parsed now unless the document spells it out.
Outcome follow_path(Evaluation& evaluation, const Call& call, std::string_view text,
                    const core::Value& value, std::string_view place) {
  if (call.path) return evaluation.query(call, *call.path, text, value, place);
  const auto path = JsonPath::parse(text);
  if (!path) return evaluation.bad_path(call, text, path.error());
  return evaluation.query(call, *path, text, value, place);
}

const core::Value* member(const core::Value& value, std::string_view key) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(key);
  return found == value.end() ? nullptr : &*found;
}

/// Does JSON text open more lists and objects within one another than the product handles?
bool is_too_deep(std::string_view json) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > core::limits::json_depth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// Text that holds JSON becomes its value, else it stays as it is; false if it is nested too deep.
bool parse_json(core::Value& value) {
  if (!value.is_string()) return true;
  const auto& text = value.get_ref<const std::string&>();
  if (is_too_deep(text)) return false;
  auto parsed = core::Value::parse(text, nullptr, false);
  if (!parsed.is_discarded()) value = std::move(parsed);
  return true;
}

}  // namespace

Outcome context(Evaluation& evaluation, const Call& call) {
  const auto* value = evaluation.scope().value;
  if (value == nullptr) return evaluation.missing(call, "there is no context value here");
  if (call.arguments.empty()) return *value;
  const auto key = evaluation.text(*call.arguments[0]);
  if (!key) return tl::unexpected<core::Error>(key.error());
  if (is_marked_path(key->view())) {
    return follow_path(evaluation, call, key->view(), *value, "the context value");
  }
  if (const auto* found = member(*value, key->view())) return *found;
  const std::string name = "'" + key->string() + "'";
  if (value->is_object()) {
    return evaluation.missing(call, "there is no " + name + " in the context value");
  }
  return evaluation.missing(call, "the context value is no object with a key " + name);
}

Outcome payload(Evaluation& evaluation, const Call& call) {
  const auto* value = evaluation.scope().payload;
  if (value == nullptr) return evaluation.missing(call, "no message woke this activation");
  if (call.arguments.empty()) return *value;
  const auto path = evaluation.text(*call.arguments[0]);
  if (!path) return tl::unexpected<core::Error>(path.error());
  if (!is_marked_path(path->view())) {
    if (const auto* found = member(*value, path->view())) return *found;
  }
  return follow_path(evaluation, call, path->view(), *value, "the payload");
}

Outcome json_path(Evaluation& evaluation, const Call& call) {
  auto value = evaluation.value(*call.arguments[0]);
  if (!value) return value;
  const auto path = evaluation.text(*call.arguments[1]);
  if (!path) return tl::unexpected<core::Error>(path.error());
  const bool was_text = value->is_string();
  if (!parse_json(*value) || (was_text && !parse_json(*value))) {
    return evaluation.failure(call, "the JSON has more than " +
                                        std::to_string(core::limits::json_depth) +
                                        " levels of lists and objects");
  }
  return follow_path(evaluation, call, without_quotes(path->view()), *value, "the value");
}

}  // namespace antiphon::expression::bodies
