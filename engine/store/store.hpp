// SPDX-License-Identifier: MIT
// Port: where rows live. Implementations: memory_store, sqlite_store; both pass
// tests/contracts/store_contract.hpp. Every call may throw StoreError: the world failed (disk full,
// I/O, corruption); the caller lets nothing out and stops.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/core/rows.hpp"

namespace antiphon::store {

class StoreError : public std::runtime_error {
 public:
  enum class Kind { full, io, corrupt, newer, other };
  StoreError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// What a store file knows of itself. Minted when the file is made.
struct Identity {
  core::PlaneName plane;
  std::string journal;  ///< 32 hex digits: names what this store remembers having run
  std::string
      client_secret;      ///< 32 hex digits: makes the MQTT client id unguessable; never published
  std::int64_t boot = 0;  ///< +1 at each open for serving
  bool clean = true;      ///< the last process closed it in order
};

/// Something that wants its turn: a task, or (no task) the activation itself.
struct Due {
  core::ActivationId activation;
  std::optional<core::TaskKey> task;
  core::Instant at;
};

/// A slice of a list: items after `after` in the list's own order. An `after` that cannot be read,
/// or names a row that is not there where its list says so, gives nothing.
struct Page {
  std::string after;  ///< empty: from the beginning
  int limit = 100;
};

/// Rows of an activation may be written before its own row, but not be committed without it. An
/// update of what is not stored, and an insert of what is (an activation, its command, a stage run,
/// a task, its id, a version's hash), throws StoreError::Kind::other. Never changed by an update:
/// an activation's id, campaign, origin, task_id and created; a task's key, id and created.
class Transaction : public core::Rows {
 public:
  using core::Rows::insert;
  using core::Rows::put;

  virtual std::optional<core::Activation> activation(const core::ActivationId& id) = 0;
  virtual std::optional<core::Activation> commanded(const core::PlaneName& origin,
                                                    const core::TaskId& id) = 0;
  virtual std::optional<core::TaskKey> find_task(const core::TaskId& id) = 0;

  virtual void insert(const core::CampaignVersion& version) = 0;
  virtual std::optional<core::CampaignVersion> campaign_version(
      const core::Namespace& name_space, const core::CampaignName& name,
      const core::VersionName& version) = 0;
  /// The version applied last.
  virtual std::optional<core::CampaignVersion> newest(const core::Namespace& name_space,
                                                      const core::CampaignName& name) = 0;
  virtual std::optional<core::CampaignVersion> by_hash(std::string_view hash) = 0;
  /// Makes an already stored version the newest again.
  virtual void touch(std::string_view hash, std::int64_t applied_seq, core::Instant at) = 0;
  virtual std::int64_t last_applied_seq() = 0;

  virtual std::vector<core::TriggerRow> triggers() = 0;
  /// Those of one campaign.
  virtual std::vector<core::TriggerRow> triggers(const core::Namespace& name_space,
                                                 const core::CampaignName& campaign) = 0;
  virtual void replace_triggers(const core::Namespace& name_space,
                                const core::CampaignName& campaign,
                                const std::vector<core::TriggerRow>& triggers) = 0;

  virtual std::optional<core::Lane> lane(std::string_view id) = 0;
  virtual void put(const core::Lane& lane) = 0;
  /// With all that is in it.
  virtual void erase_lane(std::string_view id) = 0;
  virtual core::LaneLoad lane_load() = 0;
  /// Those after that id, in order of their ids.
  virtual std::vector<core::Lane> lanes(std::string_view after, std::size_t limit) = 0;
  /// What the campaign's lanes have gathered is a run's from `now` on: they are due.
  virtual void close_lanes(const core::Namespace& name_space, const core::CampaignName& campaign,
                           core::Instant now) = 0;
  /// At most `limit` that are due, in order of their instants. next_due() knows of them too.
  virtual std::vector<core::Lane> due_lanes(core::Instant now, std::size_t limit) = 0;
  virtual void add(std::string_view lane, const core::LaneEvent& event) = 0;
  /// In order of seq.
  virtual std::vector<core::LaneEvent> lane_events(std::string_view lane, bool ready,
                                                   std::size_t limit) = 0;
  virtual void erase_lane_events(std::string_view lane, bool ready, std::int64_t through) = 0;

  /// What was answered to the identity; expired ones count as unknown.
  virtual std::optional<std::string> seen(std::string_view digest, core::Instant now) = 0;
  virtual void remember(std::string_view digest, std::string_view answer,
                        core::Instant expires) = 0;
  /// Deletes at most `limit` expired identities; how many it deleted.
  virtual std::size_t forget_expired(core::Instant now, std::size_t limit) = 0;

  virtual std::optional<core::Site> site(const core::PlaneName& name) = 0;
  virtual void put(const core::Site& site) = 0;

