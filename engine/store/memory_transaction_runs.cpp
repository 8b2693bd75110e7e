// SPDX-License-Identifier: MIT
// Activations, stage runs, outputs, tasks, and what of them is due or owed.
#include <algorithm>
#include <cstdint>

#include "engine/store/memory_transaction.hpp"

namespace antiphon::store {

std::optional<ActivationKey> MemoryTransaction::find_key(const core::ActivationId& id) const {
  const auto& ids = tables_->activations.working().by().id;
  if (const auto found = ids.find(id); found != ids.end()) return found->second;
  if (const auto found = reserved_.find(id); found != reserved_.end()) return found->second;
  return std::nullopt;
}

ActivationKey MemoryTransaction::find_or_reserve(const core::ActivationId& id) {
  if (const auto key = find_key(id)) return *key;
  reserved_.emplace(id, ++tables_->last_activation);
  return tables_->last_activation;
}

void MemoryTransaction::insert(const core::Activation& activation) {
  const auto& rows = tables_->activations.working();
  const bool command_taken = !activation.origin.empty() &&
                             rows.by().command.contains({activation.origin, activation.task_id});
  if (rows.by().id.contains(activation.id) || command_taken) {
    throw in_memory_already("activation " + activation.id.text());
  }
  tables_->activations.set(find_or_reserve(activation.id), activation);
  reserved_.erase(activation.id);
}

void MemoryTransaction::update(const core::Activation& activation) {
  const auto& ids = tables_->activations.working().by().id;
  const auto found = ids.find(activation.id);
  if (found == ids.end()) throw not_in_memory("activation " + activation.id.text());
  tables_->activations.set(found->second, activation);
}

std::optional<core::Activation> MemoryTransaction::activation(const core::ActivationId& id) {
  const auto& rows = tables_->activations.working();
  const auto found = rows.by().id.find(id);
  if (found == rows.by().id.end()) return std::nullopt;
  return *rows.find(found->second);
}

std::optional<core::Activation> MemoryTransaction::commanded(const core::PlaneName& origin,
                                                             const core::TaskId& id) {
  const auto& rows = tables_->activations.working();
  const auto found = rows.by().command.find({origin, id});
  if (found == rows.by().command.end()) return std::nullopt;
  return *rows.find(found->second);
}

std::int64_t MemoryTransaction::unsettled_commands() {
  return static_cast<std::int64_t>(tables_->activations.working().by().open_command.size());
}

std::vector<core::Activation> MemoryTransaction::open_activations(std::size_t limit) {
  const auto& rows = tables_->activations.working();
  const auto& open = rows.by().open_own;
  std::vector<core::Activation> found;
  for (auto at = open.rbegin(); at != open.rend() && found.size() < limit; ++at) {
    found.push_back(*rows.find(at->second));
  }
  return found;
}

void MemoryTransaction::insert(const core::StageRun& run) {
  const std::pair key{find_or_reserve(run.activation), run.run};
  if (tables_->runs.working().find(key)) {
    throw in_memory_already("stage run " + std::to_string(run.run));
  }
  tables_->runs.set(key, run);
}

void MemoryTransaction::update(const core::StageRun& run) {
  const auto key = find_key(run.activation);
  if (!key || !tables_->runs.working().find({*key, run.run})) {
    throw not_in_memory("stage run " + std::to_string(run.run));
  }
  tables_->runs.set({*key, run.run}, run);
}

std::optional<core::StageRun> MemoryTransaction::stage_run(const core::ActivationId& id,
                                                           std::int64_t run) {
  const auto key = find_key(id);
  if (!key) return std::nullopt;
  const auto row = tables_->runs.working().find({*key, run});
  return row ? std::optional(*row) : std::nullopt;
}

std::optional<core::StageOutput> MemoryTransaction::output(const core::ActivationId& activation,
                                                           std::string_view stage) {
  const auto key = find_key(activation);
  if (!key) return std::nullopt;
  const auto row = tables_->outputs.working().find({*key, std::string(stage)});
  return row ? std::optional(*row) : std::nullopt;
}

bool MemoryTransaction::any_output(const core::ActivationId& activation) {
  const auto key = find_key(activation);
  if (!key) return false;
  const auto& rows = tables_->outputs.working().rows();
  const auto first = rows.lower_bound({*key, {}});
  return first != rows.end() && first->first.first == *key;
}

void MemoryTransaction::put_output(const core::ActivationId& activation, std::string_view stage,
                                   const core::StageOutput& output) {
  tables_->outputs.set({find_or_reserve(activation), std::string(stage)}, output);
}

}  // namespace antiphon::store
