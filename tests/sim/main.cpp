// SPDX-License-Identifier: MIT
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/sim/world.hpp"

int main(int argc, char** argv) {
  using namespace antiphon::sim;
  spdlog::set_level(spdlog::level::off);
  const std::uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const bool full = argc > 3 && std::string(argv[3]) == "full";
  Ask ask;
  ask.trace = argc > 4;
  std::uint64_t steps = 0;
  Marks marks;
  int bad = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Result result = run_seed(draw_swarm(seed, full), ask);
    for (const auto& line : result.lines) std::puts(line.c_str());
    steps += result.steps;
    marks.add(result.marks);
    if (result.violations.empty()) continue;
    ++bad;
    std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(seed),
                result.violations[0].rule.c_str(), result.violations[0].text.c_str());
  }
  std::printf("%d bad, %.1f steps a seed\n", bad, double(steps) / double(count));
  for (std::size_t i = 0; i < mark_count; ++i) {
    std::printf("%8llu %s\n", static_cast<unsigned long long>(marks.hits[i]),
                std::string(to_text(static_cast<Mark>(i))).c_str());
  }
}
