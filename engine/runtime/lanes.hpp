// SPDX-License-Identifier: MIT
// Lanes of triggers: messages are gathered and runs wait for each other, in rows. Which lane a
// message belongs to, and how a run is started, is the plane's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/core/campaign.hpp"
#include "engine/core/error.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

/// What a lane wants done, its row being stored: first the cancel, then the start.
struct LaneTurn {
  std::string lane;
  std::string trigger;
  core::ActivationId cancel;             ///< empty: none
  std::optional<core::LaneEvent> start;  ///< is no longer in the lane
};

class Lanes {
 public:
  using SpecPtr = std::shared_ptr<const core::TriggerSpec>;
  /// A trigger as the campaign version with that hash has it; null: it cannot be read.
  using FindSpec = std::function<SpecPtr(const std::string& hash, const std::string& trigger)>;

  /// `load` is that of all lanes in `rows`, and is kept so.
  Lanes(store::Transaction& rows, core::Instant now, core::LaneLoad& load, FindSpec find_spec)
      : rows_(rows), now_(now), load_(load), find_spec_(std::move(find_spec)) {}

  /// Takes a message in, and gives the lane its turn. An error: there is no room, and nothing has
  /// changed.
  core::Result<LaneTurn> take(const std::string& id, const std::string& trigger,
                              core::LaneEvent event);

  /// What is due becomes ready, what is ready begins, if it may; the lane is stored, or erased if
  /// nothing is left of it.
  LaneTurn turn(core::Lane lane);

  /// The run of that turn's `start`, which may be over already; empty: there is none.
  void began(const LaneTurn& turn, const core::ActivationId& run);

 private:
  core::Result<void> check_room(const core::Lane& lane, bool fresh, const core::TriggerSpec& spec,
                                const core::LaneEvent& event);
  void put_in(core::Lane& lane, const core::TriggerSpec& spec, core::LaneEvent event);
  void gather(core::Lane& lane, core::LaneEvent event);
  void collect(core::Lane& lane, const core::TriggerSpec& spec, core::LaneEvent event);
  void forget_gathered(core::Lane& lane);
  bool ripen(core::Lane& lane);
  void merge(core::Lane& lane, const core::TriggerSpec& spec);
  void make_ready(core::Lane& lane, const core::TriggerSpec& spec, core::LaneEvent event);
  bool choose(core::Lane& lane, LaneTurn& turn);
  LaneTurn turn(core::Lane lane, const core::LaneLoad& before);
  void store(const core::Lane& lane, const core::LaneLoad& before, bool is_over);
  bool is_busy(const core::Lane& lane);

  store::Transaction& rows_;
  core::Instant now_;
  core::LaneLoad& load_;
  FindSpec find_spec_;
};

}  // namespace antiphon::runtime
