// SPDX-License-Identifier: MIT
// What a runner says of a stage: what it cannot carry out, and how one that it did has ended.
#pragma once

#include <optional>
#include <string>

#include "connectors/symphony/stage_call.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::runner {

/// With a stage's built-in outputs, its `status`, and of a failed one its `error`.
symphony::StageStatus stage_end(const symphony::ActivationData& data, const std::string& site,
                                const core::Finished& end);

/// The end of a stage that need not or cannot be begun: it has a schedule, no provider, or one that
/// is not this runner's.
std::optional<symphony::StageStatus> end_at_once(const symphony::ActivationData& data,
                                                 const std::string& site,
                                                 const core::Providers& providers);

core::Finished failed(int status, std::string error);

}  // namespace antiphon::runner
