// SPDX-License-Identifier: MIT
// Signals to a run: every task of the open stage that waits for one hears it; one that nobody waits
// for is kept with the run, for a stage that will. Kept signals are a list of
// {name, by, at, until, payload}, and `run` once tasks of that stage run have heard it.
#pragma once

#include "engine/core/events.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// Gives it to the tasks, and keeps it where nobody or not yet everybody can have heard it. The
/// answer says which.
Answer give_signal(Slice& slice, const SignalGiven& event);

/// The task has just begun to wait: it hears what came before. The caller writes its row.
void hear_kept(Slice& slice, Task& task);

}  // namespace antiphon::core
