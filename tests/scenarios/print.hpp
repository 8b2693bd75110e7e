// SPDX-License-Identifier: MIT
// How a scenario shows effects, answers, runs and rows: short lines that stay the same from run to
// run.
#pragma once

#include <optional>
#include <string>

#include "engine/core/effects.hpp"
#include "engine/core/invariants.hpp"

namespace antiphon::scenarios {

class World;

/// "command to tokyo: a1/1/0 mock ..." and so on, one form an effect.
std::string to_line(World& world, const core::Effect& effect);
/// What `quiet` calls it: command, cancel, reply, work, arrived, status, event.
std::string kind_of(const core::Effect& effect);
/// The task whose row the effect is derived from; none if its row is a run, or nothing.
std::optional<core::TaskId> task_of(const core::Effect& effect);

std::string to_text(const core::Answer& answer);

/// "+1h30m" after the scenario's beginning.
std::string since_start(core::Instant at);

/// A run as `show` prints it, for people.
std::string show_run(World& world, const core::RunRecord& record);

/// All that is stored of a run: two runs that differ anywhere differ here.
std::string dump_run(const core::RunRecord& record);

}  // namespace antiphon::scenarios
