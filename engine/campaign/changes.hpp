// SPDX-License-Identifier: MIT
// Two versions of one campaign, compared field by field; and the version that comes next.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/value.hpp"

namespace antiphon::campaign {

/// A field that is not the same; at least one of the two values is there.
struct Change {
  std::string field;  ///< its path, as problems have it
  std::optional<core::Value> before;
  std::optional<core::Value> after;
};

struct Changes {
  std::vector<Change> fields;  ///< at most limits::document_problems
  std::size_t dropped = 0;     ///< how many more there are
};

/// What makes `after` of `before`. What only one of them has is one change, however much it holds;
/// lists are compared place by place. Both are canonical documents.
Changes changes_between(const core::JsonText& before, const core::JsonText& after);

/// The canonical document under another version: in its name, and in spec.version.
core::JsonText with_version(const core::JsonText& document, const core::CampaignName& name,
                            const core::VersionName& version);

/// The version that follows: its last number one higher ("v1" gives "v2", "1.9" gives "1.10"),
/// or "-2" behind it where it has none. It fails when the name would be too long.
core::Result<core::VersionName> next_version(const core::VersionName& version);

}  // namespace antiphon::campaign
