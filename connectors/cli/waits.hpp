// SPDX-License-Identifier: MIT
// Why a run goes no further, and what would wake it, read off what a plane says of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/time.hpp"

namespace antiphon::cli {

struct Wait {
  std::string who;       ///< "run", a stage, or a context
  std::string why;       ///< what it waits for
  std::string woken_by;  ///< what makes it go on
};

/// What a plane answered: the run, its current stage run (null: none), that one's tasks, the sites.
struct RunFacts {
  const nlohmann::json& run;
  const nlohmann::json& visit;
  const nlohmann::json& tasks;
  const nlohmann::json& sites;
};

/// Of a run that is over: nothing. All texts are printable.
std::vector<Wait> waits_of(const RunFacts& facts, core::Instant now);

}  // namespace antiphon::cli
