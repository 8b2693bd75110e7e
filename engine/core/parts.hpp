// SPDX-License-Identifier: MIT
// The parts of a stage (its `tasks`): for each context they follow the stage's own provider, some
// at a time, until enough of them have failed. Each is a task row that is made when it begins, so a
// context's rows say how far it is.
#pragma once

#include "engine/core/model.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// A task of the context has settled, and its row is written: begins the parts that may follow, and
/// counts the context when it is over. Does nothing in a stage run without parts.
void go_on_in_context(Slice& slice, const TaskKey& settled);

/// All tasks, as they are stored, of the context whose first has this ordinal, in the stage run of
/// this number: the slice's own, or another one of the same stage.
std::vector<Task> tasks_of_context(Slice& slice, std::int64_t run, std::int64_t ordinal);

}  // namespace antiphon::core
