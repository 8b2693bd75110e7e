// SPDX-License-Identifier: MIT
// What must hold of each lane of a trigger, and of all together.
#include <algorithm>

#include "engine/core/findings.hpp"
#include "engine/core/invariants_plane.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
static std::string where(const Lane& lane) {
  return "lane " + lane.id;
}
static std::string where(const LaneLoad&) {
  return "lanes";
}
// Outside the unnamed namespace: there Findings would not find them.

namespace {

/// What its counters should say.
Lane counted(const LaneRecord& record) {
  Lane lane = record.lane;
  lane.gathered = lane.gathered_bytes = lane.waiting = lane.waiting_bytes = 0;
  for (const LaneEvent& event : record.events) {
    (event.ready ? lane.waiting : lane.gathered) += 1;
    (event.ready ? lane.waiting_bytes : lane.gathered_bytes) +=
        static_cast<std::int64_t>(event.message.size());
  }
  return lane;
}

void check_wakes(Findings& findings, const LaneRecord& record) {
  const Lane& lane = record.lane;
  findings.expect(!lane.until || (lane.due && *lane.due <= *lane.until), "waits", lane,
                  "is not woken when its time is over");
  findings.expect(lane.waiting == 0 || lane.due || record.busy, "waits", lane,
                  "has runs to start, and nothing wakes it");
  findings.expect(lane.activation.empty() || lane.due || record.busy, "waits", lane,
                  "its run has ended, and nothing wakes it");
}

}  // namespace

std::vector<Violation> check_lane(const LaneRecord& record) {
  Findings findings;
  const Lane& lane = record.lane;
  findings.expect(counted(record) == lane, "lanes", lane, "has other messages than it counts");
  const bool numbered = std::all_of(record.events.begin(), record.events.end(),
                                    [&](const auto& event) { return event.seq < lane.next_seq; });
  findings.expect(numbered, "lanes", lane, "has a message of a number that is still to come");
  const bool is_empty =
      load_of(lane).events == 0 && !lane.until && !lane.due && lane.activation.empty();
  findings.expect(!is_empty, "lanes", lane, "has nothing in it, and stays");
  findings.expect(lane.gathered <= limits::collected && lane.waiting <= limits::lane_waiting &&
                      load_of(lane).bytes <= limits::lane_bytes,
                  "I8", lane, "holds more than it may");
  check_wakes(findings, record);
  return findings.take();
}

std::vector<Violation> check_lanes(const LaneLoad& load) {
  Findings findings;
  findings.expect(load.lanes <= static_cast<std::int64_t>(limits::lanes) &&
                      load.events <= limits::lane_events && load.bytes <= limits::lanes_bytes,
                  "I8", load, "hold more than they may");
  return findings.take();
}

}  // namespace antiphon::core
