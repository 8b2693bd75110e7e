// SPDX-License-Identifier: MIT
// At a site a task is one run, keyed (origin, task id); each attempt that is executed is one stage
// run of it (docs/site-protocol.md, Commands).
#include <algorithm>

#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/report.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// An answer that needs no row: the same command gets it again, as long as things are as they are.
void reply_only(Slice& slice, const CommandReceived& event, ReplyState state, Error error) {
  Reply reply;
  reply.id = event.command.id;
  reply.attempt = event.command.attempt;
  reply.state = state;
  reply.status = error.status;
  reply.error = std::move(error.message);
  slice.emit(SendReply{event.origin, std::move(reply)});
}

void reject(Slice& slice, const CommandReceived& event, Error error) {
  slice.outcome.refused = error;
  reply_only(slice, event, ReplyState::rejected, std::move(error));
}

/// Drawn, not composed: no other origin's task and no operator's run can have taken the id.
ActivationId commanded_id(Slice& slice, const PlaneName& origin) {
  constexpr std::size_t origin_part = 32;
  return *ActivationId::parse(origin.text().substr(0, origin_part) + "." +
                              slice.draws.task_id().text());
}

Activation commanded_run(Slice& slice, const CommandReceived& event) {
  Activation fresh;
  fresh.id = commanded_id(slice, event.origin);
  fresh.name_space = *Namespace::parse("default");
  fresh.origin = event.origin;
  fresh.task_id = event.command.id;
  fresh.depth = event.command.depth;
  fresh.author = event.origin.text();
  fresh.created = slice.now();
  return fresh;
}

/// Opens the stage run of this attempt and starts its work; the origin hears how it stands.
void execute(Slice& slice, const CommandReceived& event) {
  const Command& command = event.command;
  Activation& activation = *slice.activation;
  slice.flush_run();
  activation.state = ActivationState::running;
  activation.status = 0;
  activation.error.clear();
  activation.ended_at.reset();
  activation.stage = command.stage;
  activation.run += 1;
  slice.touch_activation();

  StageRun run;
  run.activation = activation.id;
  run.run = activation.run;
  run.stage = command.stage;
  run.provider = command.provider;
  run.state = StageRunState::open;
  run.total = run.opened = 1;
  run.opened_at = slice.now();
  slice.begin(std::move(run));

  Value config = parse_object(command.config);
  Value inputs = parse_object(command.inputs);
  inputs["__origin"] = event.origin.text();
  Task task;
  task.key = {activation.id, activation.run, 0};
  task.id = slice.draws.task_id();
  task.context = command.context;
  task.provider = command.provider;
  task.attempt = command.attempt;
  task.idempotent = command.idempotent;
  task.request = hold_request(config, inputs, command.secrets);
  task.work_timeout = command.work_timeout;
  task.created = slice.now();
  task.deadline = event.deadline;
  slice.task = std::move(task);
  start_local(slice, *slice.task, config, inputs);
  slice.rows.insert(*slice.task);
  if (settled(slice.task->state)) {
    after_settling(slice);
    return;
  }
  answer_origin(slice, *slice.task);
}

/// The work that still runs becomes the new attempt's; the origin learns that nothing is begun
/// anew.
void adopt(Slice& slice, const CommandReceived& event) {
  slice.task->attempt = event.command.attempt;
  slice.task->deadline = event.deadline;
  slice.rows.update(*slice.task);
  reply_only(slice, event, ReplyState::accepted, {status::accepted, {}});
}

void answer_tombstone(Slice& slice, const CommandReceived& event) {
  reply_only(slice, event, ReplyState::cancelled,
             {status::cancelled, "it was cancelled before it came"});
}

}  // namespace

std::optional<Error> why_unfit(const Plane& plane, const Command& command) {
  if (!plane.offers.contains(command.provider)) {
    return Error{status::forbidden,
                 plane.self.text() + " does not offer '" + command.provider + "'"};
  }
  const bool circular =
      std::find(command.path.begin(), command.path.end(), plane.self.text()) != command.path.end();
  if (circular) {
    return Error{status::conflict,
                 "the command came round: planes above it are " + dump(Value(command.path))};
  }
  if (command.depth > limits::command_depth) {
    return Error{status::conflict, std::to_string(command.depth) + " planes above it, more than " +
                                       std::to_string(limits::command_depth)};
  }
  return std::nullopt;
}

void handle(Slice& slice, const CommandReceived& event) {
  if (!slice.plane.parents.contains(event.origin)) {
    reject(
        slice, event,
        {status::forbidden, event.origin.text() + " is no parent of " + slice.plane.self.text()});
    return;
  }
  const bool known = slice.activation.has_value();
  if (known && slice.activation->run == 0) {
    answer_tombstone(slice, event);
    return;
  }
  const bool repeat = known && event.command.attempt <= slice.task->attempt;
  if (repeat && !(settled(slice.task->state) && planted(Planted::site_without_journal))) {
    answer_origin(slice, *slice.task);
    return;
  }
  if (known && slice.task->state == TaskState::done) {
    slice.task->attempt = event.command.attempt;
    slice.rows.update(*slice.task);
    answer_origin(slice, *slice.task);
    return;
  }
  if (known && !settled(slice.task->state)) {
    adopt(slice, event);
    return;
  }
  if (auto error = why_unfit(slice.plane, event.command)) {
    reject(slice, event, std::move(*error));
    return;
  }
  if (event.deadline <= slice.now()) {
    reply_only(slice, event, ReplyState::failed,
               {status::timed_out, "the deadline had passed when the command came"});
    return;
  }
  if (!known) slice.begin(commanded_run(slice, event));
  execute(slice, event);
}

}  // namespace antiphon::core
