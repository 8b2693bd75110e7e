// SPDX-License-Identifier: MIT
// Benchmark: parsing and evaluating expressions, as a stage does it: parsed once, then evaluated in
// a scope, with the allocations of each. Prints a table; --benchmark_format=json for programs.
// Never fails on a time.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/expression/compile.hpp"
#include "engine/expression/json_context.hpp"
#include "tests/bench/allocations.hpp"

namespace {

using antiphon::core::TemplatePtr;
using antiphon::core::Value;
using antiphon::expression::compile;
using antiphon::expression::JsonContext;

struct Case {
  const char* name;
  std::string text;
};

/// About as long as generated documents have them: a chain of calls, operators and quoted text.
std::string one_kib() {
  const std::string piece = "$if($gt($output(counter,val),3),$trigger(site,'none'),'a-'+5*2)+'/'+";
  std::string text = "${{";
  while (text.size() + piece.size() <= 1020) text += piece;
  return text + "'" + std::string(1024 - text.size() - 4, 'x') + "'}}";
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"literal number", "${{42}}"},
      {"literal text", "rolled out"},
      {"literal long text", std::string(100, 'x')},
      {"one function", "${{$output(counter,val)}}"},
      {"loop condition", "${{$if($lt($output(counter,val), 20), counter, '')}}"},
      {"text with two parts", "https://${{$trigger(site,'none')}}/api"},
      {"JSONPath", R"(${{$val('$.items[?(@.name=="b")].port')}})"},
      {"1 KiB expression", one_kib()},
  };
  return all;
}

JsonContext context() {
  return *JsonContext::make(Value::parse(R"({
      "outputs": {"counter": {"val": 7}},
      "triggers": {"site": "tokyo"},
      "value": {"items": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]}})"));
}

/// Allocations of one turn, beside its time.
void count_allocations(benchmark::State& state, std::int64_t before) {
  const auto made = static_cast<double>(antiphon::bench::allocations() - before);
  state.counters["allocations"] = made / static_cast<double>(state.iterations());
}

void parse(benchmark::State& state, const Value& text) {
  const std::int64_t before = antiphon::bench::allocations();
  for (auto _ : state) benchmark::DoNotOptimize(compile(text, "spec.stages.a.inputs.b"));
  count_allocations(state, before);
}

void evaluate(benchmark::State& state, const Value& text) {
  const TemplatePtr parsed = *compile(text, "spec.stages.a.inputs.b");
  const JsonContext scope = context();
  if (const auto value = parsed->evaluate(scope.scope()); !value) {
    state.SkipWithError(value.error().message.c_str());
  }
  const std::int64_t before = antiphon::bench::allocations();
  for (auto _ : state) benchmark::DoNotOptimize(parsed->evaluate(scope.scope()));
  count_allocations(state, before);
}

}  // namespace

int main(int argc, char** argv) {
  for (const Case& one : cases()) {
    const std::string name = one.name;
    const Value text = one.text;
    benchmark::RegisterBenchmark(("evaluate: " + name).c_str(),
                                 [text](benchmark::State& state) { evaluate(state, text); });
    benchmark::RegisterBenchmark(("parse: " + name).c_str(),
                                 [text](benchmark::State& state) { parse(state, text); });
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
