// SPDX-License-Identifier: MIT
// What antiphon-sim is asked for on its command line.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/swarm.hpp"

namespace antiphon::sim {

struct Options {
  // Exactly one of these.
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> seeds;
  std::optional<double> seconds;
  bool mutants = false;
  bool diagram = false;

  std::optional<std::uint64_t> from;
  bool all_marks = false;
  bool cells = false;
  bool full = false;
  std::string bug;
  bool trace = false;

  // With `seed`.
  bool replay = false;
  bool twice = false;
  std::vector<std::string> faults;
  std::optional<bool> region;
  std::optional<int> sites;
  std::optional<int> campaigns;
  std::optional<int> triggers;
  std::optional<int> acts;
};

/// Every number has a range, and what does not go together is refused.
void add_options(CLI::App& app, Options& options);

/// The seed as it is drawn, changed as the options say.
Swarm swarm_of(const Options& options);

}  // namespace antiphon::sim
