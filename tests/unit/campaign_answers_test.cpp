// SPDX-License-Identifier: MIT
// Scripted answers: which one holds for a visit in a context, and what is wrong with a file of
// them.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/campaign/answers.hpp"
#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

core::CampaignPtr answered_campaign() {
  const auto documents = load(
      "metadata: {name: rollout}\nspec: {firstStage: deploy, stages: {deploy: {provider: remote}, "
      "verify: {provider: mock}, done: {}, install: {provider: script, config: {script: a}, "
      "tasks: [{name: flash, provider: mock}, {provider: mock}]}}}",
      "f", test::providers());
  REQUIRE(documents.has_value());
  return std::get<CampaignDocument>(documents->front()).campaign;
}

Answers answers_of(const std::string& text) {
  auto answers = read_answers(text, "a", *answered_campaign());
  REQUIRE_MESSAGE(answers.has_value(), to_text(answers.error().front()));
  return *std::move(answers);
}

std::string problems_of(const std::string& text) {
  const auto answers = read_answers(text, "a", *answered_campaign());
  if (answers) return "none";
  std::string lines;
  for (const Problem& problem : answers.error()) lines += to_text(problem) + "\n";
  return lines;
}

std::string shown(const ScriptedAnswer* answer) {
  if (answer == nullptr) return "none";
  if (answer->never) return "never";
  return std::to_string(answer->status) + " " + answer->outputs.dump() +
         (answer->error.empty() ? "" : " " + answer->error) +
         (answer->delay.ms > 0 ? " after " + core::to_text(answer->delay) : "");
}

}  // namespace

TEST_CASE("answers: one for everything, by visit, by context, and both in either order") {
  const Answers all = answers_of("stages: {deploy: {outputs: {a: 1}, delay: 90s}}");
  CHECK(shown(all.find("deploy", "tokyo", 7)) == R"(200 {"a":1} after 1m30s)");
  CHECK(shown(all.find("verify", "hq", 1)) == "none");

  const Answers visits = answers_of(
      "stages: {verify: {visits: [{status: 500, error: no}, {never: true}, {outputs: {ok: 1}}]}}");
  CHECK(shown(visits.find("verify", "hq", 1)) == "500 {} no");
  CHECK(shown(visits.find("verify", "hq", 2)) == "never");
  CHECK(shown(visits.find("verify", "hq", 3)) == R"(200 {"ok":1})");
  CHECK(shown(visits.find("verify", "hq", 4)) == R"(200 {"ok":1})");

  const Answers contexts = answers_of(
      "stages: {deploy: {contexts: {tokyo: {visits: [{outputs: {n: 1}}, {outputs: {n: 2}}]}, "
      "'*': {}}}}");
  CHECK(shown(contexts.find("deploy", "tokyo", 2)) == R"(200 {"n":2})");
  CHECK(shown(contexts.find("deploy", "osaka", 1)) == "200 {}");

  const Answers both = answers_of(
      "stages: {deploy: {visits: [{contexts: {tokyo: {outputs: {n: 1}}}}, {outputs: {n: 2}}]}}");
  CHECK(shown(both.find("deploy", "tokyo", 1)) == R"(200 {"n":1})");
  CHECK(shown(both.find("deploy", "osaka", 1)) == "none");
  CHECK(shown(both.find("deploy", "osaka", 2)) == R"(200 {"n":2})");
}

