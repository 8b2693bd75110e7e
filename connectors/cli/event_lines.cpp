// SPDX-License-Identifier: MIT
#include "connectors/cli/event_lines.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

constexpr std::size_t context_width = 10;
constexpr std::size_t outputs_shown = 160;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

/// At most `outputs_shown` bytes, without a part of a character.
std::size_t whole_characters(std::string_view text) {
  std::size_t most = outputs_shown;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return most;
}

/// Outputs without what is internal, cut where they would fill the screen.
std::string brief(const Value& data) {
  const auto outputs = data.find("outputs");
  if (outputs == data.end() || !outputs->is_object()) return {};
  Value shown = Value::object();
  for (const auto& [key, value] : outputs->items()) {
    if (!key.starts_with("__")) shown[key] = value;
  }
  std::string text = json_line(shown);
  if (text.size() > outputs_shown) text = text.substr(0, whole_characters(text)) + "...";
  return shown.empty() ? std::string() : " " + paint(text, Colour::dim);
}

std::string state_of(const Value& data) {
  const std::string state = cell(data, "state");
  return paint(state, colour_of(state));
}

std::string counts_of(const Value& data) {
  const Value counts = data.value("counts", Value::object());
  const auto failed = counts.value("failed", 0);
  return std::to_string(counts.value("done", 0)) + " of " +
         std::to_string(counts.value("total", 0)) + " done" +
         (failed > 0 ? ", " + std::to_string(failed) + " failed" : "");
}

std::string with_error(const Value& data) {
  const std::string error = cell(data, "error");
  return error.empty() ? "" : ": " + error;
}

std::string run_line(const std::string& type, const Value& data) {
  if (type == "activation.started") {
    std::string line =
        paint("run of " + cell(data, "campaign") + ":" + cell(data, "version"), Colour::bold) +
        " by " + cell(data, "author");
    if (const auto trigger = data.find("trigger"); trigger != data.end()) {
      line += " on " + cell(*trigger, "topic") + " with " +
              json_line(trigger->value("payload", Value()));
    }
    return line + ", inputs " + json_line(data.value("inputs", Value::object()));
  }
  return paint("run " + printable(type.substr(type.find('.') + 1)), Colour::bold) + ", " +
         state_of(data) + with_error(data);
}

}  // namespace

std::string EventLines::since(const std::string& what, core::Instant now) const {
  const auto begun = begun_.find(what);
  return begun == begun_.end() ? "" : " in " + elapsed(now - begun->second);
}

std::string EventLines::line(const core::LifeCycle& event) {
  const Value data = core::parse_object(event.data);
  const std::string run = event.activation.text();
  const std::string stage = cell(data, "stage");
  const std::string number = cell(data, "run");
  const std::string stage_key = run + "/" + number;
  const std::string context = context_cell(data);
  const std::string task_key = stage_key + "/" + context;
  const std::string prefix = core::to_rfc3339(event.at).substr(11, 12) + " " +
                             (name_run_ ? paint(run, Colour::dim) + " " : "");
  if (event.type == "activation.started") begun_[run] = event.at;
  if (event.type == "stage.started") {
    begun_[stage_key] = event.at;
    const std::string provider = cell(data, "provider");
    return prefix + "stage " + paint(stage, Colour::bold) + " #" + number +
           (provider.empty() ? "" : " (" + provider + ")");
  }
  if (event.type == "stage.scheduled") {
    return prefix + "stage " + paint(stage, Colour::bold) + " #" + number + " waits until " +
           cell(data, "begins");
  }
  if (event.type == "stage.ended") {
    const std::string next = cell(data, "nextStage");
    return prefix + "stage " + paint(stage, Colour::bold) + " #" + number + " " + state_of(data) +
           since(stage_key, event.at) + ", " + counts_of(data) + with_error(data) +
           (next.empty() ? "" : ", next " + next);
  }
  if (event.type.starts_with("task.")) {
    const bool settled = event.type == "task.settled";
    return prefix + "  " + padded(context, context_width) + " " + state_of(data) +
           (settled ? since(stage_key, event.at) : "") + with_error(data) +
           (settled ? brief(data) : "");
  }
  return prefix + run_line(event.type, data) +
         (event.type == "activation.ended" ? since(run, event.at) : "");
}

std::string event_line(const core::LifeCycle& event, EventLines& lines, bool json) {
  if (!json) return lines.line(event);
  return json_line({{"type", event.type},
                    {"activation", event.activation.text()},
                    {"at", core::to_rfc3339(event.at)},
                    {"data", core::parse_object(event.data)}});
}

void print_event(const core::LifeCycle& event, EventLines& lines, bool json) {
  std::printf("%s\n", event_line(event, lines, json).c_str());
  std::fflush(stdout);
}

}  // namespace antiphon::cli
