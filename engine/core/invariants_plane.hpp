// SPDX-License-Identifier: MIT
// What must hold between a plane's rows: runs and triggers refer to stored campaign versions, and
// no two runs share what only one may have. Besides the rules of invariants.hpp there are
//   versions  each campaign version is whole, and runs are of one
//   triggers  those in force are the ones of the newest versions
//   objects   the registry's are whole, bounded, and somebody's
//   lanes     those of triggers hold what they count
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/campaign.hpp"
#include "engine/core/invariants.hpp"
#include "engine/core/object.hpp"

namespace antiphon::core {

/// A stored campaign version without its document, of which there may be many and large ones.
struct VersionRecord {
  Namespace name_space;
  CampaignName name;
  VersionName version;
  std::int64_t applied_seq = 0;
  Instant applied_at;
  std::string problem;  ///< why the document cannot be read; then nothing is known of what follows
  std::set<std::string> stages;
  std::map<std::string, std::string> triggers;  ///< name to filter
};

/// `campaign`: what the row's document says, or why it cannot be read.
VersionRecord version_record(const CampaignVersion& row, const Result<CampaignPtr>& campaign);

/// What a plane has besides its runs.
struct PlaneRecord {
  std::map<std::string, VersionRecord> versions;  ///< by hash
  std::vector<TriggerRow> triggers;
  Instant last_instant;  ///< of the last commit
};

std::vector<Violation> check_plane(const PlaneRecord& plane);

/// An object of the registry, gone or not.
std::vector<Violation> check_object(const Object& object, Instant last_instant);

/// A trigger's lane with all that is in it.
struct LaneRecord {
  Lane lane;
  std::vector<LaneEvent> events;
  bool busy = false;  ///< its run is there, and has not ended
};

std::vector<Violation> check_lane(const LaneRecord& record);

/// All lanes of a plane.
std::vector<Violation> check_lanes(const LaneLoad& load);

/// A run against the rest of its plane.
std::vector<Violation> check_run_in(const PlaneRecord& plane, const RunRecord& record);

/// What only all runs of a plane together show. A file's unique indexes promise the same.
std::vector<Violation> check_across(const std::vector<RunRecord>& records);

}  // namespace antiphon::core
