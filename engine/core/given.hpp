// SPDX-License-Identifier: MIT
// Values that operators and pipelines give a run: over its inputs, and over a stage's outputs.
#pragma once

#include <optional>

#include "engine/core/messages.hpp"
#include "engine/core/model.hpp"

namespace antiphon::core {

/// `values` with `given` over it, key by key; both objects, `given` may be empty text.
JsonText with_given(const JsonText& values, const JsonText& given);

/// Why `inputs` cannot be put over the run's; none: they can.
std::optional<Answer> refusal_of_inputs(const Activation& activation, const JsonText& inputs);

/// Why `given` cannot be put over `outputs` of the stage; none: it can.
std::optional<Answer> refusal_of_outputs(const std::string& stage, const JsonText& outputs,
                                         const JsonText& given);

}  // namespace antiphon::core
