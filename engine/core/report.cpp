// SPDX-License-Identifier: MIT
#include "engine/core/report.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/masks.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

std::string waits_for(const Activation& activation, const std::optional<StageRun>& run) {
  if (activation.awaits_step) return "a step, to stage " + activation.next_stage;
  if (activation.state == ActivationState::paused) return "an operator's resume";
  if (ended(activation.state) || !run || ended(run->state)) return {};
  if (run->state == StageRunState::scheduled) {
    return "the schedule of stage " + run->stage + ", " + to_rfc3339(*run->begins_at);
  }
  const std::int64_t open = run->total - run->succeeded - run->failed;
  const std::string left = std::to_string(open) + " of " + std::to_string(run->total);
  return activation.state == ActivationState::cancelling
             ? left + " contexts of stage " + run->stage + " to say how they ended"
             : left + " contexts of stage " + run->stage;
}

int shown_status(const Activation& activation) {
  if (ended(activation.state)) return activation.status;
  return activation.state == ActivationState::paused ? status::paused : status::running;
}

Value about(const Activation& activation) {
  return Value{{"activation", activation.id.text()},
               {"campaign", activation.campaign.text()},
               {"version", activation.version.text()}};
}

/// A commanded run is silent: its origin tells of it.
bool silent(const Slice& slice) {
  return !slice.activation->origin.empty();
}

/// What happens to a task need not move the run's `seq`, so `subject` keeps the ids of two tasks
/// apart.
void publish(Slice& slice, std::string_view type, const std::string& subject, const Value& data) {
  const Activation& activation = *slice.activation;
  const std::string id = activation.id.text() + "." + std::to_string(activation.seq) + subject +
                         "." + std::to_string(slice.outcome.effects.size());
  slice.emit(Publish{LifeCycle{std::string(type), activation.id, id, slice.now(), dump(data)}});
}

}  // namespace

Status status_of(const Activation& activation, const std::optional<StageRun>& run) {
  Status out;
  out.activation = activation.id;
  out.campaign = activation.campaign.text();
  out.version = activation.version.text();
  out.name_space = activation.name_space.text();
  out.seq = activation.seq;
  out.state = activation.state;
  out.status = shown_status(activation);
  out.stage = activation.stage;
  out.run = activation.run;
  if (run) {
    out.total = run->total;
    out.succeeded = run->succeeded;
    out.failed = run->failed;
  }
  out.waits_for = waits_for(activation, run);
  if (activation.awaits_step) out.proposal = activation.next_stage;
  out.error = activation.error;
  out.since = activation.created;
  out.updated = activation.updated;
  return out;
}

void tell(Slice& slice, std::string_view type) {
  if (silent(slice)) return;
  const Activation& activation = *slice.activation;
  Value data = about(activation);
  data["state"] = to_text(activation.state);
  if (ended(activation.state)) data["status"] = activation.status;
  if (!activation.error.empty()) data["error"] = activation.error;
  if (activation.awaits_step) data["proposal"] = activation.next_stage;
  if (type == "activation.started") {
    data["author"] = activation.author;
    data["inputs"] = Value::parse(activation.inputs);
    mask_named(data["inputs"]);
    if (!activation.trigger.empty()) data["trigger"] = Value::parse(activation.trigger);
  }
  publish(slice, type, {}, data);
}

void tell_stage(Slice& slice, std::string_view type) {
  if (silent(slice)) return;
  const StageRun& run = *slice.run;
  Value data = about(*slice.activation);
  data["stage"] = run.stage;
  data["run"] = run.run;
  data["provider"] = run.provider;
  data["state"] = to_text(run.state);
  if (run.state == StageRunState::scheduled) data["begins"] = to_rfc3339(*run.begins_at);
  data["counts"] = {{"total", run.total}, {"done", run.succeeded}, {"failed", run.failed}};
  if (ended(run.state)) {
    data["status"] = run.status;
    data["nextStage"] = run.next_stage;
  }
  if (!run.error.empty()) data["error"] = run.error;
  publish(slice, type, {}, data);
}

void tell_task(Slice& slice, std::string_view type, const Task& task, const std::string& error) {
  if (silent(slice)) return;
  Value data = about(*slice.activation);
  data["stage"] = slice.run->stage;
  data["run"] = task.key.run;
  data["context"] = task.context;
  if (!task.name.empty()) data["name"] = task.name;
  if (!task.site.empty()) data["site"] = task.site.text();
  data["task"] = task.id.text();
  data["provider"] = task.provider;
  data["attempt"] = task.attempt;
  data["state"] = to_text(task.state);
  if (task.state == TaskState::waiting) data["due"] = to_rfc3339(*task.wake_at);
  if (!task.waits_for.empty()) data["waitsFor"] = task.waits_for;
  if (settled(task.state)) {
    data["status"] = task.status;
    if (!task.outputs.empty()) data["outputs"] = Value::parse(task.outputs);
  }
  if (!task.error.empty() || !error.empty()) data["error"] = error.empty() ? task.error : error;
  publish(slice, type, "." + std::to_string(task.key.run) + "." + std::to_string(task.key.ordinal),
          data);
}

Reply reply_for(const Activation& activation, const Task& task) {
  Reply reply;
  reply.id = activation.task_id;
  reply.attempt = task.attempt;
  switch (task.state) {
    case TaskState::owed:
    case TaskState::accepted:
    case TaskState::cancelling:
      reply.state = ReplyState::accepted;
      reply.status = status::accepted;
      return reply;
    case TaskState::started:
    case TaskState::waiting:
      reply.state = ReplyState::started;
      reply.status = status::running;
      return reply;
    case TaskState::done:
      reply.state = ReplyState::done;
      break;
    case TaskState::failed:
    case TaskState::uncertain:
      reply.state = ReplyState::failed;
      break;
    case TaskState::rejected:
      reply.state = ReplyState::rejected;
      break;
    case TaskState::cancelled:
      reply.state = ReplyState::cancelled;
      break;
  }
  reply.status = task.status;
  reply.outputs = task.outputs;
  reply.error = task.error;
  return reply;
}

Command command_for(const Activation& activation, const StageRun& run, const Task& task,
                    const PlaneName& self, Instant now) {
  const Value request = Value::parse(task.request);
  Command command;
  command.id = task.id;
  command.attempt = task.attempt;
  command.activation = activation.id.text();
  command.campaign = activation.campaign.text();
  command.stage = run.stage;
  command.run = run.run;
  command.context = task.context;
  command.provider = task.provider;
  command.config = dump(request.at("config"));
  command.inputs = dump(request.at("inputs"));
  seal_command(command, request);
  command.deadline = task.deadline;
  command.at = now;
  command.idempotent = task.idempotent;
  command.work_timeout = task.work_timeout;
  command.depth = activation.depth + 1;
  command.path = {self.text()};
  return command;
}

std::string error_text(int status, const std::string& message) {
  const std::string prefix = status::text(status) + ": ";
  return message.starts_with(prefix) ? message : prefix + message;
}

}  // namespace antiphon::core
