// SPDX-License-Identifier: MIT
// The topic of a trigger: an MQTT filter in which a '+' level may carry a name,
// "plant/+line/release".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"

namespace antiphon::campaign {

struct TriggerFilter {
  std::string filter;                    ///< as the broker is asked for it: "plant/+/release"
  std::vector<std::string> level_names;  ///< one a level; empty where the level has no name
};

core::Result<TriggerFilter> parse_trigger_filter(std::string_view topic);

/// Nothing but topics below `root`, where planes talk, can match: a trigger that would never fire.
bool is_below(std::string_view filter, std::string_view root);

}  // namespace antiphon::campaign
