// SPDX-License-Identifier: MIT
#include "tests/sim/options.hpp"

#include "tests/sim/arguments.hpp"

namespace antiphon::sim {
namespace {

/// Checks look at no more runs than a page of a store holds.
constexpr std::uint64_t triggers_most = 200;
constexpr std::uint64_t seconds_most = 7 * 24 * 3600;
constexpr std::uint64_t seed_most = std::uint64_t{1} << 62U;

CLI::Validator some_seconds() {
  const auto wrong = [](const std::string& text) -> std::string {
    const auto seconds = decimal(text);
    if (seconds && *seconds > 0 && *seconds <= static_cast<double>(seconds_most)) return "";
    return "'" + text + "' is no number of seconds up to " + std::to_string(seconds_most);
  };
  return CLI::Validator(wrong, "SECONDS");
}

CLI::Validator fault_name() {
  std::vector<std::string> names{"none"};
  for (std::size_t i = 0; i < fault_count; ++i) {
    names.emplace_back(to_text(static_cast<Fault>(i)));
  }
  return CLI::IsMember(names);
}

std::bitset<fault_count> faults_of(const std::vector<std::string>& names) {
  std::bitset<fault_count> faults;
  for (std::size_t i = 0; i < fault_count; ++i) {
    faults[i] = std::count(names.begin(), names.end(), to_text(static_cast<Fault>(i))) > 0;
  }
  return faults;
}

void add_modes(CLI::App& app, Options& options) {
  app.add_option("--seed", options.seed, "one seed")->check(whole(0, seed_most));
  app.add_option("--seeds", options.seeds, "so many seeds")->check(whole(1, seed_most));
  app.add_option("--seconds", options.seconds, "seeds for so long")->check(some_seconds());
  app.add_flag("--mutants", options.mutants, "hunt the planted bugs; fail if one survives");
  app.add_flag("--diagram", options.diagram, "print the states and what leads from one to another");
}

void add_sizes(CLI::App& app, Options& options) {
  std::vector<CLI::Option*> of_a_seed{
      app.add_flag("--replay", options.replay,
                   "compare each plane with what it was told, played again"),
      app.add_flag("--twice", options.twice, "run it twice and compare the ends"),
      app.add_option("--faults", options.faults, "these faults and no other, or none")
          ->delimiter(',')
          ->check(fault_name()),
      app.add_flag("--region,!--no-region", options.region, "with a region, without one"),
      app.add_option("--sites", options.sites)->check(whole(1, 16)),
      app.add_option("--campaigns", options.campaigns)->check(whole(1, 16)),
      app.add_option("--triggers", options.triggers)->check(whole(0, triggers_most)),
      app.add_option("--acts", options.acts)->check(whole(0, triggers_most))};
  for (CLI::Option* option : of_a_seed) option->needs("--seed")->group("Options of one seed");
}

/// Modes are options that exclude each other; one of them is needed.
void check_modes(const CLI::App& app) {
  std::vector<std::string> given;
  for (const char* mode : {"--seed", "--seeds", "--seconds", "--mutants", "--diagram"}) {
    if (app.count(mode) > 0) given.emplace_back(mode);
  }
  if (given.empty()) {
    throw CLI::ValidationError("say one of --seed, --seeds, --seconds, --mutants, --diagram");
  }
  if (given.size() > 1) {
    throw CLI::ValidationError(given[0] + " and " + given[1] + " do not go together");
  }
}

void check_belongs(const CLI::App& app, const std::string& option,
                   const std::vector<std::string>& modes) {
  if (app.count(option) == 0) return;
  std::string all;
  for (const std::string& mode : modes) {
    if (app.count(mode) > 0) return;
    all += (all.empty() ? "" : " or ") + mode;
  }
  throw CLI::ValidationError(option + " goes with " + all);
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  add_modes(app, options);
  app.add_option("--from", options.from, "the first of many; default: chance, of a hunt 1")
      ->check(whole(0, seed_most));
  app.add_flag("--all-marks", options.all_marks, "name the marks that are never hit, and fail");
  app.add_flag("--cells", options.cells,
               "name the cells of the table of states and events that were not met");
  app.add_flag("--full", options.full,
               "JSON on the wire and SQLite below, instead of values and memory");
  app.add_option("--bug", options.bug, "plant this bug; with --mutants: hunt only this one")
      ->check(bug_name());
  app.add_flag("--trace", options.trace, "print what happens; of a hunt: what was found");
  add_sizes(app, options);
  app.callback([&app] {
    check_modes(app);
    check_belongs(app, "--from", {"--seeds", "--seconds", "--mutants"});
    check_belongs(app, "--all-marks", {"--seeds", "--seconds"});
    check_belongs(app, "--cells", {"--seeds", "--seconds"});
    check_belongs(app, "--full", {"--seed", "--seeds", "--seconds"});
    check_belongs(app, "--bug", {"--seed", "--seeds", "--seconds", "--mutants"});
    check_belongs(app, "--trace", {"--seed", "--mutants"});
  });
}

Swarm swarm_of(const Options& options) {
  Swarm swarm = draw_swarm(*options.seed, options.full);
  if (!options.faults.empty()) swarm.faults = faults_of(options.faults);
  swarm.region = options.region.value_or(swarm.region);
  swarm.sites = options.sites.value_or(swarm.sites);
  swarm.campaigns = options.campaigns.value_or(swarm.campaigns);
  swarm.triggers = options.triggers.value_or(swarm.triggers);
  swarm.acts = options.acts.value_or(swarm.acts);
  return swarm;
}

}  // namespace antiphon::sim
