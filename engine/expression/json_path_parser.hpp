// SPDX-License-Identifier: MIT
// A JSONPath's text to its steps.
#pragma once

#include <string_view>

#include "engine/core/error.hpp"
#include "engine/expression/json_path_tree.hpp"

namespace antiphon::expression::json_path {

/// The leading `$` may be missing; `{...}` may stand around the whole.
core::Result<Steps> parse_steps(std::string_view text);

}  // namespace antiphon::expression::json_path
