// SPDX-License-Identifier: MIT
// Whether stored JSON is what its place says. Only damage from outside breaks this, so it is asked
// of files, not after each step.
#include <nlohmann/json.hpp>

#include "engine/core/findings.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

bool is_object(const JsonText& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{' && Value::accept(text);
}

bool none_or_object(const JsonText& text) {
  return text.empty() || is_object(text);
}

/// An object with each of these members.
bool has(const JsonText& text, std::initializer_list<const char*> members) {
  const Value value = Value::parse(text, nullptr, false);
  for (const char* member : members) {
    if (!value.is_object() || !value.contains(member)) return false;
  }
  return true;
}

bool is_list_of_texts(const JsonText& text) {
  const Value value = Value::parse(text, nullptr, false);
  if (!value.is_array()) return false;
  for (const Value& item : value) {
    if (!item.is_string()) return false;
  }
  return true;
}

/// Whose evaluation failed has no request, and is settled.
bool is_request(const Task& task) {
  return (task.request.empty() && settled(task.state)) || has(task.request, {"config", "inputs"});
}

}  // namespace

std::vector<Violation> check_texts(const RunRecord& record) {
  Findings findings;
  const Activation& activation = record.activation;
  findings.expect(none_or_object(activation.inputs), "texts", activation,
                  "its inputs cannot be read");
  findings.expect(activation.signals.size() <= limits::kept_signal_bytes, "I8", activation,
                  "keeps more signals than it may");
  findings.expect(none_or_object(activation.given_inputs), "texts", activation,
                  "what its inputs were given cannot be read");
  findings.expect(none_or_object(activation.metadata), "texts", activation,
                  "its labels and annotations cannot be read");
  findings.expect(
      activation.trigger.empty() || has(activation.trigger, {"topic", "named", "payload"}), "texts",
      activation, "the message that started it cannot be read");
  for (const StageRun& run : record.runs) {
    findings.expect(none_or_object(run.inputs), "texts", run, "its inputs cannot be read");
    findings.expect(none_or_object(run.given_outputs), "texts", run,
                    "what its outputs were given cannot be read");
    findings.expect(run.contexts.empty() || is_list_of_texts(run.contexts), "texts", run,
                    "its contexts cannot be read");
  }
  for (const Task& task : record.tasks) {
    findings.expect(is_request(task), "texts", task, "what was asked for cannot be read");
    findings.expect(none_or_object(task.outputs), "texts", task, "its outputs cannot be read");
  }
  for (const auto& [stage, output] : record.outputs) {
    findings.expect(is_object(output.outputs), "texts", OutputsOf{activation, stage},
                    "cannot be read");
  }
  return findings.take();
}

}  // namespace antiphon::core
