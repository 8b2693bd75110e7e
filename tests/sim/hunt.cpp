// SPDX-License-Identifier: MIT
#include "tests/sim/hunt.hpp"

namespace antiphon::sim {
namespace {

constexpr std::uint64_t twice_every = 20;
constexpr std::uint64_t replay_every = 16;

std::optional<core::Violation> first_of(const Result& result, const std::string& rule) {
  for (const core::Violation& one : result.violations) {
    if (one.rule == rule) return one;
  }
  return std::nullopt;
}

/// Whether the smaller one is broken too; then it takes the place.
bool smaller(Failure& failure, const Swarm& swarm) {
  const auto same = first_of(run_seed(swarm, failure.ask), failure.violation.rule);
  if (!same) return false;
  failure.swarm = swarm;
  failure.violation = *same;
  return true;
}

}  // namespace

std::optional<Failure> try_seed(std::uint64_t seed, bool full, Totals& totals) {
  const Swarm swarm = draw_swarm(seed, full);
  Ask ask;
  ask.replay = seed % replay_every == 0;
  ask.hash = seed % twice_every == 0;
  const Result result = run_seed(swarm, ask);
  ++totals.seeds;
  totals.steps.push_back(result.steps);
  if (swarm.faults.none()) ++totals.calm;
  for (std::size_t i = 0; i < fault_count; ++i) totals.faults[i] += swarm.faults[i] ? 1 : 0;
  totals.marks.add(result.marks);
  for (std::size_t i = 0; i < core::cell_count; ++i) totals.cells[i] += result.cells[i];
  if (!result.violations.empty()) return Failure{swarm, ask, result.violations.front()};
  if (!ask.hash) return std::nullopt;
  ++totals.twice;
  if (run_seed(swarm, ask).hash == result.hash) return std::nullopt;
  return Failure{swarm, ask, {"I10", "the same seed ended in another state"}};
}

Failure shrink(Failure failure) {
  for (bool smaller_found = true; smaller_found;) {
    smaller_found = false;
    for (std::size_t i = 0; i < fault_count; ++i) {
      Swarm swarm = failure.swarm;
      if (!swarm.faults[i]) continue;
      swarm.faults[i] = false;
      smaller_found = smaller(failure, swarm) || smaller_found;
    }
    if (failure.swarm.region) {
      Swarm swarm = failure.swarm;
      swarm.region = false;
      smaller_found = smaller(failure, swarm) || smaller_found;
    }
    for (int Swarm::*size : {&Swarm::sites, &Swarm::campaigns, &Swarm::triggers, &Swarm::acts}) {
      Swarm swarm = failure.swarm;
      const int least = size == &Swarm::acts || size == &Swarm::triggers ? 0 : 1;
      if (swarm.*size <= least) continue;
      swarm.*size -= 1;
      smaller_found = smaller(failure, swarm) || smaller_found;
    }
  }
  return failure;
}

std::string command_of(const Failure& failure) {
  const Swarm& swarm = failure.swarm;
  std::string command = "antiphon-sim --seed " + std::to_string(swarm.seed) + " --trace";
  if (swarm.full) command += " --full";
  std::string faults;
  for (std::size_t i = 0; i < fault_count; ++i) {
    if (swarm.faults[i]) {
      faults += (faults.empty() ? "" : ",") + std::string(to_text(static_cast<Fault>(i)));
    }
  }
  command += " --faults " + (faults.empty() ? "none" : faults);
  if (swarm.region) command += " --region";
  command += " --sites " + std::to_string(swarm.sites) + " --campaigns " +
             std::to_string(swarm.campaigns) + " --triggers " + std::to_string(swarm.triggers) +
             " --acts " + std::to_string(swarm.acts);
  if (failure.ask.replay) command += " --replay";
  return command;
}

std::optional<Found> hunt(const Mutant& mutant, std::uint64_t first, std::uint64_t most) {
  plant(mutant.bug);
  const std::string rule(mutant.rule);
  Ask seeing;
  seeing.replay = rule == "I10";
  seeing.blind.insert("table");  // a second net below all of them
  Ask blind = seeing;
  blind.blind.insert(rule);
  std::optional<Found> found;
  for (std::uint64_t seed = first; seed < first + most && !found; ++seed) {
    const Swarm swarm = draw_swarm(seed, false);
    const auto violation = first_of(run_seed(swarm, seeing), rule);
    if (!violation || !run_seed(swarm, blind).violations.empty()) continue;
    found = Found{seed - first + 1, seed, violation->text};
  }
  plant(core::Planted::none);
  return found;
}

}  // namespace antiphon::sim
