// SPDX-License-Identifier: MIT
// Every scenario of a set, again and again: the plane dies at its first boundary, at the second,
// and so on until there is none left; with --pairs once more soon after it has come back. Nothing
// that must hold may be broken by any of it. A boundary lies before and after each commit and
// before each message.
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstring>

#include "tests/sim/hunt.hpp"

namespace antiphon::sim {
namespace {

constexpr std::uint64_t scenarios = 16;
/// How soon after the first death the second comes.
constexpr std::uint64_t pair_distance = 24;

Swarm scenario(std::uint64_t number) {
  Swarm swarm = draw_swarm(number, false);
  swarm.faults.reset();
  swarm.triggers = std::min(swarm.triggers, 2);
  return swarm;
}

struct Sweep {
  std::uint64_t deaths = 0;
  std::uint64_t runs = 0;
  Marks marks;

  /// False: something broke, and was told.
  bool run(const Swarm& swarm, Ask ask) {
    const Result result = run_seed(swarm, ask);
    ++runs;
    deaths += ask.die_at.size();
    marks.add(result.marks);
    if (result.violations.empty()) return true;
    std::string where;
    for (const std::uint64_t boundary : ask.die_at) where += " " + std::to_string(boundary);
    std::printf("scenario %llu (%s), death at boundary%s: %s: %s\n",
                static_cast<unsigned long long>(swarm.seed), to_text(swarm).c_str(), where.c_str(),
                result.violations.front().rule.c_str(), result.violations.front().text.c_str());
    return false;
  }
};

bool sweep(Sweep& sweep, const Swarm& swarm, bool pairs) {
  const std::uint64_t boundaries = run_seed(swarm).boundaries;
  for (std::uint64_t first = 1; first <= boundaries; ++first) {
    if (!sweep.run(swarm, {{first}})) return false;
    for (std::uint64_t then = 1; pairs && then <= pair_distance; ++then) {
      if (!sweep.run(swarm, {{first, first + then}})) return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace antiphon::sim

int main(int argc, char** argv) {
  using namespace antiphon::sim;
  const bool pairs = argc == 2 && std::strcmp(argv[1], "--pairs") == 0;
  if (argc > 1 && !pairs) {
    std::fputs("usage: crash_sweep [--pairs]\n", stderr);
    return 2;
  }
  spdlog::set_level(spdlog::level::off);
  Sweep all;
  for (std::uint64_t number = 1; number <= scenarios; ++number) {
    if (!sweep(all, scenario(number), pairs)) return 1;
  }
  std::printf("%llu scenarios, %llu runs, %llu deaths, nothing broken\n",
              static_cast<unsigned long long>(scenarios), static_cast<unsigned long long>(all.runs),
              static_cast<unsigned long long>(all.deaths));
  return 0;
}
