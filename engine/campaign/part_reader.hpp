// SPDX-License-Identifier: MIT
// A stage's `tasks` and `taskOption` -> its parts.
#pragma once

#include "engine/campaign/fields.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::campaign {

/// Reads both fields of a stage into `spec`, whose provider is known already: after a remote stage
/// no tasks are carried out.
void read_parts(Fields& stage, const core::Providers& providers, core::StageSpec& spec);

}  // namespace antiphon::campaign
