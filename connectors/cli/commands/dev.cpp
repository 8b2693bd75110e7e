// SPDX-License-Identifier: MIT
// `antiphon dev`: everything for trying campaigns out, in one command.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/dev/playground.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/interrupt.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

constexpr std::chrono::milliseconds look_again{200};

/// Looks until `done`, the end of a process, or Ctrl-C; gives the exit code of the last two.
template <class Done>
int go_on_until(dev::Playground& playground, Done done) {
  while (!done()) {
    if (interrupted()) return exit_code::interrupted;
    if (const auto problem = playground.broken()) return fail(*problem, exit_code::failed);
    std::this_thread::sleep_for(look_again);
  }
  return exit_code::ok;
}

int run_dev(const dev::DevOptions& options) {
  if (!options.folder.empty() && !std::filesystem::is_directory(options.folder)) {
    return fail({core::status::not_found, options.folder + " is no folder",
                 "name the folder that the campaigns are in"},
                exit_code::usage);
  }
  note_interrupts();
  dev::Playground playground(options);
  if (const auto started = playground.start(); !started) {
    return fail(started.error(), exit_code::failed);
  }
  if (const int code = go_on_until(playground, [&] { return playground.ready(); }); code != 0) {
    return code;
  }
  std::fputs(playground.what_to_type().c_str(), stdout);
  std::fflush(stdout);
  return go_on_until(playground, [&] {
    playground.apply_changes();
    return false;
  });
}

}  // namespace

void add_dev(CLI::App& app, Run& run) {
  auto options = std::make_shared<dev::DevOptions>();
  auto* command =
      app.add_subcommand("dev", "a private broker, hq and sites, for trying campaigns out");
  command->add_option("folder", options->folder,
                      "campaigns and objects, applied now and whenever they change; scripts in "
                      "scripts/");
  command->add_option("--sites", options->sites, "how many sites, named site1, site2, ...")
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  command->add_option("--port", options->port, "the broker's port; a free one if nothing is said")
      ->check(CLI::Range(1, 65'535));
  command->add_option("--data", options->data,
                      "folder for stores and logs, kept for the next time; otherwise a temporary "
                      "one");
  command->callback([&run, options] { run = [options] { return run_dev(*options); }; });
}

}  // namespace antiphon::cli
