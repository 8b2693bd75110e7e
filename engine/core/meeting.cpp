// SPDX-License-Identifier: MIT
#include "engine/core/meeting.hpp"

#include <algorithm>

#include "engine/core/check.hpp"
#include "engine/core/compat.hpp"
#include "engine/core/findings.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

EventKind kind_of(const Slice& slice, const ActivationRequested& event) {
  const std::string& stage = event.request.stage;
  const bool known = slice.campaign->stages.contains(compat::first_stage(*slice.campaign, stage));
  return known ? EventKind::activate : EventKind::activate_unknown_stage;
}

EventKind kind_of(const Slice& slice, const CommandReceived& event) {
  const Command& command = event.command;
  if (!slice.plane.parents.contains(event.origin)) return EventKind::command_of_stranger;
  if (slice.activation && !slice.task) return EventKind::command_after_cancel;
  if (slice.task && command.attempt <= slice.task->attempt) return EventKind::command_again;
  if (why_unfit(slice.plane, command)) return EventKind::command_unfit;
  return event.deadline <= slice.now() ? EventKind::command_expired : EventKind::command;
}

EventKind kind_of(const Slice& slice, const CancelReceived& event) {
  const int attempt = event.cancel.attempt;
  if (!slice.plane.parents.contains(event.origin)) return EventKind::cancel_of_stranger;
  if (!slice.task || attempt > slice.task->attempt) return EventKind::cancel_of_newer;
  return attempt == slice.task->attempt ? EventKind::cancel : EventKind::cancel_of_older;
}

EventKind kind_of(const Slice& slice, const ReplyReceived& event) {
  ANTIPHON_CHECK(slice.task);
  const Reply& reply = event.reply;
  if (slice.task->site.empty() || slice.task->site != event.site) {
    return EventKind::reply_of_stranger;
  }
  if (reply.attempt != slice.task->attempt) {
    return reply.state == ReplyState::done ? EventKind::reply_done_of_other
                                           : EventKind::reply_of_other_attempt;
  }
  switch (reply.state) {
    case ReplyState::accepted:
      return EventKind::reply_accepted;
    case ReplyState::started:
      return EventKind::reply_started;
    case ReplyState::progress:
      return EventKind::reply_progress;
    case ReplyState::done:
      return EventKind::reply_done;
    case ReplyState::failed:
      return EventKind::reply_failed;
    case ReplyState::rejected:
      return EventKind::reply_rejected;
    case ReplyState::cancelled:
      return EventKind::reply_cancelled;
  }
  return EventKind::reply_of_stranger;
}

EventKind kind_of(const Slice& slice, const WorkReported& event) {
  ANTIPHON_CHECK(slice.task);
  if (!slice.task->site.empty()) return EventKind::work_of_site;
  if (event.attempt != work_attempt(*slice.activation, *slice.task) ||
      event.polls != slice.task->polls) {
    return EventKind::work_of_other_attempt;
  }
  switch (event.kind) {
    case WorkReported::Kind::started:
      return EventKind::work_started;
    case WorkReported::Kind::finished:
      return EventKind::work_finished;
    case WorkReported::Kind::not_yet:
      return EventKind::work_not_yet;
    case WorkReported::Kind::uncertain:
      break;
  }
  return slice.task->idempotent ? EventKind::work_uncertain_idempotent : EventKind::work_uncertain;
}

EventKind kind_of(const Slice& slice, const DueReached&) {
  const auto passed = [&slice](std::optional<Instant> at) { return at && *at <= slice.now(); };
  if (!slice.task) {
    return passed(slice.activation->due) ? EventKind::due_turn : EventKind::due_early;
  }
  const Task& task = *slice.task;
  if (!passed(due_at(task))) return EventKind::due_early;
  const bool cancelling = task.state == TaskState::cancelling;
  if (wakes(task, slice.now())) return EventKind::due_wake;
  return !cancelling && passed(ends_at(task)) ? EventKind::due_deadline : EventKind::due_send_again;
}

EventKind kind_of(const Slice& slice, const VerbRequested& event) {
  if (!slice.activation->origin.empty()) return EventKind::verb_on_commanded;
  switch (event.verb) {
    case Verb::cancel:
      return EventKind::verb_cancel;
    case Verb::terminate:
      return EventKind::verb_terminate;
    case Verb::pause:
      return EventKind::verb_pause;
    case Verb::resume:
      return EventKind::verb_resume;
    case Verb::retry:
      return EventKind::verb_retry;
    case Verb::rewind:
      return EventKind::verb_rewind;
    case Verb::skip:
      return EventKind::verb_skip;
    case Verb::set:
      return EventKind::verb_set;
  }
  return EventKind::verb_on_commanded;
}

EventKind kind_of(const Slice& slice, const StepRequested&) {
  return slice.activation->origin.empty() ? EventKind::verb_step : EventKind::verb_on_commanded;
}

EventKind kind_of(const Slice&, const VoteGiven&) {
  return EventKind::vote;
}

EventKind kind_of(const Slice&, const SignalGiven&) {
  return EventKind::signal;
}

