// SPDX-License-Identifier: MIT
// One segment's text to its tree (expressions.md, Grammar).
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/expression/tree.hpp"

namespace antiphon::expression {

/// `segment` is what stands between `${{` and `}}`; it begins at `column` of the document's text,
/// and `field` is named in errors.
core::Result<Tree> parse(std::string_view segment, std::size_t column, std::string_view field);

}  // namespace antiphon::expression
