// SPDX-License-Identifier: MIT
// What holds for every expression, on generated ones: no crash, limits, the same result twice, data
// that stays data, paths that lead back to where they were made. A failure prints the RC_PARAMS
// that repeat it.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/sealed.hpp"
#include "engine/expression/compile.hpp"
#include "engine/expression/json_context.hpp"
#include "engine/expression/json_path.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/render.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression {
namespace {

namespace gen = rc::gen;
using core::Value;

template <class Property>
bool holds(const std::string& what, Property&& property) {
  return rc::check("expression: " + what, std::forward<Property>(property));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += part;
  return all;
}

const Value& context() {
  static const Value value = Value::parse(R"json({
      "inputs": {"a": 1, "b": "${{$input(a)+1}}", "c": "${{$input(d)}}", "d": "${{$input(c)}}",
                 "l": [1, "x", null]},
      "outputs": {"s": {"n": 2.5, "o": {"k": [true]}}}, "triggers": {"t": "${{$secret(a,b)}}"},
      "value": {"a": [1, {"b": "c"}], "n": null}, "payload": [{"p": "q"}], "topic": "x/y",
      "properties": {"p": "${{$property(p)}}"}, "config": {"a": {"b": 1}}, "seed": 1,
      "sites": [{"name": "oslo", "labels": {"r": "eu"}}], "now": "2026-01-01T00:00:00Z"})json");
  return value;
}

core::Result<Value> evaluate(const core::Template& compiled) {
  return compiled.evaluate(JsonContext::make(context())->scope());
}

rc::Gen<std::string> operand() {
  return gen::element<std::string>(
      "1", "2", "0", "9223372036854775807", "a", "b", "s", "n", "true", "false", "'x y'", "''",
      "\"q\"", "'$.a[*]'", "'$..b'", R"('$[?(@.p=="q" || @.b=~"^c")]')", "'r=eu'", "$input(a)",
      "$input(b)", "$input(c)", "$input(l)", "$output(s,n)", "$output(s,o)", "$trigger(t,1)",
      "$val()", "$val('$.a')", "$payload()", "$topic(1)", "$property(p)", "$uuid()", "$now()");
}

/// A call of any function, whether the number of arguments is right or not.
std::string call(const std::string& name, const std::vector<std::string>& arguments) {
  std::string text = "$" + name + "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ",") + arguments[i];
  return text + ")";
}

rc::Gen<std::string> function_name() {
  return gen::element<std::string>("equal", "gt", "le", "between", "and", "not", "if", "in", "str",
                                   "json", "jsonpath", "base64encode", "base64decode", "config",
                                   "sites", "len", "keys", "sum", "min", "all", "first", "join",
                                   "default", "coalesce", "val", "input", "nope");
}

rc::Gen<std::string> grown(int depth) {
  if (depth == 0) return operand();
  const auto inner = grown(depth - 1);
  return gen::oneOf(operand(),
                    gen::apply([](const std::string& a, const std::string& sign,
                                  const std::string& b) { return a + sign + b; },
                               inner,
                               gen::element<std::string>("+", "-", "*", "/", ".", ":", "?", "=",
                                                         "&", "~", "\\", ",", " ", ")", "]"),
                               inner),
                    gen::apply([](const std::string& open, const std::string& a,
                                  const std::string& close) { return open + a + close; },
                               gen::element<std::string>("(", "[", "{", "-", "+", "x("), inner,
                               gen::element<std::string>(")", "]", "} ", "")),
                    gen::apply(call, function_name(),
                               gen::resize(4, gen::container<std::vector<std::string>>(inner))));
}

rc::Gen<std::string> any_text() {
  const auto piece = gen::oneOf(
      gen::element<std::string>("${{", "}}", "$", "(", ")", "[", "]", "{", "}", "'", "\"", "`",
                                "\\", "@", "?", "*", "..", "=~", "&&", "ä", "温", "\n"),
      operand(), gen::container<std::string>(gen::inRange(' ', '~')));
  return gen::map(gen::container<std::vector<std::string>>(piece), joined);
}

/// What has to hold for whatever stands in a document.
void check_text(const std::string& text) {
  const auto compiled = compile(text, "field");
  if (!compiled) {
    RC_ASSERT((compiled.error().status == 1000));
    return;
  }
  const auto result = evaluate(**compiled);
  RC_ASSERT((result == evaluate(**compiled)));
  if (!result) {
    RC_ASSERT((result.error().status == 1000));
    RC_ASSERT(is_valid_utf8(result.error().message));
  } else {
    RC_ASSERT(is_valid_utf8(to_text(*result)));
    RC_ASSERT(!is_larger_than(*result, limits::result_bytes));
  }
}

