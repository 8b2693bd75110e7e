// SPDX-License-Identifier: MIT
// The `spec` of a campaign version -> Campaign: its stages, triggers and name, and what they say of
// one another.
#pragma once

#include "engine/campaign/fields.hpp"
#include "engine/campaign/metadata.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::campaign {

/// Null after problems. Writes `spec` into the canonical form of `document`.
core::CampaignPtr read_campaign(Fields& document, const Metadata& metadata,
                                const core::Providers& providers);

}  // namespace antiphon::campaign
