// SPDX-License-Identifier: MIT
// Where the runs of a campaign can go, read from its selectors: what a picture is drawn from, and
// what lint looks at. The campaign outlives it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/campaign.hpp"

namespace antiphon::campaign {

/// What a stage's selector can say.
struct Ways {
  std::vector<std::size_t> stages;   ///< places in Flow::stages
  std::vector<std::string> unknown;  ///< names of no stage: the run fails there
  bool end = false;                  ///< the run can be over
  bool others = false;               ///< nobody can tell before a run: any stage, or the end
};

struct Flow {
  std::vector<const core::StageSpec*> stages;  ///< by name
  std::vector<Ways> after;                     ///< of the stage of the same place
  std::optional<std::size_t> first;            ///< the place of firstStage

  std::optional<std::size_t> find(std::string_view stage) const;
};

Flow flow_of(const core::Campaign& campaign);

/// Places of the stages that a run which begins at `from` can visit, the nearest first, `from`
/// among them.
std::vector<std::size_t> reachable(const Flow& flow, std::size_t from);

/// The same of what can come after it: `place` itself only if something leads back.
std::vector<std::size_t> following(const Flow& flow, std::size_t place);

/// The loop that each stage is part of, as a number: two stages have the same one if the selectors
/// lead from each to the other. Ways that only a run can tell do not count.
std::vector<std::size_t> loops_of(const Flow& flow);

}  // namespace antiphon::campaign
