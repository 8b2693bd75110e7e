// SPDX-License-Identifier: MIT
#include "tests/sim/hunt.hpp"

#include <algorithm>

#include "tests/sim/interrupt.hpp"

namespace antiphon::sim {
namespace {

constexpr std::uint64_t twice_every = 20;
constexpr std::uint64_t replay_every = 32;

std::optional<core::Violation> first_of(const Result& result, const std::string& rule) {
  for (const core::Violation& one : result.violations) {
    if (one.rule == rule) return one;
  }
  return std::nullopt;
}

/// Where two traces of one seed part; empty without traces.
std::string parting(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  const auto [here, there] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  if (here == one.end() || there == other.end()) return "";
  return "; first \"" + *here + "\", then \"" + *there + "\"";
}

/// Whether the smaller one is broken too; then it takes the place.
bool smaller(Failure& failure, const Swarm& swarm) {
  const auto same = first_of(run_asked(swarm, failure.ask, failure.twice), failure.violation.rule);
  if (!same) return false;
  failure.swarm = swarm;
  failure.violation = *same;
  return true;
}

}  // namespace

Result run_asked(const Swarm& swarm, const Ask& ask, bool twice) {
  Result result = run_seed(swarm, ask);
  if (!twice || !result.violations.empty()) return result;
  const Result again = run_seed(swarm, ask);
  if (again.hash != result.hash) {
    result.violations.push_back(
        {"I10", "the same seed ended in another state" + parting(result.lines, again.lines)});
  }
  return result;
}

std::optional<Failure> try_seed(std::uint64_t seed, bool full, Totals& totals) {
  const Swarm swarm = draw_swarm(seed, full);
  Ask ask;
  ask.replay = seed % replay_every == 0;
  ask.hash = seed % twice_every == 0;
  const Result result = run_asked(swarm, ask, ask.hash);
  ++totals.seeds;
  totals.twice += ask.hash ? 1 : 0;
  totals.steps.push_back(result.steps);
  if (swarm.faults.none()) ++totals.calm;
  for (std::size_t i = 0; i < fault_count; ++i) totals.faults[i] += swarm.faults[i] ? 1 : 0;
  totals.marks.add(result.marks);
  for (std::size_t i = 0; i < core::cell_count; ++i) totals.cells[i] += result.cells[i];
  if (result.violations.empty()) return std::nullopt;
  const core::Violation& first = result.violations.front();
  return Failure{swarm, ask, ask.hash && first.rule == "I10", first};
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
  command += swarm.region ? " --region" : " --no-region";
  command += " --sites " + std::to_string(swarm.sites) + " --campaigns " +
             std::to_string(swarm.campaigns) + " --triggers " + std::to_string(swarm.triggers) +
             " --acts " + std::to_string(swarm.acts);
  if (failure.ask.replay) command += " --replay";
  if (failure.twice) command += " --twice";
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
  for (std::uint64_t seed = first; seed < first + most && !found && told_to_stop() == 0; ++seed) {
    Swarm swarm = draw_swarm(seed, false);
    if (mutant.arrange != nullptr) mutant.arrange(swarm);
    const auto violation = first_of(run_seed(swarm, seeing), rule);
    if (!violation || !run_seed(swarm, blind).violations.empty()) continue;
    found = Found{seed - first + 1, seed, violation->text};
  }
  plant(core::Planted::none);
  return found;
}

}  // namespace antiphon::sim
