// SPDX-License-Identifier: MIT
// What happens to one task: it starts, and settles. Used by the handlers and by drive.
#pragma once

#include <optional>
#include <string>

#include "engine/core/provider.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// How a task, or an attempt of it, ended.
struct Settlement {
  TaskState state = TaskState::done;
  int status = 200;
  JsonText outputs;
  std::string error;
  bool may_retry = false;  ///< it is an error that the provider itself returned
};

/// The end of a task whose secrets cannot be opened.
Settlement unopened(const Error& error);

/// What a provider's end means for a task of the stage run: its own status, or the `status` among
/// its outputs, decides (symphony.md section 4g). A part's outputs are not asked.
Settlement judge(const Finished& finished, const StageRun& run, const Task& task);

/// The status that outputs say of themselves; none if they say nothing, or nothing that is one.
std::optional<int> status_among(const Value& outputs);

/// A context of the stage run is over.
void count_context(Slice& slice, bool well);

/// The task reaches its end; the stage run's counters follow, unless the context has more tasks
/// (parts.hpp). The caller writes the task's row.
void settle(Slice& slice, Task& task, Settlement settlement);

/// Starts an attempt of a task that this plane itself executes: runs it, waits for its due instant,
/// or hands it to the worker pool. The caller writes the task's row. `inputs` and `config` are the
/// request's.
void start_local(Slice& slice, Task& task, const Value& config, const Value& inputs);

/// The task waits for votes, and gets one. The caller writes the task's row, if the vote counted.
Counted count_vote(Slice& slice, Task& task, const Vote& vote);

/// The task waits for signals, and gets one that its condition lets through. The same.
Counted hear_signal(Slice& slice, Task& task, const Signal& signal);

/// Hands the work of the task's attempt to the worker pool, with what it said when it was asked
/// before. `again`: what is known of an interrupted try is to be cleared.
void start_work(Slice& slice, const Task& task, bool again = false);

/// The work of the task's attempt has begun: its own time runs from now.
void begin_work_time(const Slice& slice, Task& task);

/// Which attempt of a local task's work this is, for the worker pool. Commanded work begins anew
/// with a stage run of its own, whatever its origin counts.
int work_attempt(const Activation& activation, const Task& task);

/// Asks the worker pool to end the work of the task's attempt.
void stop_work(Slice& slice, const Task& task);

/// The origin of a commanded run is told where its task stands.
void answer_origin(Slice& slice, const Task& task);

}  // namespace antiphon::core
