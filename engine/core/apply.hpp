// SPDX-License-Identifier: MIT
// The one function that changes runs: (state, event, time) -> new state and effects. Total: every
// event in every state has an answer. No clock, no I/O but the rows of the transaction it is called
// in.
#pragma once

#include "engine/core/events.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// Applies the event to the slice and writes its rows. Call once per slice.
Outcome apply(Slice& slice, const Event& event);

}  // namespace antiphon::core
