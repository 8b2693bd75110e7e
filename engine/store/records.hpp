// SPDX-License-Identifier: MIT
// Whole runs, put together from a reader's pages. What is committed between two pages is seen by
// the second: whoever needs one state reads while nobody writes.
#pragma once

#include <functional>

#include "engine/core/invariants_plane.hpp"
#include "engine/store/store.hpp"

namespace antiphon::store {

/// All that is stored of a run. Throws StoreError::Kind::other when there is none of that id.
core::RunRecord load_record(Reader& reader, const core::ActivationId& id);

/// A lane of those rows with what is in it.
core::LaneRecord load_lane(Transaction& rows, core::Lane lane);

/// Visits every run, newest first, those that other planes commanded too. `visit` may read; memory
/// is that of a page.
void each_activation(Reader& reader, const std::function<void(const core::Activation&)>& visit);

/// The campaign of a stored version, or why its document cannot be used.
using ReadDocument = std::function<core::Result<core::CampaignPtr>(const core::CampaignVersion&)>;

/// Every campaign version by its hash; memory is that of a few documents.
std::map<std::string, core::VersionRecord> load_versions(Reader& reader, const ReadDocument& read);

}  // namespace antiphon::store
