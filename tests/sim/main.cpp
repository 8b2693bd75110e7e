// SPDX-License-Identifier: MIT
// antiphon-sim: seeds, one or many, of planes in virtual time (docs/reliability.md).
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>

#include "tests/sim/hunt.hpp"
#include "tests/sim/interrupt.hpp"
#include "tests/sim/options.hpp"

namespace antiphon::sim {
namespace {

constexpr std::uint64_t hunted_seeds = 20'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int show_seed(const Options& options) {
  const Swarm swarm = swarm_of(options);
  Ask ask;
  ask.trace = options.trace;
  ask.replay = options.replay;
  ask.hash = true;
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(swarm.seed),
              to_text(swarm).c_str());
  const Result result = run_asked(swarm, ask, options.twice);
  for (const std::string& line : result.lines) std::puts(line.c_str());
  for (const auto& one : result.violations)
    std::printf("%s: %s\n", one.rule.c_str(), one.text.c_str());
  std::printf("%llu steps, %llu boundaries, hash %016llx\n",
              static_cast<unsigned long long>(result.steps),
              static_cast<unsigned long long>(result.boundaries),
              static_cast<unsigned long long>(result.hash));
  return result.violations.empty() ? 0 : 1;
}

void show_failure(const Options& options, const Failure& failure) {
  std::printf("seed %llu breaks %s: %s\n", static_cast<unsigned long long>(failure.swarm.seed),
              failure.violation.rule.c_str(), failure.violation.text.c_str());
  const Failure small = shrink(failure);
  std::printf("smaller: %s\n  %s: %s\n", to_text(small.swarm).c_str(), small.violation.rule.c_str(),
              small.violation.text.c_str());
  Ask ask = small.ask;
  ask.trace = true;
  const Result result = run_asked(small.swarm, ask, small.twice);
  constexpr std::size_t shown = 50;
  const std::size_t first = result.lines.size() > shown ? result.lines.size() - shown : 0;
  for (std::size_t i = first; i < result.lines.size(); ++i)
    std::printf("  %s\n", result.lines[i].c_str());
  const std::string bug = options.bug.empty() ? "" : " --bug " + options.bug;
  std::printf("again: %s%s\n", command_of(small).c_str(), bug.c_str());
}

void show_totals(const Options& options, std::uint64_t first, Totals& totals, double took) {
  const auto seeds = static_cast<double>(totals.seeds);
  const auto sum = [](const auto& all) {
    return static_cast<double>(std::accumulate(all.begin(), all.end(), std::uint64_t{0}));
  };
  std::printf("%llu seeds from %llu, %s: %.0f a second, %llu run twice\n",
              static_cast<unsigned long long>(totals.seeds), static_cast<unsigned long long>(first),
              options.full ? "JSON and SQLite" : "values and memory", seeds / took,
              static_cast<unsigned long long>(totals.twice));
  std::sort(totals.steps.begin(), totals.steps.end());
  const auto part = [&](double of) {
    const auto at = static_cast<std::size_t>(of * (seeds - 1));
    return static_cast<unsigned long long>(totals.steps.empty() ? 0 : totals.steps[at]);
  };
  std::printf(
      "steps a seed: mean %.0f, least %llu, quarter %llu, half %llu, three quarters %llu, most "
      "%llu\n",
      sum(totals.steps) / seeds, part(0), part(0.25), part(0.5), part(0.75), part(1));
  std::printf("fault classes a seed: mean %.1f, none in %.0f %%; seeds with",
              sum(totals.faults) / seeds, 100 * static_cast<double>(totals.calm) / seeds);
  for (std::size_t i = 0; i < fault_count; ++i) {
    std::printf(" %s %.0f %%", std::string(to_text(static_cast<Fault>(i))).c_str(),
                100 * static_cast<double>(totals.faults[i]) / seeds);
  }
  std::puts("");
}

