// SPDX-License-Identifier: MIT
// Applied events against the table of states and events: which cells an event meets, and whether
// what came of it is stated there. For tests and simulators; apply does not ask.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/events.hpp"
#include "engine/core/invariants.hpp"
#include "engine/core/slice.hpp"
#include "engine/core/transitions.hpp"

namespace antiphon::core {

/// An event, and the rows of the slice that it meets.
struct Meeting {
  EventKind event = EventKind::due_early;
  std::array<StateNumber, entities.size()> before{};  ///< by entity
  std::int64_t run = 0;                               ///< number of the stage run; 0: none
  std::int64_t ordinal = -1;  ///< of the task; -1: the event is about no single one

  Cell cell(Entity entity) const {
    return {entity, event, before[static_cast<std::size_t>(entity)]};
  }
  /// The same event, and a row that it makes.
  Cell making(Entity entity) const { return {entity, event, none_yet}; }
};

/// Before apply; the slice has what the event needs.
Meeting meet(const Slice& slice, const Event& event);

/// Looks on while events are applied, one slice after the other. A few array accesses an event.
class TransitionCheck {
 public:
  /// Before apply.
  void applying(const Slice& slice, const Event& event);

  /// After it: the first thing that the table does not say.
  std::optional<Violation> applied(const Slice& slice) const;

  /// The event that was seen last.
  const Meeting& meeting() const { return meeting_; }

  /// How often each cell was met, by its number.
  const std::array<std::uint64_t, cell_count>& met() const { return met_; }

 private:
  Meeting meeting_;
  std::array<std::uint64_t, cell_count> met_{};
};

/// What one event did to everything that is stored of its run, exactly: rows that the table leaves
/// untouched are as they were, and so are those that the event is not about. `before`: none if it
/// made the run.
std::vector<Violation> check_transitions(const Meeting& meeting,
                                         const std::optional<RunRecord>& before,
                                         const RunRecord& after);

}  // namespace antiphon::core
