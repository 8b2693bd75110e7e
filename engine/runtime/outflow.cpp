// SPDX-License-Identifier: MIT
#include "engine/runtime/outflow.hpp"

#include <algorithm>

#include "engine/core/planted.hpp"

namespace antiphon::runtime {

namespace limits = core::limits;

std::size_t Outflow::room(const Lane& lane) const {
  if (core::planted(core::Planted::no_window)) return limits::in_flight;
  const auto site_room =
      limits::in_flight_per_site - std::min(limits::in_flight_per_site, lane.flights.size());
  const auto all_room = limits::in_flight - std::min(limits::in_flight, counted_);
  return std::min(site_room, all_room);
}

void Outflow::fly(const core::PlaneName& site, Lane& lane, const core::TaskId& task,
                  core::Instant now) {
  auto& flight = lane.flights[task];
  flight.again = now + draws_.jitter(limits::resend_first);
  timers_.emplace(flight.again, site, task);
  ++counted_;
}

void Outflow::drop(Lane& lane, std::map<core::TaskId, Flight>::iterator flight) {
  if (flight->second.counted) --counted_;
  lane.flights.erase(flight);
}

bool Outflow::take(const core::PlaneName& site, const core::TaskId& task, core::Instant now) {
  Lane& lane = lanes_[site];
  if (lane.flights.contains(task)) return false;
  if (lane.backlog || room(lane) == 0) {
    lane.backlog = true;
    backlogs_.insert(site);
    return false;
  }
  fly(site, lane, task, now);
  lane.last = task;
  return true;
}

bool Outflow::take_again(const core::PlaneName& site, const core::TaskId& task, core::Instant now) {
  Lane& lane = lanes_[site];
  if (lane.flights.contains(task)) return false;
  if (room(lane) > 0) {
    fly(site, lane, task, now);
    return true;
  }
  backlogs_.insert(site);
  if (lane.passed.size() < limits::in_flight) {
    lane.passed.insert(task);
  } else {  // rather all of the backlog once more than a list without a bound
    lane.passed.clear();
    lane.last.reset();
    lane.backlog = true;
  }
  return false;
}

void Outflow::arrived(const core::PlaneName& site, const core::TaskId& task) {
  const auto lane = lanes_.find(site);
  if (lane == lanes_.end()) return;
  const auto flight = lane->second.flights.find(task);
  if (flight == lane->second.flights.end()) return;
  timers_.erase({flight->second.again, site, task});
  drop(lane->second, flight);
}

void Outflow::restart(const core::PlaneName& site) {
  Lane& lane = lanes_[site];
  while (!lane.flights.empty()) {
    const auto flight = lane.flights.begin();
    timers_.erase({flight->second.again, site, flight->first});
    drop(lane, flight);
  }
  lane.last.reset();
  lane.passed.clear();
  lane.backlog = true;
  backlogs_.insert(site);
}

void Outflow::presence(const core::PlaneName& site, bool online) {
  const auto lane = lanes_.find(site);
  if (lane != lanes_.end() || online) lanes_[site].online = online;
}

void Outflow::repeat_due(store::Transaction& rows, core::Instant now, const Send& send) {
  while (!timers_.empty() && std::get<0>(*timers_.begin()) <= now) {
    const auto [at, site, id] = *timers_.begin();
    timers_.erase(timers_.begin());
    Lane& lane = lanes_[site];
    const auto flight = lane.flights.find(id);
    const auto key = rows.find_task(id);
    const auto task = key ? rows.task(*key) : std::nullopt;
    if (!task || core::settled(task->state)) {
      drop(lane, flight);
      continue;
    }
    if (flight->second.counted) {
      flight->second.counted = false;
      --counted_;
    }
    core::Duration wait = limits::resend_first;
    flight->second.sends += 1;
    for (int i = 0; i < flight->second.sends && wait < limits::resend_most; ++i) wait.ms *= 2;
    wait =
        lane.online ? std::min(wait, limits::resend_most) : std::max(wait, limits::requery_first);
    flight->second.again = now + draws_.jitter(wait);
    timers_.emplace(flight->second.again, site, id);
    if (!core::planted(core::Planted::no_repeats)) send(site, *task);
  }
}

void Outflow::pull_passed(const core::PlaneName& site, Lane& lane, store::Transaction& rows,
                          core::Instant now, const Send& send) {
  while (!lane.passed.empty() && room(lane) > 0) {
    const core::TaskId id = lane.passed.extract(lane.passed.begin()).value();
    const auto key = rows.find_task(id);
    const auto task = key ? rows.task(*key) : std::nullopt;
    if (!task || task->state != core::TaskState::owed || lane.flights.contains(id)) continue;
    fly(site, lane, id, now);
    send(site, *task);
  }
}

void Outflow::pull(const core::PlaneName& site, Lane& lane, store::Transaction& rows,
                   core::Instant now, const Send& send) {
  pull_passed(site, lane, rows, now, send);
  const std::size_t slots = room(lane);
  if (slots == 0) return;
  const auto tasks = rows.owed(site, lane.last, slots);
  for (const core::Task& task : tasks) {
    lane.last = task.id;
    if (!lane.flights.contains(task.id)) fly(site, lane, task.id, now);
    send(site, task);
  }
  if (tasks.size() < slots) {
    lane.backlog = false;
    backlogs_.erase(site);
  }
}

void Outflow::pump(store::Transaction& rows, core::Instant now, const Send& send) {
  repeat_due(rows, now, send);
  const auto waiting = backlogs_;
  for (const auto& site : waiting) pull(site, lanes_[site], rows, now, send);
}

void Outflow::each_flight(
    const std::function<void(const core::PlaneName& site, const core::TaskId& task)>& visit) const {
  for (const auto& [site, lane] : lanes_) {
    for (const auto& [task, flight] : lane.flights) visit(site, task);
  }
}

std::optional<core::Instant> Outflow::next() const {
  if (timers_.empty()) return std::nullopt;
  return std::get<0>(*timers_.begin());
}

}  // namespace antiphon::runtime
