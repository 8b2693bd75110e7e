// SPDX-License-Identifier: MIT
// Durable polling: work that says "not yet" leaves its task waiting, as a row with a due instant,
// and is called again with what it said (provider.hpp, NotYet). The task keeps its attempt.
#pragma once

#include <string>

#include "engine/core/slice.hpp"

namespace antiphon::core {

/// It waits, and for the next poll rather than for the next attempt.
bool polling(const Task& task);

/// The task's work has said "not yet". A state that is too large fails the task; one that is being
/// cancelled is not asked again, and is. The caller writes the task's row.
void wait_for_poll(Slice& slice, Task& task, Duration wait, JsonText state, std::string why);

/// The time has come: the work is called again. The caller writes the task's row.
void poll_again(Slice& slice, Task& task);

/// The attempt is over: the next one begins without what this one said.
void forget_polls(Slice& slice, Task& task);

/// What people are asked while the task waits; empty: nothing.
JsonText request_of(const Plane& plane, const Task& task);

/// The task waits no longer: nobody is asked any more.
void take_back_request(Slice& slice, const Task& task);

/// The task settles while it waits for a poll: its worker, should it be one, may forget the work.
void leave_poll(Slice& slice, const Task& task);

}  // namespace antiphon::core
