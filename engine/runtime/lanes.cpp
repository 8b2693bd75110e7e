// SPDX-License-Identifier: MIT
#include "engine/runtime/lanes.hpp"

#include <spdlog/spdlog.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/status.hpp"

namespace antiphon::runtime {
namespace {

namespace limits = core::limits;
using core::Overlap;
using Way = core::Gathering::Kind;

constexpr auto every = std::numeric_limits<std::size_t>::max();
constexpr auto to_the_end = std::numeric_limits<std::int64_t>::max();

std::int64_t bytes_of(const core::LaneEvent& event) {
  return static_cast<std::int64_t>(event.message.size());
}

/// One message of many: their payloads as a list, and the topic of the last.
core::JsonText joined(const std::vector<core::LaneEvent>& events) {
  core::Value all = core::parse_object(events.back().message);
  core::Value payloads = core::Value::array();
  for (const core::LaneEvent& event : events) {
    payloads.push_back(core::parse_object(event.message).at("payload"));
  }
  all["payload"] = std::move(payloads);
  return core::dump(all);
}

tl::unexpected<core::Error> no_room(const std::string& trigger, const std::string& why,
                                    const std::string& hint) {
  return core::failure(core::status::unavailable, "trigger " + trigger + ": " + why, hint);
}

}  // namespace

bool Lanes::is_busy(const core::Lane& lane) {
  if (lane.activation.empty()) return false;
  const auto run = rows_.activation(lane.activation);
  return run && !core::ended(run->state);
}

/// `fresh`: there is no row of the lane yet.
core::Result<void> Lanes::check_room(const core::Lane& lane, bool fresh,
                                     const core::TriggerSpec& spec, const core::LaneEvent& event) {
  if (fresh && load_.lanes >= static_cast<std::int64_t>(limits::lanes)) {
    return no_room(lane.trigger, std::to_string(limits::lanes) + " keys of triggers are in use",
                   "choose a key that has fewer values, or let runs end");
  }
  const core::LaneLoad held = core::load_of(lane);
  const bool at_once = held.events == 0 && !is_busy(lane);
  const bool never_waits = spec.overlap == Overlap::skip || at_once;
  if (spec.gathering.kind == Way::none && never_waits) return {};
  const bool lines_up = spec.overlap == Overlap::queue || spec.overlap == Overlap::parallel;
  const std::int64_t to_start = lane.waiting + (lane.gathered > 0 ? 1 : 0);
  if (lines_up && to_start >= limits::lane_waiting) {
    return no_room(
        lane.trigger,
        std::to_string(to_start) + " runs wait already for run " + lane.activation.text(),
        "cancel it, or use overlap: skip or replace");
  }
  if (held.events > 0 && held.bytes + bytes_of(event) > limits::lane_bytes) {
    return no_room(lane.trigger,
                   "messages of " + std::to_string(held.bytes) + " bytes wait already for one key",
                   "at most " + std::to_string(limits::lane_bytes) + " may: let runs end");
  }
  if (load_.events >= limits::lane_events || load_.bytes + bytes_of(event) > limits::lanes_bytes) {
    return no_room(lane.trigger,
                   std::to_string(load_.events) + " messages of " + std::to_string(load_.bytes) +
                       " bytes wait already in all",
                   "at most " + std::to_string(limits::lane_events) + " of " +
                       std::to_string(limits::lanes_bytes) + " bytes may: let runs end");
  }
  return {};
}

void Lanes::gather(core::Lane& lane, core::LaneEvent event) {
  event.ready = false;
  event.seq = lane.next_seq++;
  lane.gathered += 1;
  lane.gathered_bytes += bytes_of(event);
  rows_.add(lane.id, event);
}

void Lanes::forget_gathered(core::Lane& lane) {
  if (lane.gathered > 0) rows_.erase_lane_events(lane.id, false, to_the_end);
  lane.gathered = lane.gathered_bytes = 0;
}

/// What was gathered is one run's from now on.
void Lanes::merge(core::Lane& lane, const core::TriggerSpec& spec) {
  const auto events = rows_.lane_events(lane.id, false, every);
  core::LaneEvent one = events.back();
  const bool all = spec.gathering.kind == Way::collect;
  if (all) {
    one.message = joined(core::planted(core::Planted::collected_lost) ? std::vector{one} : events);
  }
  forget_gathered(lane);
  lane.until.reset();
  make_ready(lane, spec, std::move(one));
}

void Lanes::make_ready(core::Lane& lane, const core::TriggerSpec& spec, core::LaneEvent event) {
  if (spec.overlap == Overlap::skip && (lane.waiting > 0 || is_busy(lane))) {
    spdlog::info("trigger {}: a message starts nothing, run {} is at work", lane.trigger,
                 lane.activation.text());
    return;
  }
  if (spec.overlap == Overlap::replace && lane.waiting > 0) {
    rows_.erase_lane_events(lane.id, true, to_the_end);
    lane.waiting = lane.waiting_bytes = 0;
  }
  event.ready = true;
  event.seq = lane.next_seq++;
  lane.waiting += 1;
  lane.waiting_bytes += bytes_of(event);
  rows_.add(lane.id, event);
}

void Lanes::collect(core::Lane& lane, const core::TriggerSpec& spec, core::LaneEvent event) {
  const bool too_many = lane.gathered_bytes + bytes_of(event) > limits::collected_bytes;
  if (lane.gathered > 0 && too_many) merge(lane, spec);
  gather(lane, std::move(event));
  if (lane.gathered == 1 && spec.gathering.time.ms > 0) lane.until = now_ + spec.gathering.time;
  const auto enough = spec.gathering.count > 0 ? spec.gathering.count : limits::collected;
  if (lane.gathered >= enough) merge(lane, spec);
}

void Lanes::put_in(core::Lane& lane, const core::TriggerSpec& spec, core::LaneEvent event) {
  switch (spec.gathering.kind) {
    case Way::none:
      make_ready(lane, spec, std::move(event));
      break;
    case Way::debounce:
      forget_gathered(lane);
      gather(lane, std::move(event));
      lane.until = now_ + spec.gathering.time;
      break;
    case Way::throttle:
      forget_gathered(lane);
      if (lane.until && *lane.until > now_) {
        gather(lane, std::move(event));
      } else {
        make_ready(lane, spec, std::move(event));
        lane.until = now_ + spec.gathering.time;
      }
      break;
    case Way::collect:
      collect(lane, spec, std::move(event));
      break;
  }
}

core::Result<LaneTurn> Lanes::take(const std::string& id, const std::string& trigger,
                                   core::LaneEvent event) {
  const SpecPtr spec = find_spec_(event.hash, trigger);
  if (spec == nullptr) {
    return core::failure(core::status::internal_error,
                         "trigger " + trigger + ": its campaign version cannot be read");
  }
  const auto known = rows_.lane(id);
  core::Lane lane = known.value_or(core::Lane{});
  lane.id = id;
  lane.trigger = trigger;
  if (auto room = check_room(lane, !known, *spec, event); !room) {
    return tl::unexpected(std::move(room.error()));
  }
  // Its time may be over, and its turn still to come.
  const core::LaneLoad before = known ? core::load_of(lane) : core::LaneLoad{};
  ripen(lane);
  put_in(lane, *spec, std::move(event));
  return turn(std::move(lane), before);
}

/// False: what is gathered cannot be made a run of, for its campaign version cannot be read.
bool Lanes::ripen(core::Lane& lane) {
  if (!lane.until || *lane.until > now_) return true;
  if (lane.gathered > 0) {
    const auto first = rows_.lane_events(lane.id, false, 1).front();
    const SpecPtr spec = find_spec_(first.hash, lane.trigger);
    if (spec == nullptr) return false;
    merge(lane, *spec);
    if (spec->gathering.kind == Way::throttle) lane.until = now_ + spec->gathering.time;
  } else {
    lane.until.reset();
  }
  return true;
}

/// What is next of what is ready; false: its campaign version cannot be read.
bool Lanes::choose(core::Lane& lane, LaneTurn& turn) {
  if (lane.waiting == 0) return true;
  core::LaneEvent next = rows_.lane_events(lane.id, true, 1).front();
  const SpecPtr spec = find_spec_(next.hash, lane.trigger);
  if (spec == nullptr) return false;
  if (lane.activation.empty() || spec->overlap == Overlap::parallel) {
    rows_.erase_lane_events(lane.id, true, next.seq);
    lane.waiting -= 1;
    lane.waiting_bytes -= bytes_of(next);
    turn.start = std::move(next);
  } else if (spec->overlap == Overlap::replace) {
    turn.cancel = lane.activation;
  }
  return true;
}

LaneTurn Lanes::turn(core::Lane lane) {
  const core::LaneLoad before = core::load_of(lane);
  return turn(std::move(lane), before);
}

LaneTurn Lanes::turn(core::Lane lane, const core::LaneLoad& before) {
  LaneTurn next{lane.id, lane.trigger, {}, {}};
  bool readable = ripen(lane);
  if (!is_busy(lane)) lane.activation = {};
  readable = choose(lane, next) && readable;
  lane.due = lane.until;
  if (next.start && lane.waiting > 0) lane.due = now_;
  if (!readable) {
    spdlog::error("lane {} waits: its campaign version cannot be read", lane.id);
    lane.due = now_ + limits::lane_retry;
  }
  const bool is_over = lane.waiting == 0 && lane.gathered == 0 && !lane.until &&
                       lane.activation.empty() && !next.start;
  store(lane, before, is_over);
  return next;
}

/// `before`: what of it counts already.
void Lanes::store(const core::Lane& lane, const core::LaneLoad& before, bool is_over) {
  const core::LaneLoad after = is_over ? core::LaneLoad{} : core::load_of(lane);
  load_.lanes += after.lanes - before.lanes;
  load_.events += after.events - before.events;
  load_.bytes += after.bytes - before.bytes;
  if (is_over) {
    rows_.erase_lane(lane.id);
  } else {
    rows_.put(lane);
  }
}

void Lanes::began(const LaneTurn& turn, const core::ActivationId& run) {
  auto lane = rows_.lane(turn.lane);
  const SpecPtr spec = find_spec_(turn.start->hash, turn.trigger);
  const bool leads = spec != nullptr && spec->overlap != Overlap::parallel;
  if (leads) lane->activation = run;
  if (!is_busy(*lane)) {
    lane->activation = {};
    lane->due = now_;
  } else if (leads) {
    lane->due = lane->until;
  }
  rows_.put(*lane);
}

}  // namespace antiphon::runtime
