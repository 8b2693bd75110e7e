// SPDX-License-Identifier: MIT
// A control plane's shell: it turns what arrives into events, applies them in batches, commits each
// batch with one sync, and only then lets the effects out (architecture: The contract of the
// shell). It has no thread of its own; loop.hpp gives it one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/apply.hpp"
#include "engine/core/invariants.hpp"
#include "engine/core/slice.hpp"
#include "engine/runtime/campaigns.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/event_reading.hpp"
#include "engine/runtime/inbox.hpp"
#include "engine/runtime/lanes.hpp"
#include "engine/runtime/messenger.hpp"
#include "engine/runtime/object_feed.hpp"
#include "engine/runtime/outflow.hpp"
#include "engine/runtime/statuses.hpp"
#include "engine/runtime/watch.hpp"
#include "engine/runtime/worker.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

struct PlaneOptions {
  core::Plane plane;
  std::map<std::string, std::string> labels;
  std::vector<core::PlaneName> declared_sites;
  std::string program_version;
  std::string topic_root = "antiphon";  ///< below it planes talk: no place for triggers
  Watch* watch = nullptr;               ///< outlives the plane
};

class Plane {
 public:
  /// The references must outlive the plane. `seeds` gives 128 fresh bits at each call.
  Plane(PlaneOptions options, store::Store& store, Messenger& messenger, Worker& worker,
        Clock& clock, std::function<core::Seed()> seeds);

  /// Before the first step: what local work there is begins again or is found.
  void recover();

  /// One batch, if there is something to apply or due, and then the repeats that are due. Throws
  /// store::StoreError: of the envelopes that are left nothing was applied or remembered, and
  /// nothing came out; may be called again with them if the disk is full, else the plane must be
  /// given up.
  void step(std::vector<Envelope>& envelopes);

  /// How long until it wants its next step though nothing arrives.
  core::Duration patience();

  /// It was not closed in order a short time ago: it takes one envelope a step.
  bool cautious();

  /// Trigger filters as the store has them; for the first subscription, before run().
  std::vector<std::string> trigger_filters() const;

  /// What it keeps in memory and its store says otherwise: nothing, between two steps
  /// (docs/reliability.md, I9).
  std::vector<core::Violation> check_memory() const;

  /// What the plane tells of itself, online or not.
  core::Presence presence(bool online) const;

 private:
  using Triggers =
      std::map<std::string, std::vector<core::TriggerRow>>;  ///< by filter; those that are on

  /// What is known of the origins' clocks since the last connect.
  struct Clocks {
    std::map<core::PlaneName, core::Duration> ahead;  ///< of ours
    std::set<core::PlaneName> told;                   ///< whose answer to our hello has come
  };

  /// One transaction on its way to its commit, and what is to happen after it.
  struct Batch {
    std::unique_ptr<store::Transaction> rows;
    core::Instant now;
    Clocks clocks;
    std::optional<Triggers> triggers;  ///< if they change
    core::LaneLoad lane_load;
    std::vector<core::Effect> effects;
    std::vector<AnswerOut> answers;
    std::vector<ToSite> to_sites;  ///< hello-answers and unknown-notices
    std::vector<core::PlaneName> restarts;
    std::vector<std::pair<core::PlaneName, bool>> presences;
    std::optional<core::Answer> answer;  ///< of the event applied last
    std::optional<core::Error> refused;  ///< the same
    bool greet = false;                  ///< we are (back) on the bus
  };

  void turn(std::vector<Envelope>& envelopes);
  static void acknowledge(std::vector<Envelope>& envelopes);
  bool quarantined(Envelope& envelope);
  void process(Batch& batch, Envelope& envelope);
  void fire_due(Batch& batch);
  void commit(Batch& batch);
  void commit_aside(store::Transaction& rows);

  // plane_effects.cpp
  void release(Batch& batch);
  void release_effects(Batch& batch);
  void release(core::Effect& effect, core::Instant now);
  bool may_leave(const core::SendCommand& wanted, core::Instant now);
  void pump_timers();
  void greet();
  void answer_hello(Batch& batch, const core::PlaneName& site);

  // plane_secrets.cpp
  void begin_work(Work work);
  void send_command(const core::PlaneName& site, core::Command command);
  void mask(const core::Task& task, core::JsonText& outputs, std::string& error,
            std::optional<core::WorkLog>& log) const;

