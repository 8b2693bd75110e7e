// SPDX-License-Identifier: MIT
#include "tests/bench/options.hpp"

namespace antiphon::bench {

void add_options(CLI::App& app, Options& options) {
  app.option_defaults()->always_capture_default();
  app.add_option("--rounds", options.rounds, "limits and product by turns in each")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--seconds", options.seconds, "length of one measurement")
      ->check(CLI::Range(0.05, 600.0));
  app.add_option("--depths", options.depths, "stages in flight")
      ->delimiter(',')
      ->check(CLI::Range(1, 10'000));
  app.add_flag("--json", options.json, "print JSON");
  app.add_option("--antiphon", options.program, "the antiphon to measure")
      ->check(CLI::ExistingFile);
  app.footer("Starts a broker, a plane and sites of its own on loopback; files go below TMPDIR.");
}

}  // namespace antiphon::bench
