// SPDX-License-Identifier: MIT
// Internal to the invariants: collects what is broken.
#pragma once

#include <string>
#include <vector>

#include "engine/core/invariants.hpp"

namespace antiphon::core {

class Findings {
 public:
  void expect(bool holds, const char* rule, const std::string& where, const char* what) {
    if (!holds) found_.push_back({rule, where + ": " + what});
  }
  std::vector<Violation> take() { return std::move(found_); }

 private:
  std::vector<Violation> found_;
};

inline std::string where(const Activation& activation) {
  return "run " + activation.id.text();
}
inline std::string where(const StageRun& run) {
  return "stage run " + run.activation.text() + "/" + std::to_string(run.run);
}
inline std::string where(const Task& task) {
  return "task " + task.key.activation.text() + "/" + std::to_string(task.key.run) + "/" +
         std::to_string(task.key.ordinal);
}

}  // namespace antiphon::core
