// SPDX-License-Identifier: MIT
// What a document may do with $secret: name secrets of its own choice, and pass them on to where
// nobody reads them but the work itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/campaign/problems.hpp"
#include "engine/core/template.hpp"

namespace antiphon::campaign {

/// Every secret is named by the document alone, whatever data comes from outside, and no function
/// looks into one.
void check_secrets(const core::Template& value, std::size_t at, Problems& problems);

/// For a place that has no room for any, because of `why`. Null: nothing is there.
void refuse_secrets(const core::TemplatePtr& value, std::size_t at, std::string_view why,
                    Problems& problems);

}  // namespace antiphon::campaign
