// SPDX-License-Identifier: MIT
// The planted bugs, and the rule whose check has to find each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/planted.hpp"

namespace antiphon::sim {

struct Mutant {
  core::Planted bug;
  std::string_view name;
  std::string_view rule;
  std::string_view what;
};

const std::vector<Mutant>& mutants();

/// Switches one bug on, or (none) all off.
void plant(core::Planted bug);

}  // namespace antiphon::sim
