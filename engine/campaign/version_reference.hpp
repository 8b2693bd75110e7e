// SPDX-License-Identifier: MIT
// How documents name a campaign version: "root:version" or, as an object's name, "root-v-version".
#pragma once

#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"

namespace antiphon::campaign {

struct VersionReference {
  core::CampaignName campaign;
  core::VersionName version;  ///< empty: the text names none
};

/// Every ':' counts as "-v-", and the last "-v-" divides, as in Symphony. A text without either is
/// a campaign's name.
core::Result<VersionReference> parse_reference(std::string_view text);

/// A version as a field of its own. It may not contain "-v-" nor begin with "v-", so that names
/// divide one way only.
core::Result<core::VersionName> parse_version(std::string_view text);

}  // namespace antiphon::campaign
