// SPDX-License-Identifier: MIT
#include "tests/sim/swarm.hpp"

#include "tests/sim/dice.hpp"

namespace antiphon::sim {
namespace {

constexpr std::array<std::string_view, fault_count> names{
    "crash", "reboot", "stop",      "offline", "link",  "clog",    "broker-stop", "broker-kill",
    "queue", "loss",   "duplicate", "journal", "clock", "forgery", "work",        "full"};

}  // namespace

std::string_view to_text(Fault fault) {
  return names[static_cast<std::size_t>(fault)];
}

Swarm draw_swarm(std::uint64_t seed, bool full) {
  Dice dice(seed, "swarm");
  Swarm swarm;
  swarm.seed = seed;
  swarm.full = full;
  const std::int64_t chance = dice.one_in(8) ? 0 : dice.between(10, 45);
  for (std::size_t i = 0; i < fault_count; ++i) {
    swarm.faults[i] = dice.percent(chance);
    swarm.every[i] = dice.span(core::seconds(2), core::seconds(30));
  }
  swarm.sites = static_cast<int>(dice.one_in(2) ? 1 : dice.between(1, 3));
  swarm.region = dice.one_in(10);
  swarm.campaigns = dice.one_in(5) ? 2 : 1;
  swarm.triggers = dice.one_in(5) ? 2 : 1;
  if (dice.one_in(600)) swarm.triggers = 36;  // more than may be in flight to one site
  swarm.acts = dice.one_in(3) ? static_cast<int>(dice.between(1, 3)) : 0;
  swarm.length = dice.span(core::seconds(3), core::seconds(12));
  if (dice.one_in(40)) swarm.pace = 1 << dice.between(3, 9);  // minutes, hours
  if (dice.one_in(1500)) swarm.pace = 1 << 14;                // days
  swarm.length = swarm.paced(swarm.length);
  for (core::Duration& every : swarm.every) every = swarm.paced(every);
  swarm.latency_most = dice.span(core::milliseconds(1), core::milliseconds(2000));
  swarm.batch_most = static_cast<int>(dice.one_in(2) ? 256 : dice.between(1, 8));
  swarm.crash_one_in = static_cast<int>(dice.between(10, 200));
  if (full) {  // files take their time: fewer restarts and a shorter life leave more seeds
    swarm.length.ms /= 2;
    swarm.crash_one_in *= 4;
    for (std::size_t i = 0; i < fault_count; ++i) {
      if (static_cast<Fault>(i) != Fault::full) swarm.every[i].ms *= 4;
    }
  }
  return swarm;
}

std::string to_text(const Swarm& swarm) {
  std::string text = std::to_string(swarm.sites) +
                     (swarm.region ? " sites and a region, " : " sites, ") +
                     std::to_string(swarm.campaigns) + " campaigns, " +
                     std::to_string(swarm.triggers) + " triggers, " + std::to_string(swarm.acts) +
                     " acts, " + core::to_text(swarm.length) + "; faults:";
  for (std::size_t i = 0; i < fault_count; ++i) {
    if (swarm.faults[i]) text += " " + std::string(names[i]);
  }
  return text;
}

}  // namespace antiphon::sim
