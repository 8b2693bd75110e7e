// SPDX-License-Identifier: MIT
// Tasks: what is owed, what is done here, and what is due.
#include <algorithm>
#include <cstdint>

#include "engine/store/memory_transaction.hpp"

namespace antiphon::store {

void MemoryTransaction::insert(const core::Task& task) {
  const TaskPlace place{find_or_reserve(task.key.activation), task.key.run, task.key.ordinal};
  const auto& rows = tables_->tasks.working();
  if (rows.find(place) || rows.by().id.contains(task.id)) {
    throw in_memory_already("task " + task.id.text());
  }
  tables_->tasks.set(place, {++tables_->last_task, task});
}

void MemoryTransaction::update(const core::Task& task) {
  const auto key = find_key(task.key.activation);
  const TaskPlace place{key.value_or(0), task.key.run, task.key.ordinal};
  const auto old = tables_->tasks.working().find(place);
  if (!old) throw not_in_memory("task " + task.id.text());
  tables_->tasks.set(place, {old->seq, task});
}

std::optional<core::Task> MemoryTransaction::task(const core::TaskKey& key) {
  const auto activation = find_key(key.activation);
  if (!activation) return std::nullopt;
  const auto row = tables_->tasks.working().find({*activation, key.run, key.ordinal});
  return row ? std::optional(row->task) : std::nullopt;
}

void MemoryTransaction::put_log(const core::TaskKey& key, const core::WorkLog& log) {
  tables_->logs.set({find_or_reserve(key.activation), key.run, key.ordinal}, log);
}

std::optional<core::WorkLog> MemoryTransaction::log(const core::TaskKey& key) {
  const auto activation = find_key(key.activation);
  if (!activation) return std::nullopt;
  const auto row = tables_->logs.working().find({*activation, key.run, key.ordinal});
  return row ? std::optional(*row) : std::nullopt;
}

void MemoryTransaction::each_task(const core::ActivationId& activation, std::int64_t run,
                                  std::int64_t after, std::size_t limit,
                                  const std::function<bool(const core::Task&)>& visit) {
  const auto key = find_key(activation);
  if (!key) return;
  const auto& rows = tables_->tasks.working().rows();
  for (auto at = rows.upper_bound({*key, run, after}); at != rows.end() && limit > 0;
       ++at, --limit) {
    if (at->first.activation != *key || at->first.run != run || !visit(at->second->task)) return;
  }
}

std::optional<core::TaskKey> MemoryTransaction::find_task(const core::TaskId& id) {
  const auto& rows = tables_->tasks.working();
  const auto found = rows.by().id.find(id);
  if (found == rows.by().id.end()) return std::nullopt;
  return rows.find(found->second)->task.key;
}

std::vector<core::Task> MemoryTransaction::owed(const core::PlaneName& site,
                                                const std::optional<core::TaskId>& after,
                                                std::size_t limit) {
  const auto& rows = tables_->tasks.working();
  std::int64_t after_seq = 0;
  if (after) {
    const auto cursor = rows.by().id.find(*after);
    if (cursor == rows.by().id.end()) return {};
    after_seq = rows.find(cursor->second)->seq;
  }
  const auto& owed = rows.by().owed;
  std::vector<core::Task> found;
  for (auto at = owed.lower_bound({site, after_seq + 1, {}});
       at != owed.end() && std::get<0>(*at) == site && found.size() < limit; ++at) {
    found.push_back(rows.find(std::get<2>(*at))->task);
  }
  return found;
}

std::vector<core::PlaneName> MemoryTransaction::owing_sites() {
  const auto& owed = tables_->tasks.working().by().owed;
  std::vector<core::PlaneName> found;
  for (auto at = owed.begin(); at != owed.end();
       at = owed.upper_bound({found.back(), INT64_MAX, {}})) {
    found.push_back(std::get<0>(*at));
  }
  return found;
}

std::vector<core::Task> MemoryTransaction::local_work(const std::optional<core::TaskKey>& after,
                                                      std::size_t limit) {
  return tasks_behind(tables_->tasks.working().by().local, after, limit);
}

std::vector<core::Task> MemoryTransaction::asking(const std::optional<core::TaskKey>& after,
                                                  std::size_t limit) {
  return tasks_behind(tables_->tasks.working().by().asking, after, limit);
}

std::vector<core::Task> MemoryTransaction::tasks_behind(const std::set<TaskPlace>& places,
                                                        const std::optional<core::TaskKey>& after,
                                                        std::size_t limit) const {
  TaskPlace cursor;
  if (after) {
    const auto key = find_key(after->activation);
    if (!key) return {};
    cursor = {*key, after->run, after->ordinal};
  }
  std::vector<core::Task> found;
  for (auto at = places.upper_bound(cursor); at != places.end() && found.size() < limit; ++at) {
    found.push_back(tables_->tasks.working().find(*at)->task);
  }
  return found;
}

std::vector<Due> MemoryTransaction::due(core::Instant now, std::size_t limit) {
  std::vector<Due> found;
  const auto& activations = tables_->activations.working();
  const auto& due_activations = activations.by().due;
  for (auto at = due_activations.begin();
       at != due_activations.end() && at->first <= now && found.size() < limit; ++at) {
    found.push_back({activations.find(at->second)->id, std::nullopt, at->first});
  }
  const auto& tasks = tables_->tasks.working();
  const auto& due_tasks = tasks.by().due;
  std::size_t taken = 0;
  for (auto at = due_tasks.begin();
       at != due_tasks.end() && std::get<0>(*at) <= now && taken < limit; ++at, ++taken) {
    const core::TaskKey& key = tasks.find(std::get<2>(*at))->task.key;
    found.push_back({key.activation, key, std::get<0>(*at)});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Due& a, const Due& b) { return a.at < b.at; });
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::optional<core::Instant> MemoryTransaction::next_due() {
  const auto& activations = tables_->activations.working().by().due;
  const auto& tasks = tables_->tasks.working().by().due;
  std::optional<core::Instant> least;
  if (!activations.empty()) least = activations.begin()->first;
  if (!tasks.empty()) {
    const core::Instant at = std::get<0>(*tasks.begin());
    least = least ? std::min(*least, at) : at;
  }
  if (const auto& lanes = tables_->lanes.working().by().due; !lanes.empty()) {
    least = least ? std::min(*least, lanes.begin()->first) : lanes.begin()->first;
  }
  return least;
}

}  // namespace antiphon::store
