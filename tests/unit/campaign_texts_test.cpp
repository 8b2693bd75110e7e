// SPDX-License-Identifier: MIT
// YAML and JSON as texts: what scalars mean, what is refused, and that no text can hurt.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/core/limits.hpp"
#include "tests/support/texts.hpp"
#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

using antiphon::test::repeated;

/// The activation inputs that a YAML text stands for, as JSON; or the problems.
std::string inputs_of(const std::string& yaml) {
  const std::string outcome = test::outcome_of("spec:\n  campaign: a\n  inputs:\n" + yaml);
  const auto at = outcome.find(" with ");
  return at == std::string::npos ? outcome : outcome.substr(at + 6);
}

}  // namespace

TEST_CASE("campaign: a plain YAML scalar is what YAML 1.2's core schema says") {
  const std::vector<std::pair<std::string, std::string>> scalars{
      {"null", "null"},
      {"~", "null"},
      {"", "null"},
      {"true", "true"},
      {"FALSE", "false"},
      {"yes", "\"yes\""},
      {"off", "\"off\""},
      {"n", "\"n\""},
      {"0", "0"},
      {"-12", "-12"},
      {"+5", "5"},
      {"007", "\"007\""},
      {"-01", "\"-01\""},
      {"00.5", "\"00.5\""},
      {"0.5", "0.5"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {"0b1", "\"0b1\""},
      {"0xZ", "\"0xZ\""},
      {"1_000", "\"1_000\""},
      {"1.0", "1"},
      {"2.50", "2.5"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e3", "1000"},
      {"1E-2", "0.01"},
      {"1e", "\"1e\""},
      {"-", "\"-\""},
      {"1.2.3", "\"1.2.3\""},
      {"12:30", "\"12:30\""},
      {"-0.0", "0"},
      {"1e-999", "0"},
      {"2026-01-31", "\"2026-01-31\""},
      {"'1'", "\"1\""},
      {"\"true\"", "\"true\""},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9.223372036854776e+18"},
      {"0xFFFFFFFFFFFFFFFF", "1.8446744073709552e+19"},
      {"9007199254740993.0", "9007199254740992"},
  };
  for (const auto& [text, value] : scalars) {
    CAPTURE(text);
    const std::string item = text == "-" ? "    x: '-'" : "    x: " + text;
    CHECK(inputs_of(item) == "{\"x\":" + value + "}");
  }
}

TEST_CASE("campaign: numbers mean the same in JSON") {
  const std::vector<std::pair<std::string, std::string>> numbers{
      {"1.0", "1"},
      {"-0", "0"},
      {"1e3", "1000"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615", "1.8446744073709552e+19"},
      {"99999999999999999999", "1e+20"},
  };
  for (const auto& [text, value] : numbers) {
    CAPTURE(text);
    CHECK(test::outcome_of(R"({"spec":{"campaign":"a","inputs":{"x":)" + text + "}}}") ==
          "activation default/ of a: from '' with {\"x\":" + value + "}");
  }
}

TEST_CASE("campaign: aliases and merge keys are expanded, a map's own keys win") {
  CHECK(inputs_of("    base: &b {x: 1, y: 2}\n    list: &l [*b, 3]\n    own: {<<: *b, y: 5}\n"
                  "    first: {<<: [{x: 7}, *b], z: *l}\n    quoted: {\"<<\": 1}\n") ==
        R"({"base":{"x":1,"y":2},"first":{"x":7,"y":2,"z":[{"x":1,"y":2},3]},)"
        R"("list":[{"x":1,"y":2},3],"own":{"x":1,"y":5},"quoted":{"<<":1}})");
  CHECK(inputs_of("    a: &x 1\n    b: &x 2\n    c: *x\n") == R"({"a":1,"b":2,"c":2})");
  CHECK(test::outcome_of("x: &k {name: a}\nmetadata: *k\nspec:\n") ==
        "1:1: x: unknown field 'x' (known here: apiVersion, kind, metadata, spec, status)");
}

TEST_CASE("campaign: YAML that means something else than it seems is refused") {
  const std::string head = "spec:\n  campaign: a\n  inputs:\n";
  test::check_problems({
      {head + "    a: 1\n    b: {c: 2, d: 3, c: 4}\n    a: 5\n",
       "5:21: spec.inputs.b.c: key 'c' is given twice, first in line 5\n"
       "6:5: spec.inputs.a: key 'a' is given twice, first in line 4"},
      {head + "    a: !!str 5\n    b: !secret [1]\n    c: ! 'x'\n",
       "4:8: spec.inputs.a: YAML tags are not accepted (leave the '!...' out)\n"
       "5:8: spec.inputs.b: YAML tags are not accepted (leave the '!...' out)\n"
       "6:8: spec.inputs.c: YAML tags are not accepted (leave the '!...' out)"},
      {head + "    ? [a]\n    : 1\n", "4:7: spec.inputs: a key must be text, not a list or a map"},
      {head + "    null: 1\n",
       "4:5: spec.inputs['']: a key must be text, not null (put it in quotes)"},
      {head + "    a: &x 1\n    *x : 2\n", "5:5: spec.inputs: an alias cannot be a key"},
      {head + "    a: &x [*x]\n", "4:12: spec.inputs.a[0]: an alias leads to what it is part of"},
      {head + "    a: {<<: 5}\n",
       "4:9: spec.inputs.a['<<']: merge key '<<' wants a map or a list of maps, got the number 5"},
      {head + "    a: \"x\n    b: 1\n", "4:8: spec.inputs.a: this quote is never closed"},
      {head + "    a: 'it''s\n", "4:8: spec.inputs.a: this quote is never closed"},
      {"- a\nspec: {campaign: a}\n",
       "1:1: a document is a map, this is a list\n"
       "2:1: this does not belong to the document before, and no '---' begins a new one"},
      {"spec: {campaign: a}\nkind: [x\n",
       "3:1: kind[1]: this is no YAML: end of sequence flow not found"},
      {"spec:\n\tcampaign: a\n", "2:10: this is no YAML: illegal map value"},
      {head + "    a: *nope\n",
       "4:8: spec.inputs.a: this is no YAML: the referenced anchor is not defined"},
      {head + "    ü: é\n    é: *nope\n",
       "5:8: spec.inputs['é']: this is no YAML: the referenced anchor is not defined"},
      {head + "    a: \"\\ud83d\\ude00\"\n",
       "4:15: spec.inputs.a: this is no YAML: invalid unicode: 55357"},
  });
}

TEST_CASE("campaign: JSON is read as JSON, with places") {
  const std::string hint = " (a text that begins with '{' or '[' is read as JSON)";
  CHECK(test::problems_of("{\n \"metadata\": {\"name\": \"a\", \"name\": \"b\"},\n \"spec\": {}, "
                          "\"spec\": null\n}") ==
        "2:28: metadata.name: key 'name' is given twice, first in line 2\n"
        "3:14: spec: key 'spec' is given twice, first in line 3");
  CHECK(test::problems_of("{\"kind\": \"Activation\", \"metadata\": {\"name\": 5},\n \"spec\" : "
                          "{\"é\":[ 1 ,true], \"x\": null}}") ==
        "1:45: metadata.name: wants text, got the number 5 (put it in quotes)\n"
        "2:11: spec.campaign: is missing (name the campaign to run, as root:version or root)\n"
        "2:12: spec['é']: unknown field 'é' (known here: campaign, campaignversion, inputs, "
        "name, stage)\n"
        "2:28: spec.x: unknown field 'x' (known here: campaign, campaignversion, inputs, name, "
        "stage)");
  CHECK(test::problems_of("{\"spec\": {\"campaign\": \"a\",}}").find("1:27: spec: syntax error") ==
        0);
  CHECK(test::problems_of("{\"spec\": 1e999}").find("number overflow parsing '1e999'") !=
        std::string::npos);
  CHECK(test::problems_of("{a: 1}").find(hint) != std::string::npos);
  CHECK(test::problems_of("{} x").find(hint) != std::string::npos);
  CHECK(test::problems_of("spec: {campaign: a}", "a.json").find(hint) != std::string::npos);
  CHECK(
      test::outcome_of(R"({"spec":{"campaign":"a","inputs":{"x":"\ud83d\ude00","<<":{"y":1}}}})") ==
      "activation default/ of a: from '' with {\"<<\":{\"y\":1},\"x\":\"\xF0\x9F\x98\x80\"}");
}

TEST_CASE("campaign: bytes that are no text are refused before any parser sees them") {
  test::check_problems({
      {"a: \xFF", "1:4: this is not valid UTF-8"},
      {"a: é\nb: \xC0\xAF", "2:4: this is not valid UTF-8"},
      {"{\"a\": \"\xED\xA0\x80\"}", "1:8: this is not valid UTF-8"},
      {"a: \xF4\x90\x80\x80", "1:4: this is not valid UTF-8"},
      {"a: \xE2\x82", "1:4: this is not valid UTF-8"},
      {std::string("a: \0b", 5), "1:4: a control character does not belong here"},
      {"a: \x1B[1m", "1:4: a control character does not belong here"},
      {std::string("\xFF\xFE"
                   "a\0",
                   4),
       "1:1: this is not valid UTF-8"},
  });
}

TEST_CASE("campaign: size, nesting and number of values are bounded") {
  namespace limits = core::limits;
  const std::string head = "spec:\n  campaign: a\n  inputs:\n";
  CHECK(test::problems_of(repeated("#", limits::document_bytes + 1)) ==
        "the text has 1048577 bytes, more than 1048576");

  const std::string too_deep = "lists and maps are nested deeper than 64 levels";
  CHECK(test::problems_of(repeated("[", 100'000)).find(too_deep) != std::string::npos);
  CHECK(test::problems_of(repeated("{\"a\":", 100'000)).find(too_deep) != std::string::npos);
  CHECK(test::problems_of("x: " + repeated("[", 100) + repeated("]", 100)).find(too_deep) !=
        std::string::npos);
  CHECK(test::problems_of("x: " + repeated("[", 100'000)) != "none");
  CHECK(test::problems_of("x: " + repeated("{a: ", 100'000)).find(too_deep) != std::string::npos);
  CHECK(test::problems_of(repeated("- ", 100'000)).find(too_deep) != std::string::npos);
  CHECK(test::problems_of(repeated("? ", 100'000)) != "none");
  // spec, inputs and 62 lists make 64 levels.
  CHECK(test::problems_of(head + "    x: " + repeated("[", 61) + repeated("]", 61)) == "none");
  CHECK(
      test::problems_of(head + "    x: " + repeated("[", 62) + repeated("]", 62)).find(too_deep) !=
      std::string::npos);

  std::string bomb = head + "    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  std::string chain = head + "    a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    const std::string key = "    a" + std::to_string(i) + ": &a" + std::to_string(i);
    bomb += key + " [" + repeated(last + ", ", 9) + last + "]\n";
    chain += key + " [" + last + "]\n";
  }
  CHECK(test::problems_of(bomb) ==
        "8:59: spec.inputs.a4[9]: the document has more than 100000 values, aliases expanded");
  CHECK(test::problems_of(chain).find("with its aliases this is nested deeper than 64 levels") !=
        std::string::npos);
  CHECK(
      test::problems_of(head + "    a: &a " + repeated("x", 300'000) + "\n    b: [*a, *a, *a]\n") ==
      "5:8: spec.inputs.b: the document has more than 1048576 bytes of text, aliases expanded");
  CHECK(
      test::problems_of(head + "    a: [" + repeated("1,", 100'001) + "]\n") ==
      "4:200007: spec.inputs.a[99999]: the document has more than 100000 values, aliases expanded");
}

TEST_CASE("campaign: a text full of problems reports the first hundred and counts the rest") {
  std::string text = "spec: {campaign: a}\n";
  for (int i = 0; i < 1'000; ++i) text += "x" + std::to_string(i) + ": 1\n";
  const auto documents = load(text, "f", test::providers());
  REQUIRE_FALSE(documents.has_value());
  CHECK(documents.error().size() == 101);
  CHECK(documents.error().back() == Problem{"f", 0, 0, "", "and 900 more problems", ""});
}

}  // namespace antiphon::campaign
