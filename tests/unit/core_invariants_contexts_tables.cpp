// SPDX-License-Identifier: MIT
// Broken runs: the tasks of one context, of which the stage's own provider's comes first.
#include "tests/unit/core_invariants_rows.hpp"

namespace antiphon::core {

std::vector<Broken> broken_contexts() {
  const auto parted = [](Fault fault) { return checked(run_with_parts, std::move(fault)); };
  const std::string own = at::task(2, 0);
  const std::string last = "run a1, stage run 2, task 2 ";
  return {
      {"I8", own, "more tasks of its context are open than may be at once",
       parted([](RunRecord& r) {
         Task& part = r.tasks[3];
         part.state = TaskState::owed;
         part.status = 0;
         part.outputs.clear();
         part.settled_at.reset();
       })},
      {"I4", own, "is not done, and tasks that come after it have begun", parted([](RunRecord& r) {
         r.tasks[2].state = TaskState::failed;
         r.tasks[2].status = 500;
       })},
      {"I3", last + "(site0)", "its number does not follow",
       parted([](RunRecord& r) { r.tasks.erase(r.tasks.begin() + 3); })},
      {"I3", last + "(site1)", "has another context than the task before it",
       parted([](RunRecord& r) { r.tasks[4].context = "site1"; })},
      {"waits", own, "tasks should have begun after it, and nothing begins them",
       parted([](RunRecord& r) { r.tasks.pop_back(); }), 1},
  };
}

}  // namespace antiphon::core
