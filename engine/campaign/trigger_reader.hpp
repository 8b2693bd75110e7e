// SPDX-License-Identifier: MIT
// One entry of a campaign's `triggers` -> TriggerSpec.
#pragma once

#include <set>
#include <string>

#include "engine/campaign/fields.hpp"
#include "engine/core/campaign.hpp"

namespace antiphon::campaign {

/// `taken`: names of the campaign's triggers so far. After problems the result is of no use.
core::TriggerSpec read_trigger(Fields& fields, std::set<std::string>& taken);

}  // namespace antiphon::campaign
