// SPDX-License-Identifier: MIT
// One stage of a campaign document -> StageSpec.
#pragma once

#include <string>

#include "engine/campaign/node.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::campaign {

struct ReadStage {
  core::StageSpec spec;
  core::Value canonical;
  std::string
      literal_selector;  ///< the stage that a selector without expression names; empty: none
  std::size_t selector_at = 0;
};

/// `stage`: the member of `stages`. Whether the selector's stage exists is for the caller, who
/// knows them all.
ReadStage read_stage(const Member& stage, const std::string& path, const core::Providers& providers,
                     Problems& problems);

}  // namespace antiphon::campaign