  /// At most `limit` due things in order of their instants; of one instant activations before
  /// tasks, older before newer.
  virtual std::vector<Due> due(core::Instant now, std::size_t limit) = 0;
  virtual std::optional<core::Instant> next_due() = 0;

  /// Unsettled tasks for the site, in the order they were created, after the task `after` (none:
  /// from the first; an unknown one: nothing). Not those that wait for their next attempt: of them
  /// nothing is owed yet.
  virtual std::vector<core::Task> owed(const core::PlaneName& site,
                                       const std::optional<core::TaskId>& after,
                                       std::size_t limit) = 0;
  virtual std::vector<core::PlaneName> owing_sites() = 0;
  /// Unsettled tasks that this plane itself executes, by creation of their activation, then run and
  /// ordinal, after `after`. Not those that wait for their next attempt: nothing of them runs.
  virtual std::vector<core::Task> local_work(const std::optional<core::TaskKey>& after,
                                             std::size_t limit) = 0;
  /// Open tasks of providers that wait for people, in the same order, after `after`.
  virtual std::vector<core::Task> asking(const std::optional<core::TaskKey>& after,
                                         std::size_t limit) = 0;
  /// Commanded activations that have not ended.
  virtual std::int64_t unsettled_commands() = 0;
  /// Open activations that want a retained status (nobody commanded them), newest change first, at
  /// most `limit`.
  virtual std::vector<core::Activation> open_activations(std::size_t limit) = 0;

  /// Adds it with the next seq; the oldest beyond limits::kept_rejects leave.
  virtual void add(core::Reject reject) = 0;

  virtual core::Instant last_instant() = 0;
  virtual void put_last_instant(core::Instant at) = 0;

  /// Durable when it returns. A transaction destroyed without commit leaves no trace. Use the
  /// object no more afterwards.
  virtual void commit() = 0;
};

/// Reads for lists and history, on a connection of its own: may be used from one other thread,
/// beside a transaction, and sees only what was committed.
class Reader {
 public:
  virtual ~Reader() = default;
  struct ActivationFilter {
    std::string campaign{};
    std::string state{};
    bool commanded = false;  ///< also runs that other planes commanded
  };
  /// By (namespace, name, applied_seq); after: hash.
  virtual std::vector<core::CampaignVersion> campaigns(const Page& page) = 0;
  /// The version of that name; an empty one: the version applied last.
  virtual std::optional<core::CampaignVersion> campaign(const core::Namespace& name_space,
                                                        const core::CampaignName& name,
                                                        const core::VersionName& version) = 0;
  /// Newest first; after: id.
  virtual std::vector<core::Activation> activations(const ActivationFilter& filter,
                                                    const Page& page) = 0;
  virtual std::optional<core::Activation> activation(const core::ActivationId& id) = 0;
  /// By run; after: run.
  virtual std::vector<core::StageRun> history(const core::ActivationId& id, const Page& page) = 0;
  /// Of one run or of all, by (run, ordinal); after: "run.ordinal".
  virtual std::vector<core::Task> tasks(const core::ActivationId& id,
                                        std::optional<std::int64_t> run, const Page& page) = 0;
  /// As Transaction::asking; after: a task's id.
  virtual std::vector<core::Task> asking(const Page& page) = 0;
  virtual std::optional<core::StageOutput> output(const core::ActivationId& id,
                                                  std::string_view stage) = 0;
  virtual std::optional<core::WorkLog> log(const core::TaskKey& key) = 0;
  struct ObjectFilter {
    core::ObjectKind kind{};       ///< empty: of all
    core::Namespace name_space{};  ///< empty: of all
  };
  /// Those that are not gone, by (kind, namespace, name); after: core::to_text of a key, which need
  /// not be there.
  virtual std::vector<core::Object> objects(const ObjectFilter& filter, const Page& page) = 0;
  virtual std::optional<core::Object> object(const core::ObjectKey& key) = 0;
  /// By name; after: name.
  virtual std::vector<core::Site> sites(const Page& page) = 0;
  /// Those in force, on or off, by (namespace, campaign, name); after: core::to_text of a row,
  /// which need not be there.
  virtual std::vector<core::TriggerRow> triggers(const Page& page) = 0;
  /// What the trigger's lanes hold together.
  virtual core::LaneLoad lane_load(const core::TriggerRow& trigger) = 0;
  /// Newest first; after: seq.
  virtual std::vector<core::Reject> rejects(const Page& page) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual const Identity& identity() const = 0;
  /// One at a time, on the owner's thread.
  virtual std::unique_ptr<Transaction> begin() = 0;
  virtual std::unique_ptr<Reader> reader() = 0;
  /// Notes that this process ends in order; no transaction may be open.
  virtual void close() = 0;
};

/// Fresh randomness for a new file.
struct Minted {
  std::string journal;
  std::string client_secret;
};

}  // namespace antiphon::store
