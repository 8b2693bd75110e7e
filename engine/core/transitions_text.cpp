// SPDX-License-Identifier: MIT
#include <bit>
#include <map>
#include <set>
#include <utility>

#include "engine/core/transition_rules.hpp"
#include "engine/core/transitions.hpp"

namespace antiphon::core {
namespace {

struct EventText {
  EventKind kind;
  std::string_view family;
  std::string_view word;
  std::string_view about;
};

constexpr std::array<EventText, event_kinds> event_texts{{
    {EventKind::activate, "request", "of a run", "somebody wants a run of this id"},
    {EventKind::activate_unknown_stage, "request", "with an unknown stage",
     "the same, and its campaign has no such stage"},
    {EventKind::command_of_stranger, "command", "of a stranger", "from a plane that is no parent"},
    {EventKind::command_after_cancel, "command", "after its cancel",
     "for a task of which only a tombstone is known"},
    {EventKind::command_again, "command", "again", "of the attempt that is known, or a lower one"},
    {EventKind::command_unfit, "command", "unfit",
     "of a new attempt; not offered, come round in a circle, or too deep"},
    {EventKind::command_expired, "command", "expired", "of a new attempt; past its deadline"},
    {EventKind::command, "command", "new", "of a new attempt, the first one too"},
    {EventKind::cancel_of_stranger, "cancel", "of a stranger", "from a plane that is no parent"},
    {EventKind::cancel_of_older, "cancel", "of an older attempt", "than the one that is known"},
    {EventKind::cancel, "cancel", "of this attempt", "the origin's, for the attempt that is known"},
    {EventKind::cancel_of_newer, "cancel", "of a newer attempt",
     "than is known here, or for a task that is not"},
    {EventKind::reply_of_stranger, "reply", "of a stranger",
     "from a plane that is not the task's site"},
    {EventKind::reply_of_other_attempt, "reply", "of another attempt",
     "any but `done`, of another attempt than the current one"},
    {EventKind::reply_accepted, "reply", "accepted", "of the current attempt, as the next six"},
    {EventKind::reply_started, "reply", "started", ""},
    {EventKind::reply_progress, "reply", "progress", ""},
    {EventKind::reply_done, "reply", "done", ""},
    {EventKind::reply_done_of_other, "reply", "done of another attempt",
     "of another attempt than the current one"},
    {EventKind::reply_failed, "reply", "failed", ""},
    {EventKind::reply_rejected, "reply", "rejected", ""},
    {EventKind::reply_cancelled, "reply", "cancelled", ""},
    {EventKind::work_of_site, "work", "of a site", "a report on a task that a site has"},
    {EventKind::work_of_other_attempt, "work", "of another attempt",
     "a report on another attempt, or another poll of it, than the current one"},
    {EventKind::work_started, "work", "started", "this plane's worker begins, as the next four"},
    {EventKind::work_finished, "work", "finished", "well, badly, or stopped"},
    {EventKind::work_not_yet, "work", "not yet", "it wants to be asked again later"},
    {EventKind::work_uncertain, "work", "uncertain",
     "a restart found it interrupted, and cannot tell how far it came"},
    {EventKind::work_uncertain_idempotent, "work", "uncertain and idempotent",
     "the same, and it may be done twice"},
    {EventKind::due_early, "due", "early", "the instant has not come, or is no longer waited for"},
    {EventKind::due_turn, "due", "turn", "the run wants its turn"},
    {EventKind::due_send_again, "due", "send again", "the site is asked again"},
    {EventKind::due_wake, "due", "wake",
     "the end of a wait or of a cancel's grace, or the next attempt or poll"},
    {EventKind::due_deadline, "due", "deadline", "the task's, or its work's"},
    {EventKind::verb_on_commanded, "verb", "on a commanded run", "any operator's"},
    {EventKind::verb_cancel, "verb", "cancel", "an operator's, as all verbs"},
    {EventKind::verb_terminate, "verb", "terminate", "a cancel without grace"},
    {EventKind::verb_pause, "verb", "pause", ""},
    {EventKind::verb_resume, "verb", "resume", ""},
    {EventKind::verb_step, "verb", "step",
     "of who drives a run: it opens a stage, or says who drives from now on"},
    {EventKind::verb_retry, "verb", "retry", "what failed in the last stage, or all of it"},
    {EventKind::verb_rewind, "verb", "rewind", "to any stage"},
    {EventKind::verb_skip, "verb", "skip", "a stage counts as done, with outputs that are given"},
    {EventKind::verb_set, "verb", "set", "a paused run's inputs"},
    {EventKind::vote, "vote", "on an approval", "somebody approves or rejects what a stage asks"},
    {EventKind::signal, "signal", "to a run", "somebody sends it one"},
    {EventKind::journal_lost, "lost journal", "of the site",
     "the task's site came back without it"},
    {EventKind::journal_lost_idempotent, "lost journal", "of the site, idempotent",
     "the same, and the work may be done twice"},
}};

constexpr bool in_their_order() {
  for (std::size_t i = 0; i < event_kinds; ++i) {
    if (static_cast<std::size_t>(event_texts[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_their_order());

/// "reply done / failed, work finished": a family of events that is there as a whole is "any
/// reply", all of them are "any event".
std::string list_of(Events events) {
  std::string list;
  std::string_view family;
  for (std::size_t first = 0, last = 0; first < event_kinds; first = last) {
    family = event_texts[first].family;
    std::string words;
    bool all = true;
    for (last = first; last < event_kinds && event_texts[last].family == family; ++last) {
      if (!events.has(event_texts[last].kind)) {
        all = false;
        continue;
      }
      words += (words.empty() ? "" : " / ") + std::string(event_texts[last].word);
    }
    if (words.empty()) continue;
    list += (list.empty() ? "" : ", ") +
            (all ? "any " + std::string(family) : std::string(family) + " " + words);
  }
  return list;
}

/// Who brings the events: enough for a picture.
std::string families_of(Events events) {
  std::string list;
  std::string_view last;
  for (const EventText& event : event_texts) {
    if (!events.has(event.kind) || event.family == last) continue;
    last = event.family;
    list += (list.empty() ? "" : ", ") + std::string(last);
  }
  return list;
}

bool is_over(Entity entity, StateNumber state) {
  const int place = state - 1;
  switch (entity) {
    case Entity::activation:
      return ended(static_cast<ActivationState>(place));
    case Entity::stage_run:
      return ended(static_cast<StageRunState>(place));
    case Entity::task:
      return settled(static_cast<TaskState>(place));
  }
  return false;
}

/// The states that are open, or those that are over.
States half_of(Entity entity, bool over) {
  States half;
  for (StateNumber state = 1; state < state_count(entity); ++state) {
    if (is_over(entity, state) == over) half = half | state_bit(state);
  }
  return half;
}

/// "any", "owed, any settled": what is there as a whole, and is not short, is not listed.
std::string list_of(Entity entity, States states) {
  constexpr int short_list = 2;
  const States open = half_of(entity, false);
  const States over = half_of(entity, true);
  const auto whole = [&states](States part) { return (part - states).bits == 0; };
  if (whole(open | over)) return "any";
  const bool any_open = whole(open) && std::popcount(open.bits) > short_list;
  const bool any_over = whole(over);
  std::string list = any_open ? "any open" : "";
  const auto add = [&list](std::string_view word) {
    list += (list.empty() ? "" : ", ") + std::string(word);
  };
  if (any_open) states = states - open;
  if (any_over) states = states - over;
  for (StateNumber state = 0; state < state_count(entity); ++state) {
    if (states.has(state)) add(state_text(entity, state));
  }
  if (any_over) add(entity == Entity::task ? "any settled" : "any ended");
  return list;
}

std::string then_text(Entity entity, const Rule& rule) {
  const bool made = rule.in.bits == state_bit(none_yet).bits;
  if (rule.then.bits == never.bits) return "*cannot happen*";
  if (rule.then.bits == untouched.bits) return made ? "none is made" : "nothing changes";
  std::string list;
  for (StateNumber state = 1; state < state_count(entity); ++state) {
    if (!rule.then.has(state)) continue;
    list += (list.empty() ? "" : ", ") + std::string(state_text(entity, state));
  }
  if ((rule.then.bits & stays.bits) == 0) return list;
  if (made) return "none, or " + list;
  return list.empty() ? "stays" : "stays, or " + list;
}

/// The events by which rows move from one state into another.
using Moves = std::map<std::pair<StateNumber, StateNumber>, Events>;

Moves moves_of(Entity entity) {
  Moves moves;
  for (std::size_t i = 0; i < cell_count; ++i) {
    const Cell cell = cell_of(i);
    if (cell.entity != entity) continue;
    for (StateNumber after = 1; after < state_count(entity); ++after) {
      if (after == cell.before || !allowed(cell, after)) continue;
      Events& events = moves[{cell.before, after}];
      events = events | cell.event;
    }
  }
  return moves;
}

}  // namespace

std::string_view to_text(Entity entity) {
  switch (entity) {
    case Entity::activation:
      return "activation";
    case Entity::stage_run:
      return "stage run";
    case Entity::task:
      return "task";
  }
  return {};
}

std::string to_text(EventKind event) {
  return list_of(event);
}

std::string_view state_text(Entity entity, StateNumber state) {
  if (state == none_yet) return "none yet";
  const int place = state - 1;
  switch (entity) {
    case Entity::activation:
      return to_text(static_cast<ActivationState>(place));
    case Entity::stage_run:
      return to_text(static_cast<StageRunState>(place));
    case Entity::task:
      return to_text(static_cast<TaskState>(place));
  }
  return {};
}

std::string to_text(const Cell& cell) {
  return std::string(to_text(cell.entity)) + ": " + to_text(cell.event) + " in state " +
         std::string(state_text(cell.entity, cell.before));
}

std::string events_table() {
  std::string text = "| event | |\n|---|---|\n";
  for (const EventText& event : event_texts) {
    text += "| " + to_text(event.kind) + " | " + std::string(event.about) + " |\n";
  }
  return text;
}

std::string rules_table(Entity entity) {
  std::string text = "| event | in state | afterwards | |\n|---|---|---|---|\n";
  for (const Rule& rule : rules_of(entity)) {
    text += "| " + list_of(rule.on) + " | " + list_of(entity, rule.in) + " | " +
            then_text(entity, rule) + " | " + std::string(rule.why) + " |\n";
  }
  return text;
}

std::string mermaid(Entity entity) {
  constexpr int most_words = 4;
  const Moves moves = moves_of(entity);
  const auto name = [entity](StateNumber state) {
    return state == none_yet ? "[*]" : std::string(state_text(entity, state));
  };
  std::string text = "stateDiagram-v2\n";
  std::set<StateNumber> left;
  for (const auto& [move, events] : moves) {
    left.insert(move.first);
    const bool few = std::popcount(events.bits) <= most_words;
    text += "  " + name(move.first) + " --> " + name(move.second) + ": " +
            (few ? list_of(events) : families_of(events)) + "\n";
  }
  for (StateNumber state = 1; state < state_count(entity); ++state) {
    if (!left.contains(state)) text += "  " + name(state) + " --> [*]\n";
  }
  return text;
}

}  // namespace antiphon::core
