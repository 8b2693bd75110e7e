// SPDX-License-Identifier: MIT
// What an expression can give, and what it reads, without a run.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/expression/compile.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/possible.hpp"

namespace antiphon::expression {
namespace {

core::TemplatePtr compiled(const core::Value& raw) {
  auto made = compile(raw, "f");
  REQUIRE_MESSAGE(made.has_value(), raw.dump());
  return *made;
}

/// The values as JSON, behind them "?" if there can be others.
std::string shown(const Possible& possible) {
  std::string text;
  for (const core::Value& value : possible.known) text += (text.empty() ? "" : " ") + value.dump();
  if (possible.others) text += text.empty() ? "?" : " ?";
  return text;
}

core::TemplateMap stage_inputs() {
  return {{"way", compiled("${{$if($trigger(fast, ''), quick, slow)}}")},
          {"self", compiled("${{$input(self)}}")},
          {"list", compiled(core::Value::array({"${{$trigger(a, b)}}"}))}};
}

struct Guessed {
  const char* text;
  const char* values;
};

}  // namespace

TEST_CASE(
    "expression: what a text can become is known without a run, as far as it is written out") {
  const core::TemplateMap inputs = stage_inputs();
  const std::vector<Guessed> rows{
      {"deploy", R"("deploy")"},
      {"", R"("")"},
      {"${{ }}", "null"},
      {"${{$if($lt($output(a, n), 5), a, '')}}", R"("a" "")"},
      {"${{$if($equal($output(a, n), 1), a, $if($gt($output(a, n), 2), b, c))}}", R"("a" "b" "c")"},
      {"${{$if($equal(1, 1), a, b)}}", R"("a")"},
      {"${{$if(false, a, b)}}", R"("b")"},
      {"${{$if($not($in($output(a, n), 1, 2)), a, a)}}", R"("a")"},
      {"${{$if($trigger(x, y), a, b)}}", R"("a" "b")"},
      {"${{$output(a, next)}}", "?"},
      {"${{$trigger(next, finish)}}", R"("finish" ?)"},
      {"${{$and($output(a, x), true)}}", "true false"},
      {"step-${{$if($output(a, x), 1, 2)}}", R"("step-1" "step-2")"},
      {"${{step + '-' + $if($output(a, x), one, two)}}", R"("step-one" "step-two")"},
      {"${{$if($output(a, x), 1, 2) + 1}}", "?"},
      {"${{a-b}}", R"("a-b")"},
      {"${{1 + 2}}", "3"},
      {"${{$str(1 + 2)}}", R"("3")"},
      {"${{$str($if($output(a, x), 1, two))}}", R"("1" "two")"},
      {"${{$input(way)}}", R"("quick" "slow")"},
      {"to-${{$input(way)}}", R"("to-quick" "to-slow")"},
      {"${{$input(__stage)}}", "?"},
      {"${{$input(self)}}", "?"},
      {"${{$input(list)}}", "?"},
      {"${{$gt(a, 1)}}", ""},
      {"${{$if($gt(a, 1), x, y)}}", ""},
  };
  for (const Guessed& row : rows) {
    CAPTURE(row.text);
    CHECK(shown(possible_values(*compiled(row.text), &inputs)) == row.values);
  }
  CHECK(shown(possible_values(*compiled("${{$input(way)}}"), nullptr)) == "?");
}

TEST_CASE("expression: of very many possible values the first ones are known") {
  std::string text;
  for (int i = 0; i < 8; ++i) text += "${{$if($trigger(x, y), a, b)}}";
  const Possible values = possible_values(*compiled(text), nullptr);
  CHECK(values.known.size() == limits::possibilities);
  CHECK(values.others);
}

TEST_CASE(
    "expression: every call of some functions is found in a value, with what its arguments can "
    "be") {
  const auto value =
      compiled(core::Value{{"a", "x ${{$output($if($trigger(q, ''), one, two), val)}}"},
                           {"b", core::Value::array({"${{$equal($trigger(n, ''), -$input(k))}}"})},
                           {"c", "plain"}});
  std::string found;
  each_call(*value, nullptr, {"output", "trigger", "equal"}, [&](const CallSite& call) {
    found += std::string(call.field) + ":" + std::to_string(call.column) + " " +
             std::string(call.within) + ">" + std::string(call.function) + "(";
    for (const Possible& argument : call.arguments) found += "[" + shown(argument) + "]";
    found += ")\n";
  });
  CHECK(found == R"(f.a:6 >output(["one" "two"]["val"])
f.a:18 if>trigger(["q"][""])
f.b[0]:4 >equal(["" ?][?])
f.b[0]:11 equal>trigger(["n"][""])
)");
}

}  // namespace antiphon::expression
