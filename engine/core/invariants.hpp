// SPDX-License-Identifier: MIT
// What must hold of every run, whatever happened. Pure functions over rows: tests, simulators and
// tools that look into a store use the same ones; invariants_plane.hpp has those about more than
// one run. A rule is one of
//   I3  counters and outputs are what the tasks add up to
//   I4  a stage opens when the one before it has ended, and is the one that was chosen
//   I5  what has ended stays as it ended
//   I6  commanded work is begun once per attempt, and is its origin's
//   I7  what a site has said is of the task's own site
//   I8  bounds
//   waits  nothing open waits for nothing
//   time   instants are in their order
//   texts  stored JSON can be read
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/core/rows.hpp"

namespace antiphon::core {

/// Everything that is stored of one run.
struct RunRecord {
  Activation activation;
  std::vector<StageRun> runs;                  ///< by number
  std::vector<Task> tasks;                     ///< by key
  std::map<std::string, StageOutput> outputs;  ///< by stage
};

struct Violation {
  std::string rule;
  std::string text;  ///< which row, and what is wrong with it
};

/// What is broken in one committed state. `self` is the plane that has the run. Texts are taken to
/// be readable: after damage from outside, check_texts comes first.
std::vector<Violation> check_run(const RunRecord& record, const PlaneName& self);

/// What one event, or several, may not have done to a run.
std::vector<Violation> check_step(const RunRecord& before, const RunRecord& after);

/// Whether all JSON of a run can be read as what it is. The engine itself never breaks this.
std::vector<Violation> check_texts(const RunRecord& record);

}  // namespace antiphon::core
