// SPDX-License-Identifier: MIT
// The values of a stage that may have expressions in them, those of its tasks among them.
#pragma once

#include <functional>

#include "engine/core/campaign.hpp"

namespace antiphon::campaign::lint {

struct Written {
  const core::Template& value;
  const core::TemplateMap& inputs;  ///< what `$input` reads in it
  bool after_work;  ///< it is read when the stage's own outputs are there: the selector
};

/// References live for the call.
void each_value(const core::StageSpec& stage, const std::function<void(const Written&)>& visit);

}  // namespace antiphon::campaign::lint
