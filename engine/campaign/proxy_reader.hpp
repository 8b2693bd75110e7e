// SPDX-License-Identifier: MIT
// A stage's `proxy`: who asks the runner that carries the stage out, and with which config.
#pragma once

#include <optional>
#include <string>

#include "engine/campaign/fields.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::campaign {

/// None if the stage has no proxy. Unknown names and keys, and what is missing, are problems.
std::optional<core::ProxySpec> read_proxy(Fields& stage, const core::Providers& providers);

/// The provider of a stage with a proxy: one that is known here, by its short name, or any other by
/// its full name, because the runner may know more providers than this plane.
std::string read_proxied_provider(Fields& stage, const core::Providers& providers);

}  // namespace antiphon::campaign
