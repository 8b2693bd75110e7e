// SPDX-License-Identifier: MIT
// Bounds, circles, injection, and documents as trees of values.
#include "engine/expression/limits.hpp"

#include "engine/expression/evaluator.hpp"
#include "tests/support/texts.hpp"
#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

using antiphon::test::repeated;

std::string nested(int levels, const std::string& open, const std::string& close) {
  return "${{" + repeated(open, levels) + "1" + repeated(close, levels) + "}}";
}

TEST_CASE("expression: nesting ends at 64 levels, however many are written") {
  const std::string message = "more than 64 levels of nesting";
  for (const auto& [open, close] : std::vector<std::pair<std::string, std::string>>{
           {"(", ")"}, {"[", "]"}, {"$str(", ")"}, {"-", ""}, {"+", ""}, {"a(", ")"}}) {
    CAPTURE(open);
    CHECK(evaluated(nested(64, open, close)).has_value());
    CHECK(refused(nested(65, open, close)).find(message) != std::string::npos);
    CHECK(refused(nested(10'000, open, close)).find(message) != std::string::npos);
  }
  CHECK(evaluated(nested(64, "{", "} ")).has_value());
  CHECK(evaluated(nested(64, "1*(2-", ")")).has_value());
}

TEST_CASE("expression: a segment ends at 64 KiB") {
  const std::string longest(limits::expression_bytes, 'a');
  CHECK(evaluated("${{" + longest + "}}")->get<std::string>() == longest);
  CHECK(refused("x ${{" + longest + "a}}") ==
        "field, column 6: an expression of 65537 bytes, more than 65536");
  CHECK(evaluated(longest + longest) == core::Value(longest + longest));
  CHECK(refused("${{" + std::string(100'000, '(') + "}}").find("more than 65536") !=
        std::string::npos);
}

TEST_CASE("expression: evaluation ends at 10,000 steps") {
  CHECK(evaluated("${{1" + repeated("+1", 9'998) + "}}") == core::Value(9'999));
  CHECK(refused("${{1" + repeated("+1", 10'000) + "}}") ==
        "field, column 20002: more than 10000 evaluation steps");
}

TEST_CASE("expression: references that multiply end at 10,000 steps") {
  core::Value inputs{{"a0", 1}};
  for (int i = 1; i <= 40; ++i) {
    const std::string before = "$input(a" + std::to_string(i - 1) + ")";
    inputs["a" + std::to_string(i)] = "${{" + before + "+" + before + "}}";
  }
  const auto context = core::Value{{"inputs", inputs}}.dump();
  CHECK(evaluated("${{$input(a10)}}", context) == core::Value(1024));
  CHECK(refused("${{$input(a40)}}", context).find("more than 10000 evaluation steps") !=
        std::string::npos);
}

TEST_CASE("expression: each leaf of a list or map has its own steps") {
  const std::string text = "${{1" + repeated("+1", 6'000) + "}}";
  CHECK(evaluated(core::Value{text, text}) == core::Value{6'001, 6'001});
  CHECK(evaluated(core::Value{{"a", text}, {"b", text}})->at("b") == 6'001);
}

TEST_CASE("expression: references are followed 64 levels deep") {
  core::Value inputs{{"a0", "end"}};
  for (int i = 1; i <= 100; ++i) {
    inputs["a" + std::to_string(i)] = "${{$input(a" + std::to_string(i - 1) + ")}}";
  }
  const auto context = core::Value{{"inputs", inputs}}.dump();
  CHECK(evaluated("${{$input(a63)}}", context) == core::Value("end"));
  CHECK(refused("${{$input(a64)}}", context).find("more than 64 levels of nesting in references") !=
        std::string::npos);
}

TEST_CASE("expression: long expressions that refer to one another stay within the stack") {
  core::Value inputs{{"a0", "1"}};
  for (int i = 1; i <= 60; ++i) {
    inputs["a" + std::to_string(i)] = "${{" + repeated("[", 60) + "$input(a" +
                                      std::to_string(i - 1) + ")" + repeated("]", 60) + "}}";
  }
  const auto context = core::Value{{"inputs", inputs}}.dump();
  CHECK(refused("${{$input(a60)}}", context).find("nested too deep") != std::string::npos);
}

TEST_CASE("expression: a value ends at 1 MiB") {
  const std::string half(limits::result_bytes / 2, 'x');
  const auto context = core::Value{{"value", half}}.dump();
  CHECK(evaluated("${{$val()+$val()}}", context)->get_ref<const std::string&>().size() ==
        limits::result_bytes);
  const auto list = core::Value{{"value", {half, half}}}.dump();
  for (const auto& [text, scope] : std::vector<std::pair<std::string, std::string>>{
           {"${{$val()+$val()+1}}", context},
           {"${{$val().$val()}}", context},
           {"${{$val()}}${{$val()}}!", context},
           {"${{$val() x $val() x a}}", context},
           {"${{$base64encode($val()+$val())}}", context},
           {"${{[$val()+$val()]}}", context},
           {"${{$val()}}", list},
           {"${{$val() x $val()}}", list},
           {"${{$json($val())}}", list}}) {
    CAPTURE(text);
    CHECK(refused(text, scope).find("larger than 1 MiB") != std::string::npos);
  }
}

TEST_CASE("expression: quotes that never close are looked for once") {
  // Quadratic scanning of this text takes minutes.
  const std::string escaped = repeated(R"(\')", 500'000);
  CHECK(evaluated("${{" + escaped)->get_ref<const std::string&>().size() == 1'000'003);
  CHECK(compile(repeated(R"(${{\'}})", 100'000), "f").has_value());
}

TEST_CASE("expression: an input that leads back to itself is an error with its names") {
  struct Circle {
    std::string context;
    std::string message;
  };
  for (const Circle& one : std::vector<Circle>{
           {R"({"inputs":{"a":"${{$input(a)}}"}})",
            "inputs.a, column 4: $input: circular reference: inputs.a -> inputs.a"},
           {R"({"inputs":{"a":"x ${{$input(b)}}","b":["${{$input(c)}}"],"c":"${{$input(a)}}"}})",
            "inputs.c, column 4: $input: circular reference: inputs.a -> inputs.b -> inputs.c -> "
            "inputs.a"},
           {R"({"inputs":{"a":"${{$property(p)}}"},"properties":{"p":"${{$input(a)}}"}})",
            "properties.p, column 4: $input: circular reference: inputs.a -> properties.p -> "
            "inputs.a"},
           {R"({"inputs":{"a":"${{$input(b)}}","b":"${{$input(b)}}"}})",
            "inputs.b, column 4: $input: circular reference: inputs.b -> inputs.b"}}) {
    CHECK(refused("${{$input(a)}}", one.context) == one.message);
  }
  CHECK(evaluated("${{$input(a)+$input(a)}}", R"({"inputs":{"a":"${{$input(b)}}","b":2}})") ==
        core::Value(4));
}

/// A Template of somebody else's.
class Foreign final : public core::Template {
 public:
  core::Result<core::Value> evaluate(const core::Scope& scope) const override {
    return core::Value(scope.trigger == nullptr ? "${{1}}" : "bad scope");
  }
};

TEST_CASE("expression: raw inputs may be templates of another kind") {
  core::TemplateMap raw;
  raw.emplace("a", std::make_shared<Foreign>());
  core::Scope scope;
  scope.raw_inputs = &raw;
  CHECK((*compile("${{$input(a)}}", "f"))->evaluate(scope) == core::Value("${{1}}"));
}

TEST_CASE("expression: data that looks like an expression stays text wherever it goes") {
  const std::string evil = "${{$secret(a,b)}}";
  const core::Value data{{"k", evil}};
  const auto context =
      core::Value{{"outputs", {{"s", {{"k", evil}}}}},
                  {"triggers", data},
                  {"value", data},
                  {"payload", data},
                  {"topic", "a/" + evil},
                  {"inputs", {{"o", "${{$output(s,k)}}"}, {"t", "${{$trigger(k,'')}}"}}},
                  {"properties", {{"v", "${{$val(k)}}"}}}}
          .dump();
  for (const char* read :
       {"$output(s,k)", "$trigger(k,'')", "$val(k)", "$context(k)", "$payload(k)", "$topic(2)",
        "$input(o)", "$input(t)", "$property(v)", "$if(true,$val(k),x)", "$str($payload(k))",
        "$val(k)+''", "$trigger(none,$val(k))", "$base64decode($base64encode($val(k)))"}) {
    CAPTURE(read);
    CHECK(evaluated(std::string("${{") + read + "}}", context) == core::Value(evil));
  }
  CHECK(evaluated("<${{$val(k)}}${{1}}>", context) == core::Value("<" + evil + "1>"));
  CHECK(evaluated("${{'${'}}{{1}}") == core::Value("${{{1}}"));
}

TEST_CASE(
    "expression: a document's lists and maps are walked leaf by leaf, keys are no expressions") {
  const core::Value raw{
      {"${{1}}", "${{1+1}}"},
      {"list", {"${{$val()}}", "text ${{2}}", 3, nullptr, true, {{"deep", "${{a}}"}}}},
      {"plain", {{"a", 1}}},
      {"folded", {"${{abc}}", "x"}}};
  const core::Value expected{{"${{1}}", 2},
                             {"list", {9, "text 2", 3, nullptr, true, {{"deep", "a"}}}},
                             {"plain", {{"a", 1}}},
                             {"folded", {"abc", "x"}}};
  CHECK(evaluated(raw, R"({"value":9})") == expected);
  CHECK(evaluated(core::Value::array()) == core::Value::array());
  CHECK(evaluated(core::Value::object()) == core::Value::object());
  CHECK(evaluated(nullptr) == core::Value());
  CHECK(evaluated(2.5) == core::Value(2.5));
}

TEST_CASE("expression: an error within a list or map is named by its path") {
  const core::Value list{{"a", {1, "${{$x()}}"}}, {"d", "fine ${{1}}"}};
  CHECK(compile(list, "spec.config").error().message ==
        "spec.config.a[1], column 4: unknown function $x");
  const core::Value map{{"b", {{"c", "é${{(}}"}}}};
  CHECK(compile(map, "spec.config").error().message ==
        "spec.config.b.c, column 6: '(' of column 5 is not closed: expected ')', found the end");
}

TEST_CASE("expression: documents nested beyond JSON's bound are refused") {
  core::Value raw = "${{1}}";
  for (int i = 0; i < 200; ++i) raw = core::Value::array({std::move(raw)});
  CHECK(refused(raw).find("more than 64 levels of lists and maps") != std::string::npos);
}

TEST_CASE("expression: one template serves many scopes") {
  const auto compiled = *compile("${{$val()*2}}", "f");
  for (int i = 0; i < 3; ++i) {
    const core::Value value = i;
    core::Scope scope;
    scope.value = &value;
    CHECK(compiled->evaluate(scope) == core::Value(2 * i));
  }
}

TEST_CASE("expression: a context of JSON names what it does not know") {
  struct Wrong {
    std::string context;
    std::string message;
    std::string hint;
  };
  for (const Wrong& one : std::vector<Wrong>{
           {R"({"input":{}})", "context: unknown key 'input'", "did you mean 'inputs'?"},
           {R"({"zzzzzz":{}})", "context: unknown key 'zzzzzz'",
            "inputs, outputs, triggers, value, properties, payload, topic, secrets, config, "
            "deployment, sites, now, seed"},
           {"[]", "the context is no JSON object", ""},
           {R"({"inputs":[]})", "context: 'inputs' is no object", ""},
           {R"({"properties":"x"})", "context: 'properties' is no object", ""},
           {R"({"triggers":null})", "context: 'triggers' is no object", ""},
           {R"({"outputs":1})", "context: 'outputs' is no object", ""},
           {R"({"outputs":{"s":1}})", "context: 'outputs.s' is no object", ""},
           {R"({"topic":1})", "context: 'topic' is no text", ""},
           {R"({"secrets":1})", "context: 'secrets' is no object", ""},
           {R"({"config":{"o":1}})", "context: 'config.o' is no object", ""},
           {R"({"deployment":1})", "context: 'deployment' is no object", ""},
           {R"({"deployment":{"params":1}})", "context: 'deployment.params' is no object", ""},
           {R"({"sites":{}})", "context: 'sites' is no list", ""},
           {R"({"sites":[{"name":"a","labels":{"x":1}}]})",
            "context: an item of 'sites' is no object of name, online and labels", ""},
           {R"({"now":1})", "context: 'now' is no text", ""},
           {R"({"seed":"x"})", "context: 'seed' is no whole number", ""}}) {
    CAPTURE(one.context);
    const auto made = JsonContext::make(core::Value::parse(one.context));
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error() == core::Error{400, one.message, one.hint});
  }
  const auto broken = JsonContext::make(core::Value::parse(R"({"inputs":{"a":"${{$x()}}"}})"));
  CHECK(broken.error().message == "inputs.a, column 4: unknown function $x");
}

TEST_CASE("expression: a context of JSON may be moved") {
  auto made = JsonContext::make(core::Value::parse(R"({"value":{"a":1},"inputs":{"b":2}})"));
  const JsonContext moved = std::move(*made);
  CHECK((*compile("${{$val(a)+$input(b)}}", "f"))->evaluate(moved.scope()) == core::Value(3));
}

}  // namespace
}  // namespace antiphon::expression
