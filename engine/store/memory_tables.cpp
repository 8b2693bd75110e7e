// SPDX-License-Identifier: MIT
#include "engine/store/memory_tables.hpp"

namespace antiphon::store {

void ActivationIndexes::add(ActivationKey key, const core::Activation& row) {
  id.emplace(row.id, key);
  if (!row.origin.empty()) command.emplace(std::pair{row.origin, row.task_id}, key);
  if (row.due) due.emplace(*row.due, key);
  if (core::ended(row.state)) return;
  if (row.origin.empty()) {
    open_own.emplace(row.updated, key);
  } else {
    open_command.insert(key);
  }
}

void ActivationIndexes::remove(ActivationKey key, const core::Activation& row) {
  id.erase(row.id);
  if (!row.origin.empty()) command.erase({row.origin, row.task_id});
  if (row.due) due.erase({*row.due, key});
  open_own.erase({row.updated, key});
  open_command.erase(key);
}

void TaskIndexes::add(const TaskPlace& place, const StoredTask& row) {
  if (!row.task.id.empty()) id.emplace(row.task.id, place);
  const auto at = core::due_at(row.task);
  if (!at) return;
  due.emplace(*at, row.seq, place);
  if (row.task.site.empty() && row.task.provider == "approval") asking.insert(place);
  if (row.task.state == core::TaskState::waiting) return;
  if (row.task.site.empty()) {
    local.insert(place);
  } else {
    owed.emplace(row.task.site, row.seq, place);
  }
}

void TaskIndexes::remove(const TaskPlace& place, const StoredTask& row) {
  id.erase(row.task.id);
  if (const auto at = core::due_at(row.task)) due.erase({*at, row.seq, place});
  local.erase(place);
  asking.erase(place);
  owed.erase({row.task.site, row.seq, place});
}

void VersionIndexes::add(const std::string& hash, const core::CampaignVersion& row) {
  order.emplace(row.name_space, row.name, row.applied_seq, hash);
  applied.emplace(row.applied_seq, hash);
}

void VersionIndexes::remove(const std::string& hash, const core::CampaignVersion& row) {
  order.erase({row.name_space, row.name, row.applied_seq, hash});
  applied.erase({row.applied_seq, hash});
}

void MemoryTables::commit() {
  const std::lock_guard lock(mutex);
  activations.commit();
  runs.commit();
  tasks.commit();
  outputs.commit();
  logs.commit();
  versions.commit();
  triggers.commit();
  lanes.commit();
  lane_events.commit();
  seen.commit();
  sites.commit();
  objects.commit();
  rejects.commit();
  last_instant.commit();
}

void MemoryTables::roll_back() {
  activations.roll_back();
  runs.roll_back();
  tasks.roll_back();
  outputs.roll_back();
  logs.roll_back();
  versions.roll_back();
  triggers.roll_back();
  lanes.roll_back();
  lane_events.roll_back();
  seen.roll_back();
  sites.roll_back();
  objects.roll_back();
  rejects.roll_back();
  last_instant.roll_back();
}

}  // namespace antiphon::store
