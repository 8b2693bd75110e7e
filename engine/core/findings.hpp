// SPDX-License-Identifier: MIT
// Internal to the invariants: collects what is broken, and names the rows that it is about.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/core/invariants.hpp"

namespace antiphon::core {

/// The stored outputs of a stage.
struct OutputsOf {
  const Activation& activation;
  const std::string& stage;
};

inline std::string where(const Activation& activation) {
  return "run " + activation.id.text();
}
inline std::string where(const StageRun& run) {
  return "run " + run.activation.text() + ", stage run " + std::to_string(run.run) + " (" +
         run.stage + ")";
}
inline std::string where(const Task& task) {
  return "run " + task.key.activation.text() + ", stage run " + std::to_string(task.key.run) +
         ", task " + std::to_string(task.key.ordinal) + " (" + task.context + ")";
}
inline std::string where(const OutputsOf& outputs) {
  return where(outputs.activation) + ", outputs of stage " + outputs.stage;
}

class Findings {
 public:
  /// Names the row only when something is wrong with it: whole simulations are checked step by
  /// step.
  template <class Row>
  void expect(bool holds, const char* rule, const Row& row, const char* what) {
    if (!holds) found_.push_back({rule, where(row) + ": " + what});
  }
  std::vector<Violation> take() { return std::move(found_); }

 private:
  std::vector<Violation> found_;
};

/// Of a record, those of one stage run.
std::span<const Task> tasks_of(const RunRecord& record, std::int64_t run);

/// The tasks of a stage run, each for itself.
void check_tasks(Findings& findings, const StageRun& run, std::span<const Task> tasks,
                 const PlaneName& self);

/// The tasks of each context, and the stage run's counters of contexts.
void check_contexts(Findings& findings, const StageRun& run, std::span<const Task> tasks,
                    const Activation& activation);

/// Which states of a run and its rows go together.
void check_states(Findings& findings, const RunRecord& record);

}  // namespace antiphon::core
