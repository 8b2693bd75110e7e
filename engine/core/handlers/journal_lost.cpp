// SPDX-License-Identifier: MIT
#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {

void handle(Slice& slice, const JournalLost&) {
  Task& task = *slice.task;
  if (settled(task.state) || task.state == TaskState::waiting) return;
  if (task.idempotent && task.state != TaskState::cancelling) {
    task.state = TaskState::owed;
    task.next_send.reset();
    task.journal.clear();
    slice.rows.update(task);
    return;
  }
  settle(slice, task,
         {TaskState::uncertain,
          status::uncertain,
          {},
          "site " + task.site.text() +
              " came back without its journal: whether the work was done is "
              "known to nobody"});
  slice.rows.update(task);
  after_settling(slice);
}

}  // namespace antiphon::core