TEST_CASE("answers: tasks have answers of their own, by name or by their place") {
  const Answers answers = answers_of(
      "stages: {install: {outputs: {own: 1}, tasks: {flash: {visits: [{status: 500}, {}]}, "
      "2: {contexts: {hq: {outputs: {n: 2}}}}}}}");
  CHECK(shown(answers.find("install", "hq", 1)) == R"(200 {"own":1})");
  CHECK(shown(answers.find("install", "hq", 1, "flash")) == "500 {}");
  CHECK(shown(answers.find("install", "hq", 2, "flash")) == "200 {}");
  CHECK(shown(answers.find("install", "hq", 1, "2")) == R"(200 {"n":2})");
  CHECK(shown(answers.find("install", "osaka", 1, "2")) == "none");
  const Answers only = answers_of("stages: {install: {tasks: {flash: {}}}}");
  CHECK(shown(only.find("install", "hq", 1)) == "none");
  CHECK(!only.answers_for("install"));
  CHECK(only.answers_for("install", "flash"));
  CHECK(!only.answers_for("install", "2"));
  CHECK(problems_of("stages: {install: {tasks: {flush: {}, 2: {output: 1}}}}") ==
        "a:1:28: stages.install.tasks.flush: stage 'install' has no task 'flush' "
        "(did you mean 'flash'?)\n"
        "a:1:43: stages.install.tasks.2.output: unknown field 'output' "
        "(did you mean 'outputs'?)\n");
  CHECK(problems_of("stages: {verify: {tasks: {a: {}}}}") ==
        "a:1:27: stages.verify.tasks.a: stage 'verify' has no task 'a' "
        "(a task without a name is told by its place: 1, 2, ...)\n");
}

TEST_CASE("answers: sites, inputs and a message come with them, as YAML or JSON") {
  const Answers answers = answers_of(
      "sites: {tokyo: {labels: {region: asia}}, osaka: {online: false}}\ninputs: {version: 2}\n");
  REQUIRE(answers.sites.size() == 2);
  CHECK(answers.sites[0].name.text() == "osaka");
  CHECK(!answers.sites[0].online);
  CHECK(answers.sites[1].labels.at("region") == "asia");
  CHECK(answers.inputs == core::Value{{"version", 2}});
  CHECK(!answers.message);
  const Answers message = answers_of(R"({"message": {"topic": "a/b", "payload": {"v": 1}}})");
  REQUIRE(message.message);
  CHECK(message.message->topic == "a/b");
  CHECK(message.message->payload == core::Value{{"v", 1}});
}

TEST_CASE("answers: what is wrong with them is told with its place, all at once") {
  CHECK(problems_of(R"(site: {}
inputs: [1]
sites: {'a b': {}, tokyo: {label: {}}}
stages:
  deplyo: {}
  done: {}
  deploy: {output: {a: 1}, status: ok, delay: soon}
  verify: {visits: [], contexts: {}}
)") == R"m(a:1:1: site: unknown field 'site' (did you mean 'sites'?)
a:2:9: inputs: wants a map, got a list
a:3:9: sites['a b']: plane name has a character that no name may have, at position 2 (a name is 1 to 61 letters, digits, '.', '_' or '-', and begins with a letter, digit or '_')
a:3:28: sites.tokyo.label: unknown field 'label' (did you mean 'labels'?)
a:5:3: stages.deplyo: campaign rollout has no stage 'deplyo' (did you mean 'deploy'?)
a:6:3: stages.done: this stage has no provider, so nobody is asked (leave it out)
a:7:12: stages.deploy.output: unknown field 'output' (did you mean 'outputs'?)
a:7:36: stages.deploy.status: wants a state number, got "ok" (for example 200 or 500)
a:7:47: stages.deploy.delay: 'soon' is no duration (write 90s, 10m, 2h45m, 7d, 250ms, or a number of seconds)
a:8:20: stages.verify.visits: is empty (give the first visit's answer)
a:8:34: stages.verify.contexts: stands beside 'visits' (put one of them into the other)
a:8:34: stages.verify.contexts: is empty ('*' stands for all others)
)m");
  CHECK(problems_of("") ==
        "a: there is nothing in it (write one document with sites, inputs, message and stages)\n");
  CHECK(problems_of("a: 1\n---\nb: 1\n").find("several documents") != std::string::npos);
  CHECK(problems_of("inputs: {a: 1}\nmessage: {payload: 1}\n") ==
        "a:1:9: inputs: stands beside 'message' (the trigger makes the inputs of a message)\n"
        "a:2:10: message.topic: is missing (where the message comes)\n");
}

}  // namespace antiphon::campaign
