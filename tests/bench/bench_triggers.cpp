// SPDX-License-Identifier: MIT
// Benchmark: which of thousands of trigger filters a message is for, by the tree of their levels
// and by asking each filter in turn. Prints a table, and the ratio of the two beside it
// (`times_faster`). Never fails on a time, only if the two disagree.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/bus/topic_tree.hpp"

namespace {

using namespace antiphon;
using Filters = std::vector<std::string>;

/// As a plant has them: most are of one machine each, some of all machines of a line.
Filters filters_of(int count) {
  Filters filters;
  for (int n = 0; n < count; ++n) {
    const std::string line = "plant/line" + std::to_string(n / 100);
    filters.push_back(n % 10 == 9 ? line + "/+/alarm" + std::to_string(n)
                                  : line + "/machine" + std::to_string(n) + "/alarm");
  }
  filters.push_back("plant/#");  // the last one
  return filters;
}

Filters topics_of(int count) {
  Filters topics;
  for (int n = 0; n < count; n += std::max(1, count / 64)) {
    topics.push_back("plant/line" + std::to_string(n / 100) + "/machine" + std::to_string(n) +
                     "/alarm");
  }
  return topics;
}

std::size_t in_turn(const Filters& filters, const std::string& topic) {
  return static_cast<std::size_t>(
      std::count_if(filters.begin(), filters.end(),
                    [&](const auto& filter) { return bus::matches(filter, topic); }));
}

template <class Match>
double seconds_of(const Filters& topics, Match match) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& topic : topics) benchmark::DoNotOptimize(match(topic));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void match(benchmark::State& state) {
  const int count = static_cast<int>(state.range(0));
  const Filters filters = filters_of(count);
  const Filters topics = topics_of(count);
  const bus::TopicTree tree(filters);
  const auto by_tree = [&](const auto& topic) { return tree.matching(topic).size(); };
  const auto by_each = [&](const auto& topic) { return in_turn(filters, topic); };
  const bool agreed = std::all_of(topics.begin(), topics.end(), [&](const auto& topic) {
    return by_tree(topic) == by_each(topic);
  });
  if (!agreed) state.SkipWithError("the tree finds other filters than each filter for itself");
  double spent = 0;
  for (auto _ : state) spent += seconds_of(topics, by_tree);
  const double each = seconds_of(topics, by_each);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(topics.size()));
  state.counters["times_faster"] = each / (spent / static_cast<double>(state.iterations()));
}

/// What is subscribed where the broker does not name subscriptions.
void cover(benchmark::State& state) {
  Filters filters = filters_of(static_cast<int>(state.range(0)));
  filters.pop_back();  // it covers all
  std::size_t subscriptions = 0;
  for (auto _ : state) subscriptions = bus::disjoint_cover(filters).size();
  state.counters["subscriptions"] = static_cast<double>(subscriptions);
}

BENCHMARK(match)->Arg(10)->Arg(100)->Arg(1'000)->Arg(10'000);
BENCHMARK(cover)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
