// SPDX-License-Identifier: MIT
// What a seed is: which faults are on and how hard, how large everything is, and what is done.
// Drawn first, so that a failing seed can be made smaller by taking things away.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/time.hpp"

namespace antiphon::sim {

/// Classes of faults; docs/reliability.md says which row of the matrix each belongs to.
enum class Fault {
  crash,        ///< a plane's process dies at a boundary
  reboot,       ///< a machine goes down with its work
  stop,         ///< a plane is stopped in order and started again
  offline,      ///< a site is away for long
  link,         ///< connections break, and are noticed late
  clog,         ///< one direction of a link crawls
  broker_stop,  ///< the broker is restarted in order
  broker_kill,  ///< the broker is killed and forgets
  queue,        ///< the broker keeps few messages
  loss,         ///< a broker or bridge on the way loses a message silently
  duplicate,    ///< the broker delivers once more
  journal,      ///< a site comes back with an empty disk
  clock,        ///< wall clocks are wrong and jump
  forgery,      ///< replies and commands of those who may not
  work,         ///< scripts fail, hang, or end unseen
  full,         ///< for a while a disk has no room
  count
};
constexpr auto fault_count = static_cast<std::size_t>(Fault::count);
std::string_view to_text(Fault fault);

struct Swarm {
  std::uint64_t seed = 1;
  bool full = false;  ///< JSON on the wire and SQLite below, instead of values and memory
  std::bitset<fault_count> faults;
  std::array<core::Duration, fault_count> every{};  ///< mean time between two of a kind
  int sites = 2;
  bool region = false;  ///< between hq and the sites another plane that commands them too
  int campaigns = 1;
  int triggers = 2;       ///< devices' messages
  int acts = 0;           ///< what operators do
  core::Duration length;  ///< of the phase with faults
  std::int64_t pace = 1;  ///< how much longer everything takes than in most seeds: hours, days
  core::Duration latency_most;
  int batch_most = 8;
  int crash_one_in = 200;  ///< boundaries

  core::Duration paced(core::Duration usual) const { return {usual.ms * pace}; }
  bool has(Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
  core::Duration between(Fault fault) const { return every[static_cast<std::size_t>(fault)]; }
};

Swarm draw_swarm(std::uint64_t seed, bool full);

/// Sizes and the faults that are on, in a line.
std::string to_text(const Swarm& swarm);

}  // namespace antiphon::sim
