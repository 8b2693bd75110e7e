// SPDX-License-Identifier: MIT
// What apply works on: one run, its current stage run, the one task the event is about; everything
// else is read on demand.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/campaign.hpp"
#include "engine/core/effects.hpp"
#include "engine/core/events.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/model.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/rows.hpp"
#include "engine/core/sources.hpp"

namespace antiphon::core {

/// What a plane is, as far as its runs can tell.
struct Plane {
  PlaneName self;
  const Providers* providers = nullptr;
  std::set<PlaneName> parents;   ///< whose commands it obeys
  std::set<std::string> offers;  ///< short names of what they may have it do
  Duration default_timeout = limits::default_timeout;
  Duration cancel_grace = limits::cancel_grace;
  const SecretSource* secrets = nullptr;  ///< asked whether a secret is there; null: there are none
};

/// Filled by the shell for one event: rows loaded, `campaign` the version the run is pinned to
/// (null for a commanded one). apply changes the members and writes what it must through `rows`;
/// save() writes the rest, once.
class Slice {
 public:
  Slice(Rows& all_rows, const Plane& on_plane, Moment at)
      : rows(all_rows), plane(on_plane), moment(at), draws(at.seed) {}

  Rows& rows;
  const Plane& plane;
  const Moment moment;
  Draws draws;

  CampaignPtr campaign;
  std::optional<Activation> activation;
  std::optional<StageRun> run;
  std::optional<Task> task;

  Outcome outcome;

  Instant now() const { return moment.now; }
  void emit(Effect effect) { outcome.effects.push_back(std::move(effect)); }

  /// Starts a row that save() will insert.
  void begin(Activation fresh);
  void begin(StageRun fresh);
  /// Notes that save() has to write the member.
  void touch_activation() { activation_changed_ = true; }
  void touch_run() { run_changed_ = true; }
  /// Writes the stage run now, because the next one takes its place.
  void flush_run();
  /// Writes what was changed; a changed run gets its next `seq` and its status published.
  void save();

 private:
  bool activation_new_ = false;
  bool activation_changed_ = false;
  bool run_new_ = false;
  bool run_changed_ = false;
};

}  // namespace antiphon::core
