// SPDX-License-Identifier: MIT
#include "engine/core/stage_contexts.hpp"

#include <limits>
#include <unordered_map>
#include <utility>

#include "engine/core/json.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

Result<std::string> context_text(const Value& value) {
  std::string text = plain_text(value);
  if (text.empty()) return failure(status::bad_config, "invalid context: an empty text is none");
  if (text.size() > limits::context_bytes) {
    return failure(status::bad_config, "invalid context: it has " + std::to_string(text.size()) +
                                           " bytes, more than " +
                                           std::to_string(limits::context_bytes));
  }
  return text;
}

Result<Contexts> each_once(const Value& list) {
  if (list.size() > limits::contexts) {
    return failure(status::bad_config, "contexts has " + std::to_string(list.size()) +
                                           " items, more than " + std::to_string(limits::contexts));
  }
  Contexts contexts;
  std::unordered_map<std::string, int> times;
  for (const Value& item : list) {
    auto text = context_text(item);
    if (!text) return tl::unexpected<Error>(text.error());
    if (++times[*text] == 1) contexts.texts.push_back(std::move(*text));
  }
  for (const std::string& text : contexts.texts) {
    if (times[text] == 1) continue;
    contexts.note += (contexts.note.empty() ? "" : "; ") + std::string("context '") + text +
                     "' was named " + std::to_string(times[text]) + " times and counts once";
  }
  return contexts;
}

}  // namespace

Value context_value(const StageSpec& spec, const RunScope& scope) {
  const auto input = spec.inputs.find("context");
  if (input == spec.inputs.end()) return nullptr;
  const auto value = input->second->evaluate(scope.scope(nullptr, &spec.inputs, nullptr));
  return value ? *value : Value(nullptr);
}

Result<Contexts> resolve_contexts(const Slice& slice, const StageSpec& spec,
                                  const RunScope& scope) {
  if (spec.contexts == nullptr) return Contexts{{slice.plane.self.text()}, {}};
  const Value context = context_value(spec, scope);
  auto value = spec.contexts->evaluate(scope.scope(nullptr, &spec.inputs, &context));
  if (!value) {
    return failure(status::internal_error, value.error().message, value.error().hint);
  }
  if (holds_secret(*value)) {
    return failure(status::bad_config, "invalid context: it holds a secret",
                   "contexts are shown to everybody; $secret belongs into config");
  }
  if (value->is_array()) return each_once(*value);
  if (value->is_string()) {
    auto text = context_text(*value);
    if (!text) return tl::unexpected<Error>(text.error());
    return Contexts{{std::move(*text)}, {}};
  }
  return failure(status::bad_config, "invalid context " + dump(*value),
                 "contexts is a text or a list of texts");
}

Result<Contexts> same_contexts(const Slice& slice) {
  const StageRun& run = *slice.run;
  constexpr auto every_task = std::numeric_limits<std::size_t>::max();
  Contexts contexts;
  slice.rows.each_task(run.activation, run.again_of, -1, every_task, [&](const Task& task) {
    if (!is_part(run, task)) contexts.texts.push_back(task.context);
    return true;
  });
  return contexts;
}

}  // namespace antiphon::core