  // plane_requests.cpp
  core::Answer on(Batch& batch, const core::ActivateRequest& request);
  core::Answer on(Batch& batch, const core::VerbRequest& request);
  core::Answer on(Batch& batch, const core::StepRequest& request);
  core::Answer on(Batch& batch, const core::VoteRequest& request);
  core::Answer on(Batch& batch, const core::SignalRequest& request);
  core::Answer on(Batch& batch, const core::ApplyRequest& request);
  void start_runs(Batch& batch, Applied& applied);
  template <class Request>
  void answer_once(Batch& batch, const Request& request, const Delivery& delivery);
  core::Answer activate(Batch& batch, core::ActivateRequest request,
                        const core::CampaignVersion& version, const core::JsonText& trigger,
                        const std::string& author);

  // plane_triggers.cpp
  void on(Batch& batch, const core::TopicMessage& message, const Delivery& delivery);
  static core::Answer on(Batch& batch, const core::SwitchRequest& request);
  void fire(Batch& batch, const core::TriggerRow& trigger, const core::TopicMessage& message,
            const Delivery& delivery);
  static bool is_news(Batch& batch, const core::TriggerRow& trigger, const core::TriggerSpec& spec,
                      const core::TopicMessage& message, const Delivery& delivery,
                      const std::string& identity);
  void take(Batch& batch, const core::TriggerRow& trigger, const core::TriggerSpec& spec,
            const std::string& topic, const EventReading& event);
  Lanes lanes(Batch& batch);
  void carry_out(Batch& batch, const LaneTurn& turn);
  void fire_lanes(Batch& batch);
  core::ActivationId start_run(Batch& batch, const std::string& trigger,
                               const core::LaneEvent& event);
  static Triggers read_triggers(store::Transaction& rows);

  // plane_approvals.cpp
  void on(Batch& batch, const SeenRequest& seen);
  void say_requests(store::Transaction& rows);

  // plane_objects.cpp
  static core::Answer on(Batch& batch, const core::DeleteRequest& request);
  void on(Batch& batch, const core::ObjectReport& report);
  void on(Batch& batch, const core::OriginObject& catalog);
  void say(const core::Object& object);
  void pump_objects(core::Instant now);

  // plane_sites.cpp
  void on(Batch& batch, const FromSite& message);
  void on(Batch& batch, const FromOrigin& message);
  void on(Batch& batch, const SeenPresence& seen);
  void on(Batch& batch, const core::PlaneName& site, const core::Reply& reply);
  void on(Batch& batch, const core::PlaneName& site, const core::Hello& hello);
  void on(Batch& batch, const core::PlaneName& origin, const core::Command& command);
  void on(Batch& batch, const core::PlaneName& origin, const core::CancelCommand& cancel);
  void on(Batch& batch, const core::PlaneName& origin, const core::HelloAnswer& answer);
  void on(Batch& batch, const core::PlaneName& origin, const core::UnknownNotice& notice);
  bool note_journal(Batch& batch, core::Site& site, const std::string& journal, std::int64_t boot);
  void load_commanded(core::Slice& slice, Batch& batch, const core::PlaneName& origin,
                      const core::TaskId& id);
  static void set_clock(Batch& batch, const core::PlaneName& origin, core::Instant at);

  // plane.cpp
  void on(Batch& batch, const RefusedMessage& message);
  void on(Batch& batch, const WorkReport& report);
  bool load(core::Slice& slice, Batch& batch, const core::TaskKey& key);
  bool load(core::Slice& slice, Batch& batch, const core::ActivationId& id);
  void apply(Batch& batch, core::Slice& slice, const core::Event& event);
  void reject(Batch& batch, std::string topic, std::string sender, const core::Error& error);

  PlaneOptions options_;
  store::Store& store_;
  Messenger& messenger_;
  Worker& worker_;
  std::function<core::Seed()> seeds_;
  Timeline time_;
  Campaigns campaigns_;
  Outflow outflow_;
  Statuses statuses_;
  ObjectFeed feed_;
  Triggers triggers_;
  core::LaneLoad lane_load_;
  Clocks clocks_;
  std::optional<core::Instant> next_due_;
  core::Instant since_;
  core::Instant cautious_until_;
};

}  // namespace antiphon::runtime
