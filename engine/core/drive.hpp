// SPDX-License-Identifier: MIT
// How a run moves: stages open, fan out in chunks, and close; selectors choose what is next. Used
// by the handlers.
#pragma once

#include <string>

#include "engine/core/error.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// How an operator's act opens a stage: as after stage `previous`, and of the contexts of stage run
/// `of` only those that did not end well. 0: all, evaluated anew.
struct Again {
  std::string previous;
  std::int64_t of = 0;
};

/// Opens stages as long as the run can go on by itself, at most limits::inline_stage_runs of them;
/// then it asks for another turn. A stepped run waits for a step instead, but opens what is tried
/// again: `again` is said of the first stage. Does nothing on a paused, cancelling or ended run.
void drive(Slice& slice, const Again* again = nullptr);

/// What the campaign says of the run's current stage.
const StageSpec& spec_of(const Slice& slice);

/// A target that cannot be.
tl::unexpected<Error> secret_target();

/// Opens the run's next stage, and begins it unless it is scheduled for later.
void open_stage(Slice& slice, const Again* again = nullptr);

/// The stage that was chosen counts as done without being run: as after stage `previous`, with
/// these outputs, an object. Its selector says what is next.
void skip_stage(Slice& slice, const std::string& previous, JsonText outputs);

/// The stage before the one that the stage run is of.
std::string stage_before(const StageRun& run);

/// Begins the scheduled stage run if its instant has come; else sees to it that the run is woken
/// then.
void begin_if_due(Slice& slice);

/// Opens the next chunk of a stage run in state opening.
void open_tasks(Slice& slice);

/// All tasks of the open stage run are settled: aggregates the outputs, asks the selector, and ends
/// the stage run. The run ends, or has a next_stage.
void close_stage(Slice& slice);

/// Ends the run.
void end(Slice& slice, ActivationState state, int status, std::string error);

/// Begins to cancel: no further stage opens, open tasks are asked to stop, and settle when the
/// grace is over. Without a grace they settle now, and whoever works on them is told to stop.
void begin_cancel(Slice& slice, std::string reason, Duration grace);

/// The same without a grace; of a run that is being cancelled too.
void terminate(Slice& slice, std::string reason);

/// Asks the next chunk of open tasks to stop; ends the run when none is left open.
void sweep_cancel(Slice& slice);

/// Closes the stage run if its last task has settled, and goes on from there.
void after_settling(Slice& slice);

}  // namespace antiphon::core
