// SPDX-License-Identifier: MIT
#include "tests/scenarios/print.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "tests/scenarios/world.hpp"

namespace antiphon::scenarios {
namespace {

using core::Value;

bool is_built_in(const std::string& key) {
  const auto dot = key.find(".__");
  const std::string name =
      key.starts_with("__") || dot == std::string::npos ? key : key.substr(dot + 1);
  return name.starts_with("__") && name != "__state";
}

/// Without the built-ins, which are the same for every stage.
Value without_built_ins(const Value& value) {
  if (!value.is_object()) return value;
  Value kept = Value::object();
  for (const auto& [key, item] : value.items()) {
    if (!is_built_in(key)) kept[key] = without_built_ins(item);
  }
  return kept;
}

std::string shown(const core::JsonText& text) {
  return core::dump(without_built_ins(core::parse_object(text)));
}

std::string quoted(const std::string& text) {
  return text.empty() ? "" : " \"" + text + "\"";
}

std::string optional_json(const core::JsonText& text) {
  return text.empty() ? "" : " " + text;
}

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', '|');
  return text;
}

std::string attempt(int number) {
  return number == 1 ? std::string() : " attempt " + std::to_string(number);
}

std::string work(World& world, const core::StartWork& start) {
  const Value request = Value::parse(start.request);
  const std::string config = core::dump(request.at("config"));
  return "start work " + world.name_of(start.key) + attempt(start.attempt) + ": " + start.provider +
         " " + shown(core::dump(request.at("inputs"))) +
         (config == "{}" ? "" : " config " + config) + ", " + core::to_text(start.time_left) +
         " left" + (start.again ? ", again" : "") +
         (start.most.ms == 0 ? "" : ", work " + core::to_text(start.most)) +
         (start.polls == 0 ? "" : ", poll " + std::to_string(start.polls) + " " + start.poll_state);
}

std::string command(World& world, const core::SendCommand& sent) {
  const core::Command& command = sent.command;
  std::string line = "command to " + sent.site.text() + ": " + world.name_of(command.id) +
                     attempt(command.attempt) + " " + command.provider + " " +
                     shown(command.inputs);
  if (command.config != "{}") line += " config " + command.config;
  line += " until " + since_start(command.deadline);
  if (command.idempotent) line += ", idempotent";
  if (command.work_timeout.ms > 0) line += ", work " + core::to_text(command.work_timeout);
  return line + (sent.repeat ? ", again" : "");
}

std::string reply(const core::SendReply& sent) {
  const core::Reply& reply = sent.reply;
  return "reply to " + sent.origin.text() + ": " + reply.id.text() + attempt(reply.attempt) + " " +
         std::string(core::to_text(reply.state)) + " " + std::to_string(reply.status) +
         (reply.outputs.empty() ? "" : " " + shown(reply.outputs)) + quoted(reply.error);
}

std::string status(const core::Status& status) {
  std::string line = "status " + status.activation.text() + ": " +
                     std::string(core::to_text(status.state)) + " " + std::to_string(status.status);
  if (status.run > 0) {
    line += ", stage run " + std::to_string(status.run) + " " + status.stage + " " +
            std::to_string(status.succeeded) + "+" + std::to_string(status.failed) + " of " +
            std::to_string(status.total);
  }
  if (!status.waits_for.empty()) line += ", waits for " + status.waits_for;
  return line + quoted(status.error);
}

std::string event(const core::LifeCycle& event) {
  const Value data = Value::parse(event.data);
  std::string line = "event " + event.type + " " + event.activation.text();
  if (data.contains("run")) line += "/" + std::to_string(data["run"].get<int>());
  if (data.contains("context")) line += " " + data["context"].get<std::string>();
  if (data.contains("name")) line += "/" + data["name"].get<std::string>();
  return line;
}

/// Its generation and spec, or that it is gone.
std::string object_text(const core::Object& object) {
  if (object.deleted_at) return "is gone";
  const core::Value document = core::parse_object(object.document);
  return "g" + std::to_string(object.generation) + " " +
         core::dump(document.value("spec", core::Value::object())) + " by " + object.author;
}

struct Line {
  World& world;
  std::string operator()(const core::SendCommand& sent) const { return command(world, sent); }
  std::string operator()(const core::SendCancel& sent) const {
    return "cancel to " + sent.site.text() + ": " + world.name_of(sent.cancel.id) +
           attempt(sent.cancel.attempt) + quoted(sent.cancel.reason);
  }
  std::string operator()(const core::SendReply& sent) const { return reply(sent); }
  std::string operator()(const core::StartWork& start) const { return work(world, start); }
  std::string operator()(const core::StopWork& stop) const {
    return "stop work " + world.name_of(stop.key) + attempt(stop.attempt);
  }
  std::string operator()(const core::ForgetWork& forget) const {
    return "forget work " + world.name_of(forget.key) + attempt(forget.attempt);
  }
  std::string operator()(const core::Arrived& arrived) const {
    return "arrived at " + arrived.site.text() + ": " + world.name_of(arrived.id);
  }
  std::string operator()(const core::PublishStatus& publish) const {
    return status(publish.status);
  }
  std::string operator()(const core::PublishObject& publish) const {
    return "object " + core::to_text(publish.object.key) + " " + object_text(publish.object);
  }
  std::string operator()(const core::PublishRequest& publish) const {
    return "request of " + world.name_of(publish.task) +
           (publish.request.empty() ? " is taken back" : ": " + publish.request);
  }
  std::string operator()(const core::PublishOnce& publish) const {
    return "to " + publish.topic + ": " + publish.payload;
  }
  std::string operator()(const core::Publish& publish) const { return event(publish.event); }
};

struct Kind {
  std::string operator()(const core::SendCommand&) const { return "command"; }
  std::string operator()(const core::SendCancel&) const { return "cancel"; }
  std::string operator()(const core::SendReply&) const { return "reply"; }
  std::string operator()(const core::StartWork&) const { return "work"; }
  std::string operator()(const core::StopWork&) const { return "work"; }
  std::string operator()(const core::ForgetWork&) const { return "work"; }
  std::string operator()(const core::Arrived&) const { return "arrived"; }
  std::string operator()(const core::PublishStatus&) const { return "status"; }
  std::string operator()(const core::PublishObject&) const { return "object"; }
  std::string operator()(const core::PublishRequest&) const { return "request"; }
  std::string operator()(const core::PublishOnce&) const { return "notice"; }
  std::string operator()(const core::Publish&) const { return "event"; }
};

struct TaskBehind {
  using Id = std::optional<core::TaskId>;
  Id operator()(const core::SendCommand& sent) const { return sent.command.id; }
  Id operator()(const core::SendCancel& sent) const { return sent.cancel.id; }
  Id operator()(const core::SendReply&) const { return std::nullopt; }
  Id operator()(const core::StartWork& start) const { return start.id; }
  Id operator()(const core::StopWork& stop) const { return stop.id; }
  Id operator()(const core::ForgetWork& forget) const { return forget.id; }
  Id operator()(const core::Arrived& arrived) const { return arrived.id; }
  Id operator()(const core::PublishStatus&) const { return std::nullopt; }
  Id operator()(const core::PublishObject&) const { return std::nullopt; }
  Id operator()(const core::PublishRequest& publish) const { return publish.task; }
  Id operator()(const core::PublishOnce&) const { return std::nullopt; }
  Id operator()(const core::Publish&) const { return std::nullopt; }
};

std::string show_task(World& world, const core::Task& task) {
  std::string line = "    " + world.name_of(task.key) + " " + task.context +
                     (task.name.empty() ? "" : "/" + task.name) + ": " + task.provider + " " +
                     std::string(core::to_text(task.state)) + attempt(task.attempt);
  if (core::settled(task.state)) line += " " + std::to_string(task.status);
  line += (task.outputs.empty() ? "" : " " + shown(task.outputs)) + quoted(task.error);
  if (!task.note.empty()) line += ", note: " + in_one_line(task.note);
  if (!task.waits_for.empty()) line += ", waits for " + task.waits_for;
  if (task.polls > 0) line += ", polls " + std::to_string(task.polls);
  if (!task.poll_state.empty()) line += " " + task.poll_state;
  if (const auto due = core::due_at(task)) line += ", due " + since_start(*due);
  return line + "\n";
}

std::string show_stage_run(const core::StageRun& run) {
  std::string line = "  run " + std::to_string(run.run) + " " + run.stage + ": " +
                     std::string(core::to_text(run.state)) + " " + std::to_string(run.succeeded) +
                     "+" + std::to_string(run.failed) + " of " + std::to_string(run.total);
  if (run.opened != run.total) line += ", " + std::to_string(run.opened) + " opened";
  if (run.begins_at) line += ", begins " + since_start(*run.begins_at);
  if (core::ended(run.state)) line += " -> " + (run.next_stage.empty() ? "end" : run.next_stage);
  line += quoted(run.error) + (run.handled ? " (handled)" : "");
  if (!run.note.empty()) line += ", note: " + run.note;
  if (!run.stepped_by.empty()) line += ", a step by " + run.stepped_by;
  return line + "\n";
}

}  // namespace

