// SPDX-License-Identifier: MIT
// Lanes of triggers.
#include <algorithm>
#include <limits>

#include "engine/store/memory_transaction.hpp"

namespace antiphon::store {

std::optional<core::Lane> MemoryTransaction::lane(std::string_view id) {
  const auto row = tables_->lanes.working().find(std::string(id));
  return row ? std::optional(*row) : std::nullopt;
}

void MemoryTransaction::put(const core::Lane& lane) {
  tables_->lanes.set(lane.id, lane);
}

void MemoryTransaction::erase_lane(std::string_view id) {
  constexpr auto every = std::numeric_limits<std::int64_t>::max();
  for (const bool ready : {false, true}) erase_lane_events(id, ready, every);
  tables_->lanes.erase(std::string(id));
}

void MemoryTransaction::free_lane(const core::ActivationId& activation, core::Instant now) {
  const auto& lanes = tables_->lanes.working();
  const auto found = lanes.by().activation.find(activation);
  if (found == lanes.by().activation.end()) return;
  core::Lane freed = *lanes.find(found->second);
  freed.due = freed.due ? std::min(*freed.due, now) : now;
  tables_->lanes.set(freed.id, freed);
}

core::LaneLoad MemoryTransaction::lane_load() {
  core::LaneLoad load;
  for (const auto& [id, lane] : tables_->lanes.working().rows()) {
    const core::LaneLoad one = core::load_of(*lane);
    load.lanes += one.lanes;
    load.events += one.events;
    load.bytes += one.bytes;
  }
  return load;
}

std::vector<core::Lane> MemoryTransaction::lanes(std::string_view after, std::size_t limit) {
  std::vector<core::Lane> found;
  const auto& rows = tables_->lanes.working().rows();
  for (auto at = rows.upper_bound(std::string(after)); at != rows.end() && found.size() < limit;
       ++at) {
    found.push_back(*at->second);
  }
  return found;
}

void MemoryTransaction::close_lanes(const core::Namespace& name_space,
                                    const core::CampaignName& campaign, core::Instant now) {
  const std::string prefix = name_space.text() + "/" + campaign.text() + "/";
  const auto& rows = tables_->lanes.working().rows();
  for (auto at = rows.lower_bound(prefix); at != rows.end() && at->first.starts_with(prefix);
       ++at) {
    if (at->second->gathered == 0) continue;
    core::Lane closed = *at->second;
    closed.until = closed.due = now;
    tables_->lanes.set(closed.id, closed);
  }
}

std::vector<core::Lane> MemoryTransaction::due_lanes(core::Instant now, std::size_t limit) {
  std::vector<core::Lane> found;
  const auto& lanes = tables_->lanes.working();
  for (const auto& [at, id] : lanes.by().due) {
    if (at > now || found.size() == limit) break;
    found.push_back(*lanes.find(id));
  }
  return found;
}

void MemoryTransaction::add(std::string_view lane, const core::LaneEvent& event) {
  tables_->lane_events.set({std::string(lane), event.ready, event.seq}, event);
}

std::vector<core::LaneEvent> MemoryTransaction::lane_events(std::string_view lane, bool ready,
                                                            std::size_t limit) {
  std::vector<core::LaneEvent> found;
  const auto& rows = tables_->lane_events.working().rows();
  for (auto at = rows.lower_bound({std::string(lane), ready, 0});
       at != rows.end() && std::get<0>(at->first) == lane && std::get<1>(at->first) == ready &&
       found.size() < limit;
       ++at) {
    found.push_back(*at->second);
  }
  return found;
}

void MemoryTransaction::erase_lane_events(std::string_view lane, bool ready, std::int64_t through) {
  constexpr auto every = std::numeric_limits<std::size_t>::max();
  for (const core::LaneEvent& event : lane_events(lane, ready, every)) {
    if (event.seq > through) return;
    tables_->lane_events.erase({std::string(lane), ready, event.seq});
  }
}

}  // namespace antiphon::store
