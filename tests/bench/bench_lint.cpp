// SPDX-License-Identifier: MIT
// Benchmark: loading campaigns and looking them through, as `antiphon lint` and every `apply` do.
// Prints a table; --benchmark_format=json for programs. Never fails on a time.
#include <benchmark/benchmark.h>

#include <string>

#include "engine/campaign/lint.hpp"
#include "engine/stages/registry.hpp"

namespace {

using namespace antiphon;

/// One stage as people write them: work on sites, outputs of the stage before, a loop in every
/// tenth, an error handler for all.
std::string stage(int number, int count) {
  const std::string name = "stage-" + std::to_string(number);
  const std::string before = "stage-" + std::to_string(number == 0 ? 0 : number - 1);
  const std::string next = number + 1 == count ? "''" : "stage-" + std::to_string(number + 1);
  const std::string loop = number % 10 == 9 ? before : "repair";
  std::string text = "    " + name +
                     ":\n"
                     "      provider: providers.stage.remote\n"
                     "      contexts: [tokyo, osaka, kyoto]\n"
                     "      timeout: 10m\n"
                     "      config:\n"
                     "        script: install-release.sh\n"
                     "      inputs:\n"
                     "        operation: script\n"
                     "        version: ${{$trigger(version, none)}}\n";
  if (number > 0) text += "        done: ${{$output(" + before + ", __succeeded)}}\n";
  return text + "        note: release ${{$trigger(version, none)}} in ${{$input(version)}}\n" +
         "      stageSelector: ${{$if($equal($output(" + name + ", __failed), 0), " + next + ", " +
         loop + ")}}\n";
}

std::string campaign_of(int count) {
  std::string text =
      "apiVersion: workflow.symphony/v1\n"
      "kind: CampaignVersion\n"
      "metadata: {name: large-v-v1}\n"
      "spec:\n"
      "  firstStage: stage-0\n"
      "  stages:\n";
  for (int number = 0; number < count; ++number) text += stage(number, count);
  return text + "    repair: {provider: mock, handleErrors: true}\n";
}

void finish(benchmark::State& state, const std::string& text, bool good) {
  if (!good) state.SkipWithError("the campaign is none");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void load(benchmark::State& state) {
  const std::string text = campaign_of(static_cast<int>(state.range(0)));
  const core::Providers providers = stages::standard_providers();
  bool good = true;
  for (auto _ : state) good = campaign::load(text, "large.yaml", providers).has_value() && good;
  finish(state, text, good);
}

void load_and_lint(benchmark::State& state) {
  const std::string text = campaign_of(static_cast<int>(state.range(0)));
  const core::Providers providers = stages::standard_providers();
  bool good = true;
  for (auto _ : state) {
    const auto linted = campaign::load_and_lint(text, "large.yaml", providers);
    good = good && linted.has_value();
    if (good) state.counters["warnings"] = static_cast<double>(linted->warnings.size());
  }
  finish(state, text, good);
}

BENCHMARK(load)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(load_and_lint)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