std::string to_line(World& world, const core::Effect& effect) {
  return std::visit(Line{world}, effect);
}

std::string kind_of(const core::Effect& effect) {
  return std::visit(Kind{}, effect);
}

std::optional<core::TaskId> task_of(const core::Effect& effect) {
  return std::visit(TaskBehind{}, effect);
}

std::string to_text(const core::Answer& answer) {
  return std::to_string(answer.status) + optional_json(answer.body) + quoted(answer.error) +
         (answer.hint.empty() ? "" : " (" + answer.hint + ")");
}

std::string since_start(core::Instant at) {
  const core::Duration time = at - start_of_time;
  return time.ms < 0 ? "-" + core::to_text(core::Duration{-time.ms}) : "+" + core::to_text(time);
}

std::string show_run(World& world, const core::RunRecord& record) {
  const core::Activation& activation = record.activation;
  std::string text =
      world.name_of(activation.id) + ": " + std::string(core::to_text(activation.state));
  if (core::ended(activation.state)) text += " " + std::to_string(activation.status);
  if (!activation.next_stage.empty()) text += ", next " + activation.next_stage;
  if (activation.stepped) text += activation.awaits_step ? ", awaits a step" : ", stepped";
  if (activation.due) text += ", due " + since_start(*activation.due);
  text += quoted(activation.error);
  text += (activation.signals.empty() ? "" : ", keeps " + activation.signals) + "\n";
  auto task = record.tasks.begin();
  for (const core::StageRun& run : record.runs) {
    text += show_stage_run(run);
    for (; task != record.tasks.end() && task->key.run == run.run; ++task) {
      text += show_task(world, *task);
    }
  }
  for (const auto& [stage, output] : record.outputs) {
    text += "  outputs " + stage + ": " + shown(output.outputs) + "\n";
  }
  return text;
}

}  // namespace antiphon::scenarios
