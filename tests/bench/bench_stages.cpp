// SPDX-License-Identifier: MIT
// Benchmark: durable remote stages a second, beside the bus's bare request/reply at the same depth
// and the disk's commits, by turns in the same run. Never fails on a time.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "tests/bench/ceiling.hpp"
#include "tests/bench/disk.hpp"
#include "tests/bench/far_end.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/options.hpp"
#include "tests/bench/product.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace antiphon;
using namespace antiphon::bench;

constexpr const char* play_flag = "--play-far-end";
/// What one measurement may take beside its time: start, drain, each with its own bound below this.
constexpr std::chrono::seconds longest_beside{50};

double load_average() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

void tell(int round, const Options& options, const std::string& what) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r\033[Kround " << round << " of " << options.rounds << ": " << what << std::flush;
}

std::chrono::seconds longest(const Options& options) {
  const auto measurements = 1 + 2 * static_cast<std::int64_t>(options.depths.size());
  const auto one = std::chrono::ceil<std::chrono::seconds>(options.each()) + longest_beside;
  return options.rounds * measurements * one + 2 * longest_beside;
}

/// The broker that is tried out everywhere: broker-config/dev on a port of its own.
std::vector<std::string> broker_command(int port) {
  return {"mosquitto", "-c", ANTIPHON_SOURCE_DIR "/broker-config/dev/mosquitto.conf", "-p",
          std::to_string(port)};
}

/// The limit first in even rounds and the product first in odd ones, so that neither always finds
/// the machine as the other left it.
void measure_depth(int round, int depth, const Options& options, const SharedCounts& counts,
                   Ceiling& ceiling, Product& product, Row& row) {
  const auto limit = [&] {
    tell(round, options, "bare round trips, " + std::to_string(depth) + " in flight");
    row.round_trips_per_second.push_back(
        ceiling.measure(depth, options.each(), counts->command_bytes));
  };
  if (round % 2 == 0) limit();
  tell(round, options, "stages, " + std::to_string(depth) + " in flight");
  const Throughput measured = product.measure(depth, options.each());
  row.stages_per_second.push_back(measured.stages_per_second);
  row.hq_cpu_us_per_stage.push_back(measured.hq_cpu_us_per_stage);
  if (round % 2 != 0) limit();
}

Figures measure(const Options& options, const std::string& self) {
  const test::TempDir folder;
  const int port = test::free_port();
  const std::string uri = "mqtt://127.0.0.1:" + std::to_string(port);
  Figures figures;
  figures.load_before = load_average();
  const test::ChildProcess broker(broker_command(port));
  const SharedCounts counts(folder / "counts");
  const test::ChildProcess far_end({self, play_flag, uri, (folder / "counts").string()});
  Ceiling ceiling(uri);
  Product product(options.program, uri, folder.path(), counts);
  Disk disk(folder.path());

  product.measure(1, Milliseconds(1000));  // wakes everything, and the sizes are known from it
  figures.command_bytes = counts->command_bytes;
  figures.reply_bytes = counts->reply_bytes;
  for (int round = 1; round <= options.rounds; ++round) {
    tell(round, options, "commits");
    figures.commits_per_second.push_back(disk.measure(options.each()));
    for (const int depth : options.depths) {
      measure_depth(round, depth, options, counts, ceiling, product, figures.by_depth[depth]);
    }
  }
  if (isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K";
  figures.repeats = counts->repeats;
  figures.load_after = load_average();
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == play_flag) {
    play_far_end(arguments[1], arguments[2]);
  }
  CLI::App app(
      "Durable remote stages a second, beside what the broker's request/reply and the disk "
      "allow.",
      "bench_stages");
  Options options;
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  watch_for_interrupts(longest(options));
  try {
    const Figures figures = measure(options, "/proc/self/exe");
    std::cout << (options.json ? to_json(figures) : to_table(figures));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "\nbench_stages: " << error.what() << '\n';
    return 1;
  }
}