rc::Gen<Value> json(int depth) {
  const auto scalar = gen::oneOf(gen::map(gen::arbitrary<int>(), [](int n) { return Value(n); }),
                                 gen::map(gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
                                 gen::map(gen::container<std::string>(gen::inRange(' ', '~')),
                                          [](const std::string& s) { return Value(s); }),
                                 gen::just(Value(2.5)), gen::just(Value(3.0)), gen::just(Value()));
  if (depth == 0) return scalar;
  const auto inner = json(depth - 1);
  const auto key = gen::nonEmpty(gen::container<std::string>(gen::inRange(' ', '~')));
  return gen::oneOf(
      scalar,
      gen::map(gen::resize(4, gen::container<std::vector<Value>>(inner)),
               [](const std::vector<Value>& items) { return Value(items); }),
      gen::map(gen::resize(4, gen::container<std::map<std::string, Value>>(key, inner)),
               [](const std::map<std::string, Value>& members) { return Value(members); }));
}

std::string quoted(const std::string& key) {
  std::string text = "['";
  for (const char c : key) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "']";
}

/// Each place within the value is found by the path that names it.
void check_places(const Value& root, const Value& here, const std::string& path) {
  int visits = limits::visits;
  auto found = JsonPath::parse(path)->find(root, visits);
  Value expected = here;
  normalise(expected);
  RC_ASSERT((found == expected));
  for (std::size_t i = 0; here.is_array() && i < here.size(); ++i) {
    check_places(root, here[i], path + "[" + std::to_string(i) + "]");
  }
  if (!here.is_object()) return;
  for (const auto& [key, value] : here.items()) check_places(root, value, path + quoted(key));
}

TEST_CASE("expression: whatever a segment holds, it is evaluated alike each time, or refused") {
  CHECK(holds("grown", [] { check_text("${{" + *grown(4) + "}}"); }));
  CHECK(holds("any text", [] { check_text(*any_text()); }));
  CHECK(holds("any segment", [] { check_text("${{" + *any_text() + "}}"); }));
}

TEST_CASE("expression: text without a segment, and data, come back as they are") {
  CHECK(holds("data", [] {
    const std::string text = *any_text();
    const Value data{{"k", text}};
    core::Scope scope;
    scope.trigger = &data;
    scope.value = &data;
    scope.payload = &data;
    for (const char* read :
         {"${{$trigger(k,'')}}", "${{$val(k)}}", "${{$payload('$.k')}}", "${{$jsonpath($val(),k)}}",
          "${{$val(k)+''}}", "${{$val(k)}}${{''}}"}) {
      RC_ASSERT((*compile(read, "field"))->evaluate(scope) == Value(text));
    }
    if (text.find("${{") != std::string::npos) return;
    RC_ASSERT((*compile(text, "field"))->evaluate(scope) == Value(text));
  }));
}

TEST_CASE("expression: a value names no secret but those that its own text names") {
  static const core::Sealing sealing;
  CHECK(holds("secrets", [] {
    const bool own = *gen::arbitrary<bool>();
    const std::string inner = *grown(3) + (own ? *gen::element<std::string>("+", " ", ",") : "") +
                              (own ? "$secret(vault,key)" : "");
    const std::string name = *function_name();
    const std::string text = "${{" + (*gen::arbitrary<bool>() ? call(name, {inner}) : inner) + "}}";
    const auto compiled = compile(text, "field");
    if (!compiled) return;
    // Data that says all that a secret could be known by.
    const Value names{{"object", "other"}, {"field", "secret"}};
    const Value data{{"t", "${{$secret(other,secret)}}"},
                     {"a", {names, {{"bytes", {91, 93}}}}},
                     {"secrets", {{{"at", "/value"}, {"parts", {names}}}}}};
    core::Scope scope;
    scope.secrets = &sealing;
    scope.trigger = scope.inputs = scope.value = scope.payload = &data;
    auto result = (*compiled)->evaluate(scope);
    if (!result) return;
    for (const Value& taken : core::take_sealed(*result)) {
      RC_ASSERT(own);
      for (const Value& part : taken.at("parts")) {
        RC_ASSERT((part.is_string() || part == Value{{"object", "vault"}, {"field", "key"}}));
      }
    }
  }));
}

TEST_CASE("expression: every place of a value is found by its path") {
  CHECK(holds("places", [] {
    const Value root = *json(3);
    check_places(root, root, "$");
  }));
}

TEST_CASE("expression: whole numbers are calculated as int64, or as a float where they overflow") {
  CHECK(holds("numbers", [](std::int64_t a, std::int64_t b) {
    const Value data{{"a", a}, {"b", b}};
    core::Scope scope;
    scope.value = &data;
    const auto result = (*compile("${{$val(a)+$val(b)}}", "field"))->evaluate(scope);
    std::int64_t sum = 0;
    const bool over = __builtin_add_overflow(a, b, &sum);
    RC_ASSERT((result->is_number_float() == over));
    if (!over) RC_ASSERT((*result == sum));
    const auto less = (*compile("${{$lt($val(a),$val(b))}}", "field"))->evaluate(scope);
    RC_ASSERT((less == Value(a < b)));
  }));
}

}  // namespace
}  // namespace antiphon::expression
