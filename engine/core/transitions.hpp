// SPDX-License-Identifier: MIT
// The table of states and events: what each event may make of an activation, a stage run and a task
// in each of their states. Its rules are in transition_rules.cpp, docs/states.md is printed from
// it, and meeting.hpp checks applied events against it. Lookups are array accesses.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/model.hpp"

namespace antiphon::core {

/// The kinds of rows that have states.
enum class Entity : std::uint8_t { activation, stage_run, task };

inline constexpr std::array entities{Entity::activation, Entity::stage_run, Entity::task};

/// What happened, as far as the table tells it apart; transitions_text.cpp has a sentence on each.
enum class EventKind : std::uint8_t {
  activate,
  activate_unknown_stage,
  command_of_stranger,
  command_after_cancel,
  command_again,
  command_unfit,
  command_expired,
  command,
  cancel_of_stranger,
  cancel_of_older,
  cancel,
  cancel_of_newer,
  reply_of_stranger,
  reply_of_other_attempt,
  reply_accepted,
  reply_started,
  reply_progress,
  reply_done,
  reply_done_of_other,
  reply_failed,
  reply_rejected,
  reply_cancelled,
  work_of_site,
  work_of_other_attempt,
  work_started,
  work_finished,
  work_not_yet,
  work_uncertain,
  work_uncertain_idempotent,
  due_early,
  due_turn,
  due_send_again,
  due_wake,
  due_deadline,
  verb_on_commanded,
  verb_cancel,
  verb_terminate,
  verb_pause,
  verb_resume,
  verb_step,
  verb_retry,
  verb_rewind,
  verb_skip,
  verb_set,
  vote,
  signal,
  journal_lost,
  journal_lost_idempotent,  // the last one: event_kinds counts up to it
};

inline constexpr std::size_t event_kinds =
    static_cast<std::size_t>(EventKind::journal_lost_idempotent) + 1;

/// A state of one kind of row: 0 is none yet, then the states of its enum in their order.
using StateNumber = std::uint8_t;

inline constexpr StateNumber none_yet = 0;

template <class State>
constexpr StateNumber number_of(State state) {
  return static_cast<StateNumber>(static_cast<int>(state) + 1);
}

/// States of the entity, with "none yet".
constexpr std::size_t state_count(Entity entity) {
  constexpr std::array<std::size_t, entities.size()> counts{
      number_of(ActivationState::cancelled) + 1, number_of(StageRunState::cancelled) + 1,
      number_of(TaskState::uncertain) + 1};
  return counts[static_cast<std::size_t>(entity)];
}

/// An event that meets a row in a state. Of a stage run or task that is none yet: an event, and
/// which it makes.
struct Cell {
  Entity entity = Entity::activation;
  EventKind event = EventKind::activate;
  StateNumber before = none_yet;
};

inline constexpr std::size_t cell_count =
    event_kinds *
    (state_count(Entity::activation) + state_count(Entity::stage_run) + state_count(Entity::task));

/// Every cell has a number below cell_count.
std::size_t number_of(const Cell& cell);
Cell cell_of(std::size_t number);

/// What the table says of a cell.
struct Stated {
  std::uint16_t after = 0;  ///< bit n: afterwards it may be in state n; 0: cannot happen
  bool untouched = false;   ///< the row stays as it is, byte for byte
  std::string_view why;     ///< empty: no rule, or more than one, speaks of the cell
};

const Stated& stated(const Cell& cell);

inline bool possible(const Cell& cell) {
  return stated(cell).after != 0;
}

inline bool allowed(const Cell& cell, StateNumber after) {
  return (stated(cell).after >> after & 1U) != 0;
}

std::string_view to_text(Entity entity);
std::string to_text(EventKind event);
/// "none yet" for 0; empty for a number that is no state's.
std::string_view state_text(Entity entity, StateNumber state);
/// "task: reply done in started".
std::string to_text(const Cell& cell);

/// The kinds of events, as a Markdown table.
std::string events_table();
/// The rules of one kind of row, as a Markdown table.
std::string rules_table(Entity entity);
/// How its rows move, as a Mermaid state diagram; what leaves a row in its state is left out.
std::string mermaid(Entity entity);

}  // namespace antiphon::core
