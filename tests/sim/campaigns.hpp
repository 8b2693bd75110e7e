// SPDX-License-Identifier: MIT
// Random campaigns. Campaign n is the same in every seed, so that it has to be read only once in a
// process.
#pragma once

#include <string>

#include "engine/core/campaign.hpp"
#include "engine/core/model.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::sim {

constexpr int campaign_count = 512;

/// Of every seed: 2026-03-01T12:00:00Z. Campaigns have schedules around it.
constexpr core::Instant beginning{1'772'366'400'000};

struct GeneratedCampaign {
  std::string document;  ///< what `antiphon apply` would send
  core::CampaignVersion row;
  bool every_message = true;  ///< starts a run; else a newer one may take its place
  std::string topic;          ///< that its trigger listens to: {"n": number} starts a run
  core::CampaignPtr campaign;
};

const core::Providers& providers();

/// The second version of campaign n, as a number of its own.
constexpr int next_version(int n) {
  return n + campaign_count;
}

/// 0 <= n < 2 * campaign_count.
const GeneratedCampaign& generated_campaign(int n);

/// The compiled campaign of a hash of one of them; null if it is none.
core::CampaignPtr compiled(const std::string& hash);

}  // namespace antiphon::sim
