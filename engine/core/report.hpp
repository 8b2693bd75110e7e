// SPDX-License-Identifier: MIT
// What a run says of itself: its status, its life-cycle events, and a commanded run's reply to its
// origin.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/messages.hpp"
#include "engine/core/model.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// The run in brief.
Status status_of(const Activation& activation, const std::optional<StageRun>& run);

/// Asks for a life-cycle event about the run; commanded runs are silent (their origin tells it).
void tell(Slice& slice, std::string_view type);
/// The same about the current stage run.
void tell_stage(Slice& slice, std::string_view type);
/// The same about a task. `error`: of its last attempt, while the task itself has none.
void tell_task(Slice& slice, std::string_view type, const Task& task,
               const std::string& error = {});

/// Where the task stands, as its origin is told. The outputs of a final one are with it.
Reply reply_for(const Activation& activation, const Task& task);

/// The command that a task row owes its site.
Command command_for(const Activation& activation, const StageRun& run, const Task& task,
                    const PlaneName& self, Instant now);

/// "Internal Error: text": how an error reads in outputs.
std::string error_text(int status, const std::string& message);

}  // namespace antiphon::core
