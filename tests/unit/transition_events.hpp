// SPDX-License-Identifier: MIT
// Everything that can happen in a situation: at least one event of each kind of the table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/events.hpp"
#include "engine/core/meeting.hpp"
#include "engine/store/store.hpp"
#include "tests/unit/transition_situations.hpp"

namespace antiphon::test {

/// Which rows an event comes with.
enum class About { run, task, command };

struct Happening {
  About about = About::run;
  core::Event event;
  core::Instant at = made_at;
  bool parent = true;  ///< the plane obeys who sends it
};

std::vector<Happening> all_happenings();

/// Can it happen there? Only requests, commands and cancels come to a run that there is not.
bool fits(const Happening& happening, const Situation& situation);

/// What it met, and all that is stored of the run before and afterwards.
struct Applied {
  core::Meeting meeting;
  std::optional<core::RunRecord> before;
  std::optional<core::RunRecord> after;
  core::Outcome outcome;
  std::vector<core::Violation> broken;  ///< of the table and of every invariant
};

/// In a transaction of the store that is dropped.
Applied apply(store::Store& store, const Happening& happening, const Situation& situation);

}  // namespace antiphon::test
