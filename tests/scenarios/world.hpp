// SPDX-License-Identifier: MIT
// One control plane without a process: a store, the pure core, and a clock that a scenario moves.
// It loads slices and commits as the shell does, says what came of each turn, and checks every
// invariant after each commit.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/apply.hpp"
#include "engine/core/invariants_plane.hpp"
#include "engine/core/meeting.hpp"
#include "engine/core/slice.hpp"
#include "engine/store/store.hpp"
#include "tests/support/fixed_secrets.hpp"

namespace antiphon::scenarios {

inline constexpr core::Instant start_of_time{1'767'225'600'000};  // 2026-01-01T00:00:00Z

class World {
 public:
  /// Opens the store of the plane; `old` is what it was before a restart, null at first.
  using Open = std::function<std::unique_ptr<store::Store>(const core::PlaneName& plane,
                                                           std::unique_ptr<store::Store> old)>;
  explicit World(Open open);

  // What commands use.
  test::FixedSecrets secrets;
  core::Plane plane;
  core::Instant now = start_of_time;
  std::set<std::string> unheard{"arrived", "event"};  ///< kinds of effects that are not printed
  std::set<std::string> quiet;                        ///< kinds that are counted instead

  /// What `happen` does is one transaction; afterwards the effects are said and the invariants
  /// checked.
  void turn(const std::function<void()>& happen);
  store::Transaction& rows() { return *rows_; }
  core::Slice slice() { return core::Slice(*rows_, plane, {now, fresh_seed()}); }
  bool load(core::Slice& slice, const core::ActivationId& id);
  bool load(core::Slice& slice, const core::TaskKey& key);
  core::CampaignPtr campaign(const std::string& hash);
  void load_commanded(core::Slice& slice, const core::PlaneName& origin, const core::TaskId& id);
  void apply(core::Slice& slice, const core::Event& event);
  void say(const std::string& line);

  /// Fires, in one turn, what is due by now. False: nothing was.
  bool fire_due();
  /// Moves the clock, stopping wherever something is due.
  void advance(core::Duration time);
  /// Drops all that is in memory and opens the store again.
  void restart();
  /// Says what a plane does when it comes up: work to take up again, sites to send to again.
  void recover();

  /// "a1", or "hq:t1" for the run of origin hq's task t1, as a scenario names it.
  std::optional<core::ActivationId> find_run(const std::string& name);
  /// "a1/1/0": stage run 1's first task.
  std::optional<core::TaskKey> find_task(const std::string& name);
  std::string name_of(const core::ActivationId& id);
  std::string name_of(const core::TaskKey& key);
  std::string name_of(const core::TaskId& id) const;
  core::RunRecord record(const core::ActivationId& id);
  store::Store& store();

  // What the runner of a scenario uses.
  /// What was said since the last call.
  std::string take_said();
  /// Lets time pass until nothing is due any more; then everything has ended or waits for something
  /// with a name.
  void settle();
  /// Every row of every run, one line each.
  std::string dump();
  const std::vector<std::string>& broken() const { return broken_; }

 private:
  core::Seed fresh_seed();
  store::Reader& reader();
  void touch(const core::ActivationId& id);
  void check(const core::RunRecord& after);
  bool rests(const core::RunRecord& run) const;
  core::PlaneRecord plane_record();
  void note(const std::vector<core::Violation>& found);
  void check_derived(const core::Effect& effect);
  void say_effects();
  void say(const core::Effect& effect);
  std::vector<core::ActivationId> all_runs();  ///< by id

  Open open_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Reader> reader_;
  std::unique_ptr<store::Transaction> rows_;
  std::map<std::string, core::CampaignPtr> campaigns_;
  std::vector<core::Effect> effects_;
  std::map<core::ActivationId, core::RunRecord> last_;  ///< as they were checked last
  std::map<core::ActivationId, std::optional<core::RunRecord>>
      before_;            ///< of the runs of this turn
  bool refused_ = false;  ///< all events of this turn so far
  bool applied_ = false;
  core::TransitionCheck transitions_;
  std::optional<core::Meeting> only_;  ///< the one event of this turn
  std::map<core::TaskId, core::TaskKey> task_keys_;
  std::map<core::ActivationId, std::string> run_names_;
  std::map<std::string, int> counted_;
  std::string said_;
  std::vector<std::string> broken_;
  std::uint64_t seeds_ = 0;
};

}  // namespace antiphon::scenarios
