// SPDX-License-Identifier: MIT
// The port's Transaction on tables in memory. One file per group of rows, like the durable one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/store/memory_tables.hpp"
#include "engine/store/store.hpp"

namespace antiphon::store {

class MemoryTransaction : public Transaction {
 public:
  explicit MemoryTransaction(std::shared_ptr<MemoryTables> tables);
  ~MemoryTransaction() override;
  void commit() override;

  void insert(const core::Activation& activation) override;
  void update(const core::Activation& activation) override;
  std::optional<core::Activation> activation(const core::ActivationId& id) override;
  std::optional<core::Activation> commanded(const core::PlaneName& origin,
                                            const core::TaskId& id) override;
  std::int64_t unsettled_commands() override;
  std::vector<core::Activation> open_activations(std::size_t limit) override;

  void insert(const core::StageRun& run) override;
  void update(const core::StageRun& run) override;
  std::optional<core::StageRun> stage_run(const core::ActivationId& id, std::int64_t run) override;
  std::optional<core::StageOutput> output(const core::ActivationId& activation,
                                          std::string_view stage) override;
  void put_log(const core::TaskKey& key, const core::WorkLog& log) override;
  std::optional<core::WorkLog> log(const core::TaskKey& key) override;
  bool any_output(const core::ActivationId& activation) override;
  void put_output(const core::ActivationId& activation, std::string_view stage,
                  const core::StageOutput& output) override;

  void insert(const core::Task& task) override;
  void update(const core::Task& task) override;
  std::optional<core::Task> task(const core::TaskKey& key) override;
  void each_task(const core::ActivationId& activation, std::int64_t run, std::int64_t after,
                 std::size_t limit, const std::function<bool(const core::Task&)>& visit) override;
  std::optional<core::TaskKey> find_task(const core::TaskId& id) override;
  std::vector<core::Task> owed(const core::PlaneName& site,
                               const std::optional<core::TaskId>& after,
                               std::size_t limit) override;
  std::vector<core::PlaneName> owing_sites() override;
  std::vector<core::Task> local_work(const std::optional<core::TaskKey>& after,
                                     std::size_t limit) override;
  std::vector<core::Task> asking(const std::optional<core::TaskKey>& after,
                                 std::size_t limit) override;
  std::vector<Due> due(core::Instant now, std::size_t limit) override;
  std::optional<core::Instant> next_due() override;

  void insert(const core::CampaignVersion& version) override;
  std::optional<core::CampaignVersion> campaign_version(const core::Namespace& name_space,
                                                        const core::CampaignName& name,
                                                        const core::VersionName& version) override;
  std::optional<core::CampaignVersion> newest(const core::Namespace& name_space,
                                              const core::CampaignName& name) override;
  std::optional<core::CampaignVersion> by_hash(std::string_view hash) override;
  void touch(std::string_view hash, std::int64_t applied_seq, core::Instant at) override;
  std::int64_t last_applied_seq() override;
  std::vector<core::TriggerRow> triggers() override;
  std::vector<core::TriggerRow> triggers(const core::Namespace& name_space,
                                         const core::CampaignName& campaign) override;
  void replace_triggers(const core::Namespace& name_space, const core::CampaignName& campaign,
                        const std::vector<core::TriggerRow>& triggers) override;

  std::optional<core::Lane> lane(std::string_view id) override;
  void put(const core::Lane& lane) override;
  void erase_lane(std::string_view id) override;
  void free_lane(const core::ActivationId& activation, core::Instant now) override;
  core::LaneLoad lane_load() override;
  std::vector<core::Lane> lanes(std::string_view after, std::size_t limit) override;
  void close_lanes(const core::Namespace& name_space, const core::CampaignName& campaign,
                   core::Instant now) override;
  std::vector<core::Lane> due_lanes(core::Instant now, std::size_t limit) override;
  void add(std::string_view lane, const core::LaneEvent& event) override;
  std::vector<core::LaneEvent> lane_events(std::string_view lane, bool ready,
                                           std::size_t limit) override;
  void erase_lane_events(std::string_view lane, bool ready, std::int64_t through) override;

  std::optional<std::string> seen(std::string_view digest, core::Instant now) override;
  void remember(std::string_view digest, std::string_view answer, core::Instant expires) override;
  std::size_t forget_expired(core::Instant now, std::size_t limit) override;
  std::vector<core::SiteView> sites() override;
  std::optional<core::Object> object(const core::ObjectKey& key) override;
  void put(const core::Object& object) override;
  std::vector<core::Object> objects(const core::ObjectKey& after, std::size_t limit) override;
  std::vector<core::Object> gone_objects(const core::ObjectKey& after, std::size_t limit) override;
  core::ObjectCounts count_objects() override;
  std::size_t forget_objects(core::Instant before, std::size_t limit) override;
  std::optional<core::Site> site(const core::PlaneName& name) override;
  void put(const core::Site& site) override;
  void add(core::Reject reject) override;
  core::Instant last_instant() override;
  void put_last_instant(core::Instant at) override;

 private:
  std::optional<ActivationKey> find_key(const core::ActivationId& id) const;
  /// Rows may come before the row of their activation.
  ActivationKey find_or_reserve(const core::ActivationId& id);
  std::vector<core::Task> tasks_behind(const std::set<TaskPlace>& places,
                                       const std::optional<core::TaskKey>& after,
                                       std::size_t limit) const;

  std::shared_ptr<MemoryTables> tables_;
  std::map<core::ActivationId, ActivationKey> reserved_;
  bool committed_ = false;
};

StoreError not_in_memory(const std::string& what);
StoreError in_memory_already(const std::string& what);

}  // namespace antiphon::store
