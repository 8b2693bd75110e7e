// SPDX-License-Identifier: MIT
// All rows of a memory store with the indexes that the port's questions need: the same ones as the
// durable store's schema.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>

#include "engine/store/activation_key.hpp"
#include "engine/store/memory_table.hpp"
#include "engine/store/store.hpp"

namespace antiphon::store {

/// A task's place, in the order of local work.
struct TaskPlace {
  ActivationKey activation = 0;
  std::int64_t run = 0;
  std::int64_t ordinal = 0;
  auto operator<=>(const TaskPlace&) const = default;
};

struct StoredTask {
  std::int64_t seq;  ///< order of creation
  core::Task task;
};

struct ActivationIndexes {
  void add(ActivationKey key, const core::Activation& row);
  void remove(ActivationKey key, const core::Activation& row);

  std::map<core::ActivationId, ActivationKey> id;
  std::map<std::pair<core::PlaneName, core::TaskId>, ActivationKey> command;
  std::set<std::pair<core::Instant, ActivationKey>> due;
  std::set<std::pair<core::Instant, ActivationKey>> open_own;  ///< by `updated`
  std::set<ActivationKey> open_command;
};

struct TaskIndexes {
  void add(const TaskPlace& place, const StoredTask& row);
  void remove(const TaskPlace& place, const StoredTask& row);

  std::map<core::TaskId, TaskPlace> id;
  std::set<std::tuple<core::Instant, std::int64_t, TaskPlace>> due;
  std::set<std::tuple<core::PlaneName, std::int64_t, TaskPlace>> owed;
  std::set<TaskPlace> local;
  std::set<TaskPlace> asking;  ///< people
};

struct VersionIndexes {
  using Order = std::tuple<core::Namespace, core::CampaignName, std::int64_t, std::string>;
  void add(const std::string& hash, const core::CampaignVersion& row);
  void remove(const std::string& hash, const core::CampaignVersion& row);

  std::set<Order> order;
  std::set<std::pair<std::int64_t, std::string>> applied;
};

struct SeenAnswer {
  std::string answer;
  core::Instant expires;
};

struct SeenIndexes {
  void add(const std::string& digest, const SeenAnswer& row) {
    expires.emplace(row.expires, digest);
  }
  void remove(const std::string& digest, const SeenAnswer& row) {
    expires.erase({row.expires, digest});
  }

  std::set<std::pair<core::Instant, std::string>> expires;
};

struct LaneIndexes {
  void add(const std::string& id, const core::Lane& row) {
    if (row.due) due.emplace(*row.due, id);
    if (!row.activation.empty()) activation[row.activation] = id;
  }
  void remove(const std::string& id, const core::Lane& row) {
    if (row.due) due.erase({*row.due, id});
    activation.erase(row.activation);
  }

  std::set<std::pair<core::Instant, std::string>> due;
  std::map<core::ActivationId, std::string> activation;
};

struct ObjectIndexes {
  void add(const core::ObjectKey& key, const core::Object& row) {
    if (!row.deleted_at) return;
    gone.emplace(*row.deleted_at, key);
    gone_keys.insert(key);
  }
  void remove(const core::ObjectKey& key, const core::Object& row) {
    if (!row.deleted_at) return;
    gone.erase({*row.deleted_at, key});
    gone_keys.erase(key);
  }

  std::set<std::pair<core::Instant, core::ObjectKey>> gone;
  std::set<core::ObjectKey> gone_keys;
};

struct MemoryTables {
  using TriggerKey = std::tuple<core::Namespace, core::CampaignName, std::string>;

  TransactionalTable<ActivationKey, core::Activation, ActivationIndexes> activations;
  TransactionalTable<std::pair<ActivationKey, std::int64_t>, core::StageRun> runs;
  TransactionalTable<TaskPlace, StoredTask, TaskIndexes> tasks;
  TransactionalTable<std::pair<ActivationKey, std::string>, core::StageOutput> outputs;
  TransactionalTable<TaskPlace, core::WorkLog> logs;
  TransactionalTable<std::string, core::CampaignVersion, VersionIndexes> versions;
  TransactionalTable<TriggerKey, core::TriggerRow> triggers;
  TransactionalTable<std::string, core::Lane, LaneIndexes> lanes;
  TransactionalTable<std::tuple<std::string, bool, std::int64_t>, core::LaneEvent> lane_events;
  TransactionalTable<std::string, SeenAnswer, SeenIndexes> seen;
  TransactionalTable<core::PlaneName, core::Site> sites;
  TransactionalTable<core::ObjectKey, core::Object, ObjectIndexes> objects;
  TransactionalTable<std::int64_t, core::Reject> rejects;
  TransactionalTable<int, core::Instant> last_instant;  ///< one row, key 0

  void commit();
  void roll_back();

  /// Guards what is committed: readers may be on another thread.
  std::mutex mutex;
  ActivationKey last_activation = 0;
  std::int64_t last_task = 0;
  bool transaction_open = false;
};

}  // namespace antiphon::store
