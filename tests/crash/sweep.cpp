// SPDX-License-Identifier: MIT
// Every scenario of a set, again and again: a plane dies at its first boundary, at the second, and
// so on until there is none left; with --pairs one dies once more, soon after. Nothing that must
// hold may be broken by any of it. A boundary lies before and after each commit and before each
// message.
#include <spdlog/spdlog.h>

#include <cstdio>

#include "tests/sim/arguments.hpp"
#include "tests/sim/interrupt.hpp"
#include "tests/sim/mutants.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

/// What scenarios up to the number `last` have; each is the seed of its number without faults.
struct Kind {
  std::uint64_t last;
  bool region = false;
  int acts = 0;  ///< of operators
  bool full = false;
};
constexpr std::array kinds{
    Kind{12},          Kind{16, false, 3},       Kind{20, true},
    Kind{24, true, 3}, Kind{28, false, 3, true}, Kind{32, true, 3, true},
};
constexpr std::uint64_t scenarios = kinds.back().last;

Swarm scenario(std::uint64_t number) {
  const auto* kind = kinds.begin();
  while (number > kind->last) ++kind;
  Swarm swarm = draw_swarm(number, kind->full);
  swarm.faults.reset();
  swarm.triggers = std::min(swarm.triggers, 2);
  swarm.region = kind->region;
  swarm.acts = kind->acts;
  return swarm;
}

struct Wanted {
  std::uint64_t pairs = 0;  ///< how soon after the first death the second comes at the latest
  std::optional<std::uint64_t> scenario;
  std::optional<std::uint64_t> die_at;
  std::optional<std::uint64_t> then;
  std::string bug;
};

std::vector<std::uint64_t> deaths_at(std::uint64_t first, std::optional<std::uint64_t> then) {
  if (!then) return {first};
  return {first, first + *then};
}

std::uint64_t deaths_in(const Result& result) {
  std::uint64_t deaths = 0;
  for (const Mark mark :
       {Mark::crash_before_commit, Mark::crash_after_commit, Mark::crash_while_sending}) {
    deaths += result.marks.hits[static_cast<std::size_t>(mark)];
  }
  return deaths;
}

class Sweep {
 public:
  explicit Sweep(const Wanted& wanted) : wanted_(wanted) {}

  /// False: something broke, and was told.
  bool all() {
    for (std::uint64_t number = 1; number <= scenarios; ++number) {
      if (wanted_.scenario.value_or(number) == number && !one(number)) return false;
    }
    std::printf("%llu runs, %llu deaths, nothing broken\n", static_cast<unsigned long long>(runs_),
                static_cast<unsigned long long>(deaths_));
    return true;
  }

 private:
  bool one(std::uint64_t number) {
    const Swarm swarm = scenario(number);
    const std::uint64_t pairs = swarm.full ? 0 : wanted_.pairs;
    const std::uint64_t boundaries = run_seed(swarm).boundaries;
    for (std::uint64_t first = 1; first <= boundaries && told_to_stop() == 0; ++first) {
      if (!dies(swarm, first, std::nullopt)) return false;
      for (std::uint64_t then = 1; then <= pairs; ++then) {
        const std::uint64_t before = deaths_;
        if (!dies(swarm, first, then)) return false;
        if (deaths_ < before + 2) break;  // it had ended by then
      }
    }
    return true;
  }

  bool dies(const Swarm& swarm, std::uint64_t first, std::optional<std::uint64_t> then) {
    const Result result = run_seed(swarm, {deaths_at(first, then)});
    ++runs_;
    deaths_ += deaths_in(result);
    if (result.violations.empty()) return true;
    const core::Violation& broken = result.violations.front();
    std::printf("scenario %llu (%s) breaks %s: %s\n", static_cast<unsigned long long>(swarm.seed),
                to_text(swarm).c_str(), broken.rule.c_str(), broken.text.c_str());
    std::printf("again: crash_sweep --scenario %llu --die-at %llu",
                static_cast<unsigned long long>(swarm.seed),
                static_cast<unsigned long long>(first));
    if (then) std::printf(" --then %llu", static_cast<unsigned long long>(*then));
    std::printf("%s%s\n", wanted_.bug.empty() ? "" : " --bug ", wanted_.bug.c_str());
    return false;
  }

  const Wanted wanted_;
  std::uint64_t runs_ = 0;
  std::uint64_t deaths_ = 0;
};

/// One run, told line by line.
bool show(const Wanted& wanted) {
  Ask ask{deaths_at(*wanted.die_at, wanted.then)};
  ask.trace = true;
  const Result result = run_seed(scenario(*wanted.scenario), ask);
  for (const std::string& line : result.lines) std::puts(line.c_str());
  for (const auto& one : result.violations)
    std::printf("%s: %s\n", one.rule.c_str(), one.text.c_str());
  std::printf("%llu boundaries, %llu deaths\n", static_cast<unsigned long long>(result.boundaries),
              static_cast<unsigned long long>(deaths_in(result)));
  return result.violations.empty();
}

void add_wanted(CLI::App& app, Wanted& wanted) {
  constexpr std::uint64_t boundaries_most = 1'000'000;
  auto* pairs = app.add_flag("--pairs{24}", wanted.pairs,
                             "die once more at each of so many next boundaries; not in files");
  auto* number = app.add_option("--scenario", wanted.scenario, "only this one of the set")
                     ->check(whole(1, scenarios));
  auto* die_at = app.add_option("--die-at", wanted.die_at, "one death at this boundary, told")
                     ->check(whole(1, boundaries_most))
                     ->needs(number)
                     ->excludes(pairs);
  app.add_option("--then", wanted.then, "and once more so many boundaries later")
      ->check(whole(1, boundaries_most))
      ->needs(die_at);
  app.add_option("--bug", wanted.bug, "plant this bug")->check(bug_name());
}

}  // namespace
}  // namespace antiphon::sim

int main(int argc, char** argv) {
  using namespace antiphon::sim;
  spdlog::set_level(spdlog::level::off);
  Wanted wanted;
  CLI::App app{"Planes that die at every boundary of a set of scenarios."};
  add_wanted(app, wanted);
  heed_signals();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  plant(bug_of(wanted.bug));
  const bool sound = wanted.die_at ? show(wanted) : Sweep(wanted).all();
  if (told_to_stop() != 0) return 128 + told_to_stop();
  return sound ? 0 : 1;
}
