// SPDX-License-Identifier: MIT
#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace antiphon::bench {
namespace {

std::string fixed(double value, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  return out.str();
}

std::string cell(const Spread& of, int digits) {
  return fixed(of.median, digits) + " (" + fixed(of.least, digits) + " to " +
         fixed(of.most, digits) + ")";
}

/// `all` over the disk's commits of the same rounds.
std::vector<double> over_commits(const Figures& figures, const std::vector<double>& all) {
  return ratios(all, figures.commits_per_second);
}

std::string about(const Figures& figures) {
  return "Disk: " + cell(spread(figures.commits_per_second), 0) +
         " commits/s of one small row. Command " + std::to_string(figures.command_bytes) +
         " B, reply " + std::to_string(figures.reply_bytes) + " B. " +
         std::to_string(figures.commits_per_second.size()) + " rounds, " +
         std::to_string(std::thread::hardware_concurrency()) + " cores, load average " +
         fixed(figures.load_before, 1) + " before and " + fixed(figures.load_after, 1) +
         " after, " + std::to_string(figures.repeats) + " commands sent again.\n";
}

nlohmann::json json_of(const std::vector<double>& values) {
  const Spread of = spread(values);
  return {{"median", of.median}, {"min", of.least}, {"max", of.most}, {"rounds", values}};
}

}  // namespace

Spread spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

std::vector<double> ratios(const std::vector<double>& over, const std::vector<double>& under) {
  std::vector<double> all;
  for (std::size_t i = 0; i < over.size(); ++i) all.push_back(over[i] / under[i]);
  return all;
}

std::string to_table(const Figures& figures) {
  std::string table =
      "| in flight | durable stages/s | bare round trips/s | ratio | over commits/s | hq CPU, us a "
      "stage |\n|---:|---:|---:|---:|---:|---:|\n";
  for (const auto& [depth, row] : figures.by_depth) {
    table += "| " + std::to_string(depth) + " | " + cell(spread(row.stages_per_second), 0) + " | " +
             cell(spread(row.round_trips_per_second), 0) + " | " +
             cell(spread(ratios(row.stages_per_second, row.round_trips_per_second)), 2) + " | " +
             cell(spread(over_commits(figures, row.stages_per_second)), 2) + " | " +
             cell(spread(row.hq_cpu_us_per_stage), 0) + " |\n";
  }
  return table + "\n" + about(figures);
}

std::string to_json(const Figures& figures) {
  nlohmann::json depths = nlohmann::json::array();
  for (const auto& [depth, row] : figures.by_depth) {
    depths.push_back({{"inFlight", depth},
                      {"stagesPerSecond", json_of(row.stages_per_second)},
                      {"roundTripsPerSecond", json_of(row.round_trips_per_second)},
                      {"ratio", json_of(ratios(row.stages_per_second, row.round_trips_per_second))},
                      {"overCommits", json_of(over_commits(figures, row.stages_per_second))},
                      {"hqCpuMicrosecondsPerStage", json_of(row.hq_cpu_us_per_stage)}});
  }
  const nlohmann::json all{{"benchmark", "stages"},
                           {"depths", depths},
                           {"commitsPerSecond", json_of(figures.commits_per_second)},
                           {"commandBytes", figures.command_bytes},
                           {"replyBytes", figures.reply_bytes},
                           {"repeats", figures.repeats},
                           {"cores", std::thread::hardware_concurrency()},
                           {"loadBefore", figures.load_before},
                           {"loadAfter", figures.load_after}};
  return all.dump(2) + "\n";
}

}  // namespace antiphon::bench
