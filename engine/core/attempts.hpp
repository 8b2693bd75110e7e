// SPDX-License-Identifier: MIT
// A task's attempts: how one ends, and what comes between it and the next (`retry` of a stage).
// Attempts belong to the plane whose campaign it is; commanded work has its origin's.
#pragma once

#include "engine/core/campaign.hpp"
#include "engine/core/random.hpp"
#include "engine/core/slice.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {

/// How long to wait after `failed` attempts.
Duration pause_after(const Retry& retry, int failed, Draws& draws);

/// The task's attempt has ended: the task waits for the next one if its stage grants one, the
/// provider itself returned the error, and time is left; else it settles. The caller writes the
/// task's row.
void conclude(Slice& slice, Task& task, Settlement settlement);

/// The pause is over: the next attempt begins, here or at the task's site. The caller writes the
/// task's row.
void begin_next_attempt(Slice& slice, Task& task);

}  // namespace antiphon::core