EventKind kind_of(const Slice& slice, const JournalLost&) {
  ANTIPHON_CHECK(slice.task);
  return slice.task->idempotent ? EventKind::journal_lost_idempotent : EventKind::journal_lost;
}

template <class Row>
StateNumber state_number(const std::optional<Row>& row) {
  return row ? number_of(row->state) : none_yet;
}

/// Or is none yet, or has ended already.
bool can_end(const Cell& stage_run) {
  const auto may_be = [&stage_run](StageRunState state) {
    return allowed(stage_run, number_of(state));
  };
  return stage_run.before == none_yet || may_be(StageRunState::done) ||
         may_be(StageRunState::failed) || may_be(StageRunState::cancelled);
}

std::string broken(const Cell& cell, StateNumber after) {
  return to_text(cell) + " came to " + std::string(state_text(cell.entity, after));
}

/// The rows of a record against their cells.
class RecordCheck {
 public:
  explicit RecordCheck(const Meeting& meeting) : meeting_(meeting) {}

  /// `met`: the event is about the row; else it leaves it as it is.
  template <class Row>
  void row(Entity entity, const Row* before, const Row& after, bool met) {
    Cell cell = meeting_.making(entity);
    if (before != nullptr) cell.before = number_of(before->state);
    const bool made = before == nullptr;
    const bool same = !made && *before == after;
    const bool as_stated =
        allowed(cell, number_of(after.state)) && (made || same || !stated(cell).untouched);
    if (made || met ? as_stated : same) return;
    found_.push_back({"table", where(after) + ": " + to_text(meeting_.event) + " in state " +
                                   std::string(state_text(entity, cell.before)) +
                                   " may not make it like this, in state " +
                                   std::string(state_text(entity, number_of(after.state)))});
  }

  std::vector<Violation> take() { return std::move(found_); }

 private:
  const Meeting& meeting_;
  std::vector<Violation> found_;
};

std::int64_t key_of(const StageRun& run) {
  return run.run;
}
const TaskKey& key_of(const Task& task) {
  return task.key;
}

/// The row of that key; rows are in order of their keys.
template <class Row>
const Row* find_row(const std::vector<Row>& rows, const Row& wanted) {
  const auto found = std::lower_bound(
      rows.begin(), rows.end(), wanted,
      [](const Row& row, const Row& other) { return key_of(row) < key_of(other); });
  return found == rows.end() || key_of(*found) != key_of(wanted) ? nullptr : &*found;
}

}  // namespace

Meeting meet(const Slice& slice, const Event& event) {
  Meeting meeting;
  meeting.event =
      std::visit([&slice](const auto& happened) { return kind_of(slice, happened); }, event);
  meeting.before = {state_number(slice.activation), state_number(slice.run),
                    state_number(slice.task)};
  if (slice.run) meeting.run = slice.run->run;
  if (slice.task) meeting.ordinal = slice.task->key.ordinal;
  return meeting;
}

void TransitionCheck::applying(const Slice& slice, const Event& event) {
  meeting_ = meet(slice, event);
  for (const Entity entity : entities) ++met_[number_of(meeting_.cell(entity))];
  if (slice.run) ++met_[number_of(meeting_.making(Entity::stage_run))];
  if (slice.task) ++met_[number_of(meeting_.making(Entity::task))];
}

std::optional<Violation> TransitionCheck::applied(const Slice& slice) const {
  // Another stage run in the place of the one that was met was made by the event, and so was its
  // task; then the one that was met has ended.
  const bool same_run = slice.run && slice.run->run == meeting_.run;
  const bool same_task = slice.task && slice.task->key.run == meeting_.run;
  const auto cell = [this](Entity entity, bool same) {
    return same ? meeting_.cell(entity) : meeting_.making(entity);
  };
  const std::array<std::pair<Cell, StateNumber>, entities.size()> came{
      std::pair{meeting_.cell(Entity::activation), state_number(slice.activation)},
      {cell(Entity::stage_run, same_run), state_number(slice.run)},
      {cell(Entity::task, same_task), state_number(slice.task)}};
  for (const auto& [met, after] : came) {
    if (!allowed(met, after)) return Violation{"table", broken(met, after)};
  }
  const Cell left = meeting_.cell(Entity::stage_run);
  if (same_run || can_end(left)) return std::nullopt;
  return Violation{"table", to_text(left) + " may not end it, and another one was opened"};
}

std::vector<Violation> check_transitions(const Meeting& meeting,
                                         const std::optional<RunRecord>& before,
                                         const RunRecord& after) {
  RecordCheck check(meeting);
  check.row(Entity::activation, before ? &before->activation : nullptr, after.activation, true);
  for (const StageRun& run : after.runs) {
    const StageRun* was = before ? find_row(before->runs, run) : nullptr;
    check.row(Entity::stage_run, was, run, run.run == meeting.run);
  }
  for (const Task& task : after.tasks) {
    const Task* was = before ? find_row(before->tasks, task) : nullptr;
    const bool met =
        task.key.run == meeting.run && (meeting.ordinal < 0 || task.key.ordinal == meeting.ordinal);
    check.row(Entity::task, was, task, met);
  }
  return check.take();
}

}  // namespace antiphon::core
