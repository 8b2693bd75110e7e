// SPDX-License-Identifier: MIT
// From a value of a document to its Template. The one header that users of the language need
// besides json_context.hpp.
#pragma once

#include <string>

#include "engine/core/error.hpp"
#include "engine/core/template.hpp"
#include "engine/core/value.hpp"
#include "engine/expression/segments.hpp"

namespace antiphon::expression {

/// Parses every text within `raw`; maps and lists are walked leaf by leaf, keys are no expressions,
/// other leaves stay what they are. `field` ("spec.stages.deploy.inputs.version") and the column
/// are named in errors, those of evaluations too; leaves further in add their own path. The first
/// error, status 1000, if there are several.
core::Result<core::TemplatePtr> compile(const core::Value& raw, std::string field);

}  // namespace antiphon::expression
