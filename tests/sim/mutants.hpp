// SPDX-License-Identifier: MIT
// The planted bugs, and the rule whose check has to find each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/planted.hpp"
#include "tests/sim/swarm.hpp"

namespace antiphon::sim {

struct Mutant {
  core::Planted bug;
  std::string_view name;
  std::string_view rule;
  std::string_view what;
  /// Makes the seeds of its hunt in which it can show itself commoner; null: as they are drawn.
  void (*arrange)(Swarm& swarm) = nullptr;
};

const std::vector<Mutant>& mutants();

/// The bug of that name, as `--bug` takes it; none: there is no such bug.
core::Planted bug_of(std::string_view name);

/// Switches one bug on, or (none) all off.
void plant(core::Planted bug);

}  // namespace antiphon::sim
