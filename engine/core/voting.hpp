// SPDX-License-Identifier: MIT
// Which task of a run a vote is for, and what is said where there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/events.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// Loads into the slice the one task of the run's open stage that waits for votes; with a `context`
/// the one of that context. None if there is none, or more than one.
void seek_ballot(Slice& slice, const std::string& context);

/// What people decided, for the history: "approved by ann (fine)". Empty of what ended otherwise.
std::string decision_text(const Task& task);

/// Why a vote found no task.
Answer no_ballot(Slice& slice, const VoteGiven& event);

}  // namespace antiphon::core