void show_marks(const Totals& totals) {
  for (std::size_t i = 0; i < mark_count; ++i) {
    std::printf("%10llu  %s\n", static_cast<unsigned long long>(totals.marks.hits[i]),
                std::string(to_text(static_cast<Mark>(i))).c_str());
  }
}

/// False: some mark was never hit.
bool show_never_hit(const Totals& totals) {
  bool all = true;
  for (std::size_t i = 0; i < mark_count; ++i) {
    if (totals.marks.hits[i] > 0) continue;
    all = false;
    std::printf("never hit: %s\n", std::string(to_text(static_cast<Mark>(i))).c_str());
  }
  if (!all) std::puts("marks that are never hit: the simulator no longer goes there");
  return all;
}

/// Cells of the table that events met; the unit tests visit each.
void show_cells(const Totals& totals, bool list) {
  std::size_t possible = 0;
  std::size_t met = 0;
  for (std::size_t i = 0; i < core::cell_count; ++i) {
    if (!core::possible(core::cell_of(i))) continue;
    ++possible;
    if (totals.cells[i] > 0) ++met;
    if (totals.cells[i] == 0 && list)
      std::printf("never met: %s\n", core::to_text(core::cell_of(i)).c_str());
  }
  std::printf("%zu of %zu possible cells of the table of states and events\n", met, possible);
}

int show_diagrams() {
  for (const core::Entity entity : core::entities) {
    std::printf("```mermaid\n%s```\n", core::mermaid(entity).c_str());
  }
  return 0;
}

/// As a shell says that a signal ended a program.
int stopped() {
  std::puts("stopped before its end");
  return 128 + told_to_stop();
}

int run_seeds(const Options& options) {
  const std::uint64_t first = options.from.value_or(
      (static_cast<std::uint64_t>(std::random_device()()) << 16U) % 1'000'000'000'000U);
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  std::optional<Failure> failure;
  for (std::uint64_t seed = first; !failure && told_to_stop() == 0; ++seed) {
    const bool enough =
        options.seeds ? totals.seeds == *options.seeds : seconds_since(start) >= *options.seconds;
    if (enough) break;
    failure = try_seed(seed, options.full, totals);
  }
  const double took = seconds_since(start);
  show_totals(options, first, totals, took);
  show_marks(totals);
  show_cells(totals, options.cells);
  if (failure) {
    show_failure(options, *failure);
    return 1;
  }
  if (told_to_stop() != 0) return stopped();
  return options.all_marks && !show_never_hit(totals) ? 1 : 0;
}

int hunt_all(const Options& options) {
  int survivors = 0;
  for (const Mutant& mutant : mutants()) {
    if (!options.bug.empty() && options.bug != mutant.name) continue;
    const auto found = hunt(mutant, options.from.value_or(1), hunted_seeds);
    if (told_to_stop() != 0) return stopped();
    if (!found) ++survivors;
    const std::string how = found ? std::to_string(found->seeds) : "survives";
    std::printf("%-26s %-4s %8s  %s\n", std::string(mutant.name).c_str(),
                std::string(mutant.rule).c_str(), how.c_str(), std::string(mutant.what).c_str());
    if (found && options.trace)
      std::printf("    seed %llu: %s\n", static_cast<unsigned long long>(found->seed),
                  found->text.c_str());
    std::fflush(stdout);
  }
  return survivors == 0 ? 0 : 1;
}

}  // namespace
}  // namespace antiphon::sim

int main(int argc, char** argv) {
  using namespace antiphon::sim;
  spdlog::set_level(spdlog::level::off);
  Options options;
  CLI::App app{
      "Planes, sites, links and a broker in virtual time: runs seeds and checks what must hold."};
  add_options(app, options);
  heed_signals();
  try {
    app.parse(argc, argv);
    if (options.diagram) return show_diagrams();
    if (options.mutants) return hunt_all(options);
    plant(bug_of(options.bug));
    if (options.seed) return show_seed(options);
    return run_seeds(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}
