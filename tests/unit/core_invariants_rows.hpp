// SPDX-License-Identifier: MIT
// Sound records for the tests of the invariants, and the tables of what is found when they are
// broken.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/core/invariants_plane.hpp"

namespace antiphon::core {

/// One way to break a record, and what is found then.
struct Broken {
  std::string rule;
  std::string row;   ///< how the finding names it
  std::string what;  ///< and what it says of it
  std::function<std::vector<Violation>()> found;
  std::size_t others = 0;  ///< findings that cannot but come along
};

// A table for each function that checks.
std::vector<Broken> broken_runs();
std::vector<Broken> broken_tasks();
std::vector<Broken> broken_contexts();
std::vector<Broken> broken_steps();
std::vector<Broken> broken_texts();
std::vector<Broken> broken_planes();

const PlaneName& self();
inline constexpr Instant start{1'000};

/// Stage run 1 ("first") has failed and passed its error on; stage run 2 ("second") has one of its
/// two tasks done and waits for the other one's site.
RunRecord open_run();
/// The same, cancelled.
RunRecord ended_run();
/// The same with stage run 2 done, and "third" to be opened next.
RunRecord run_between();
/// The same, but stage run 2 has one context with two parts: one is done, the other one is at work.
RunRecord run_with_parts();
/// Commanded: attempt 1 has failed, attempt 2 is at work.
RunRecord commanded_run();

/// A lane in which one message is gathered, and one waits for run a1, which is at work.
LaneRecord sound_lane();

/// How findings name the rows of these records.
namespace at {
inline const std::string run = "run a1";
inline const std::string first = "run a1, stage run 1 (first)";
inline const std::string second = "run a1, stage run 2 (second)";
inline const std::string outputs = "run a1, outputs of stage first";
std::string task(int stage_run, int ordinal);
}  // namespace at

using Fault = std::function<void(RunRecord&)>;

/// What check_run finds in the record once it is broken.
std::function<std::vector<Violation>()> checked(RunRecord (*base)(), Fault fault);

}  // namespace antiphon::core
