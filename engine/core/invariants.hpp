// SPDX-License-Identifier: MIT
// What must hold of every run, whatever happened (faults: Invariants). Pure functions over rows:
// tests, simulators and tools that look into a store use the same ones. Rules are named I3, I4, I5,
// I8 and "waits" (nothing open waits for nothing).
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

/// What is broken in one committed state. `self` is the plane that has the run.
std::vector<Violation> check_run(const RunRecord& record, const PlaneName& self);

/// What one event, or several, may not have done to a run.
std::vector<Violation> check_step(const RunRecord& before, const RunRecord& after);

}  // namespace antiphon::core
