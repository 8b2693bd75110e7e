// SPDX-License-Identifier: MIT
// What was measured, and how it is shown: medians with the least and the most of all rounds.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace antiphon::bench {

/// The measurements of one depth, one of each a round.
struct Row {
  std::vector<double> stages_per_second{};
  std::vector<double> round_trips_per_second{};
  std::vector<double> hq_cpu_us_per_stage{};
};

struct Figures {
  std::map<int, Row> by_depth{};
  std::vector<double> commits_per_second{};
  std::size_t command_bytes = 0;
  std::size_t reply_bytes = 0;
  std::size_t repeats = 0;  ///< commands that were sent again
  double load_before = 0;   ///< of the machine, the last minute's average
  double load_after = 0;
};

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Of at least one value.
Spread spread(std::vector<double> values);

/// Round by round. Both have as many values.
std::vector<double> ratios(const std::vector<double>& over, const std::vector<double>& under);

/// A Markdown table with what belongs to it; ends in a newline.
std::string to_table(const Figures& figures);
std::string to_json(const Figures& figures);

}  // namespace antiphon::bench
