// SPDX-License-Identifier: MIT
// Runs of many seeds: for violations, for marks, for planted bugs; and making a failing one small.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tests/sim/mutants.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t twice = 0;                          ///< seeds that ran a second time
  std::vector<std::uint64_t> steps;                 ///< of each seed
  std::array<std::uint64_t, fault_count> faults{};  ///< seeds that had each class on
  std::uint64_t calm = 0;                           ///< seeds without any fault
  Marks marks;
  Cells cells{};
};

struct Failure {
  Swarm swarm;
  Ask ask;
  bool twice = false;  ///< it shows when the seed runs twice
  core::Violation violation;
};

/// Runs the seed; if `twice`, once more, which has to end in the same bytes (I10).
Result run_asked(const Swarm& swarm, const Ask& ask, bool twice);

/// One seed, every twentieth twice with all rows compared (I10), one in 16 also against its tapes.
std::optional<Failure> try_seed(std::uint64_t seed, bool full, Totals& totals);

/// Takes faults away and makes sizes smaller as long as the same rule is broken.
Failure shrink(Failure failure);

/// The command that shows it.
std::string command_of(const Failure& failure);

struct Found {
  std::uint64_t seeds = 0;  ///< how many it took
  std::uint64_t seed = 0;
  std::string text;
};

/// The first seed where the mutant's rule, and no other but the table's, finds the bug. None within
/// `most` seeds: it survives.
std::optional<Found> hunt(const Mutant& mutant, std::uint64_t first, std::uint64_t most);

}  // namespace antiphon::sim
