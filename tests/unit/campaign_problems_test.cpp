// SPDX-License-Identifier: MIT
// Bad documents, and exactly what is said about them.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

/// A campaign whose only stage has this body, in line 5.
std::string with_stage(const std::string& body) {
  return "metadata: {name: a}\nspec:\n  firstStage: s\n  stages:\n    s: " + body + "\n";
}

std::string with_spec(const std::string& field) {
  return "metadata: {name: a}\nspec:\n  firstStage: s\n  stages: {s: {}}\n  " + field + "\n";
}

struct Part {
  const char* text;
  const char* problem;
};

}  // namespace

TEST_CASE("campaign: all problems of all documents of a text come at once, in its order") {
  CHECK(test::problems_of(R"(kind: Campaing
metadata: {name: x}
---
metadata:
  name: 'bad name-v-1'
  nmespace: q
spec:
  version: 2
  firstStage: strat
  stages:
    start:
      provider: moc
      stageSelector: finish
      timeout: soon
      heartbeat: 3s
    end:
      inputs: [1]
      handleErrors: maybe
      stageSelctor: end
---
spec: {campaign: 'a:', stage: [s]}
)") == R"(1:7: kind: kind 'Campaing' is not accepted (did you mean 'Campaign'?)
5:9: metadata.name: campaign name has a character that no name may have, at position 4 (a name is 1 to 61 letters, digits, '.', '_' or '-', and begins with a letter, digit or '_')
6:3: metadata.nmespace: unknown field 'nmespace' (did you mean 'namespace'?)
9:15: spec.firstStage: there is no stage 'strat' (did you mean 'start'?)
12:17: spec.stages.start.provider: there is no provider 'moc' (did you mean 'mock'? providers here: approval, counter, create, delay, event, flaky, http, list, materialize, mock, patch, remote, script, wait)
13:22: spec.stages.start.stageSelector: there is no stage 'finish'
14:16: spec.stages.start.timeout: 'soon' is no duration (write 90s, 10m, 2h45m, 7d, 250ms, or a number of seconds)
15:7: spec.stages.start.heartbeat: heartbeat is not supported yet
17:15: spec.stages.end.inputs: wants a map, got a list
18:21: spec.stages.end.handleErrors: wants true or false, got text
19:7: spec.stages.end.stageSelctor: unknown field 'stageSelctor' (did you mean 'stageSelector'?)
21:18: spec.campaign: version is empty (a name is 1 to 61 letters, digits, '.', '_' or '-', and begins with a letter, digit or '_')
21:31: spec.stage: wants text, got a list)");
}

TEST_CASE("campaign: a document that is none says why") {
  test::check_problems({
      {"", "there is no document in it"},
      {"# nothing\n---\n", "there is no document in it"},
      {"hello", "1:1: a document is a map, this is text"},
      {"[1]", "1:1: a document is a map, this is a list"},
      {"metadata: {name: a}",
       "1:1: spec: neither a kind nor the fields say what this document is (a campaign has "
       "spec.stages, an activation spec.campaign)"},
      {"metadata: {name: a}\nspec: {stagess: {}}",
       "2:7: spec: neither a kind nor the fields say what this document is (a campaign has "
       "spec.stages, an activation spec.campaign)"},
      {"apiVersion: v1\nspec: {}",
       "1:13: apiVersion: 'v1' says of no kind what it is (name its kind; campaigns and "
       "activations are of workflow.symphony/v1)"},
      {"kind: Robot\nspec: {}",
       "1:7: kind: kind 'Robot' is not accepted (accepted here: Campaign, CampaignVersion, "
       "CampaignContainer, Activation, and any kind of an apiVersion of another group)"},
      {"apiVersion: workflow.symphony/v1\nkind: Target\nspec: {}",
       "2:7: kind: kind 'Target' is not accepted (accepted here: Campaign, CampaignVersion, "
       "CampaignContainer, Activation, and any kind of an apiVersion of another group)"},
      {"kind: Instnace\nmetadata: {name: a}",
       "1:7: kind: kind 'Instnace' is not accepted (did you mean 'Instance'?)"},
      {"kind: Target\nspec: {}", "1:1: metadata.name: is missing"},
      {"kind: Target\nmetadata: {name: a b}",
       "2:18: metadata.name: object name has a character that no name may have, at position 2 (a "
       "name is 1 to 253 letters, digits, '.', '_' or '-', and begins with a letter, digit or "
       "'_')"},
      {"apiVersion: v1\nkind: a/b\nmetadata: {name: a}",
       "2:1: kind: kind has a character that no name may have, at position 2 (a name is 1 to 61 "
       "letters, digits, '.', '_' or '-', and begins with a letter, digit or '_')"},
      {"spec: {campaign: a}\nextra: 1",
       "2:1: extra: unknown field 'extra' (known here: apiVersion, kind, metadata, spec, status)"},
      {"kind: CampaignContainer\nmetadata: {name: a}\nspec: {stages: {}}",
       "3:8: spec.stages: unknown field 'stages' (known here: )"},
      {"metadata: {name: a}\nspec: nothing\nkind: Campaign", "2:7: spec: wants a map, got text"},
  });
}

TEST_CASE("campaign: a secret is named by the document and shown nowhere") {
  const std::string where =
      " ($secret belongs into a stage's config, or into inputs of work on this plane)";
  test::check_problems({
      {with_stage("{provider: mock, config: {id: 'x${{$secret($trigger(a,b),c)}}'}}"),
       "5:38: spec.stages.s.config.id: column 5: $secret: which secret it is must be written out "
       "(data from outside may not choose one; $if may choose between texts)"},
      {with_stage("{provider: mock, inputs: {i: '${{$len($secret(a,b))}}'}}"),
       "5:37: spec.stages.s.inputs.i: column 9: $secret: $len cannot look into a secret (a secret "
       "may be joined with text and passed on by $if, $default, $coalesce and $trigger)"},
      {with_stage("{contexts: '${{$secret(a,b)}}'}"),
       ("5:19: spec.stages.s.contexts: column 4: $secret: contexts are shown" + where).c_str()},
      {with_stage("{stageSelector: '${{$if(true,$secret(a,b),s)}}'}"),
       ("5:24: spec.stages.s.stageSelector: column 13: $secret: a secret names no stage" + where)
           .c_str()},
      {with_stage("{provider: remote, inputs: {operation: mock, i: '${{$secret(a,b)}}'}}"),
       ("5:35: spec.stages.s.inputs.i: column 4: $secret: inputs of a remote stage are shown" +
        where)
           .c_str()},
      {with_spec("triggers: [{name: t, topic: x, inputs: {i: '${{$secret(a,b)}}'}}]"),
       ("5:14: spec.triggers[0].inputs.i: column 4: $secret: a trigger's inputs are shown" + where)
           .c_str()},
  });
  CHECK(test::problems_of(with_stage(
            "{provider: mock, config: {id: '${{$if($trigger(a,b),$secret(a,b),$secret(c,d))}}'},"
            " inputs: {i: \"x${{$secret($if($trigger(p,''),a,b),c)}}\"}}")) == "none");
}

TEST_CASE("campaign: names, versions and stages that do not fit together are refused") {
  test::check_problems({
      {"spec: {firstStage: s, stages: {s: {}}}", "1:1: metadata.name: is missing"},
      {"metadata: {name: a-v-1}\nspec: {version: 2, rootResource: b, firstStage: s, stages: {s: }}",
       "2:17: spec.version: the version is '2', but metadata.name says '1'\n"
       "2:34: spec.rootResource: the campaign is 'b', but metadata.name says 'a'"},
      {"metadata: {name: a}\nspec: {version: v-1, firstStage: s, stages: {s: }}",
       "2:17: spec.version: version 'v-1' begins with 'v-' or contains '-v-' (these divide a "
       "campaign's name from its version)"},
      {"metadata: {name: a, namespace: b c}\nspec: {firstStage: s, stages: {s: }}",
       "1:32: metadata.namespace: namespace has a character that no name may have, at position 2 "
       "(a name is 1 to 61 letters, digits, '.', '_' or '-', and begins with a letter, digit or "
       "'_')"},
      {"metadata: {name: a, labels: {x: [1]}}\nspec: {firstStage: s, stages: {s: }}",
       "1:33: metadata.labels.x: wants text, got a list"},
      {"metadata: {name: a}\nspec: {stages: {s: {}}}",
       "2:7: spec.firstStage: is missing (name the stage that a run begins with)"},
      {"metadata: {name: a}\nspec: {firstStage: '', stages: {s: {}}}",
       "2:20: spec.firstStage: names no stage"},
      {"metadata: {name: a}\nspec: {firstStage: s, stages: {}}",
       "2:31: spec.stages: the campaign has no stages (a document without stages is a container: "
       "leave its spec empty)"},
      {"metadata: {name: a}\nspec: {firstStage: s}",
       "2:7: spec.stages: the campaign has no stages (a document without stages is a container: "
       "leave its spec empty)"},
      {"metadata: {name: a}\nspec: {firstStage: s, stages: [s]}",
       "2:31: spec.stages: wants a map, got a list"},
      {"metadata: {name: a}\nspec: {firstStage: a b, stages: {'a b': 3}}",
       "2:41: spec.stages['a b']: wants a map, got the number 3"},
      {"metadata: {name: a}\nspec: {firstStage: s, stages: {s: , \"\": , \"x\\ny\": }}",
       "2:37: spec.stages['']: a stage's name is empty\n"
       "2:43: spec.stages['x?y']: a stage's name has a control character"},
      {"spec: {inputs: {}}\nkind: Activation",
       "1:7: spec.campaign: is missing (name the campaign to run, as root:version or root)"},
      {"spec: {campaign: a, campaignversion: b}",
       "1:38: spec.campaignversion: campaign and campaignversion name different campaigns"},
      {"metadata: {name: .r}\nspec: {campaign: a, inputs: 5}",
       "1:18: metadata.name: activation id '.r' begins with '.' (a name is 1 to 61 letters, "
       "digits, '.', '_' or '-', and begins with a letter, digit or '_')\n"
       "2:29: spec.inputs: wants a map, got the number 5"},
  });
}

TEST_CASE("campaign: what is wrong with a stage is said with its place") {
  const std::vector<Part> parts{
      {"{name: t}",
       "5:15: spec.stages.s.name: the stage is named 't', but its key is 's' (selectors address "
       "the key; leave the name out or make it the same)"},
      {"{provider: providers.stage.campaign}",
       "5:19: spec.stages.s.provider: provider 'campaign' is not supported yet (providers here: "
       "approval, counter, create, delay, event, flaky, http, list, materialize, mock, patch, "
       "remote, "
       "script, "
       "wait)"},
      {"{provider: teleport}",
       "5:19: spec.stages.s.provider: there is no provider 'teleport' (providers here: approval, "
       "counter, create, delay, event, flaky, http, list, materialize, mock, patch, remote, "
       "script, "
       "wait)"},
      {"{provider: [mock]}", "5:19: spec.stages.s.provider: wants text, got a list"},
      {"{stageSelector: S}",
       "5:24: spec.stages.s.stageSelector: there is no stage 'S' (did you mean 's'?)"},
      {"{contexts: {a: 1}}",
       "5:19: spec.stages.s.contexts: wants text or a list of texts, got a map"},
      {"{contexts: [a, [b], null, '']}",
       "5:23: spec.stages.s.contexts[1]: a context is text, this is a list\n"
       "5:28: spec.stages.s.contexts[2]: a context is text, this is nothing\n"
       "5:34: spec.stages.s.contexts[3]: empty text is no context"},
      {"{timeout: 0s}", "5:18: spec.stages.s.timeout: must be more than zero"},
      {"{timeout: true}",
       "5:18: spec.stages.s.timeout: wants a duration, got true (write 90s, 10m, 2h45m, 7d, or a "
       "number of seconds)"},
      {"{timeout: -5}",
       "5:18: spec.stages.s.timeout: '-5' is no duration (write 90s, 10m, 2h45m, 7d, 250ms, or a "
       "number of seconds)"},
      {"{schedule: {date: 2030-01-31, time: '09:00:00', zone: Europe/Rome}}",
       "5:19: spec.stages.s.schedule: wants an instant, got a map (date, time and zone are one "
       "text: 2030-01-31T09:00:00Z)"},
      {"{schedule: tomorrow}",
       "5:19: spec.stages.s.schedule: 'tomorrow' is no RFC 3339 time (write it like "
       "2026-01-31T09:05:07Z or 2026-01-31T10:05:07+01:00)"},
      {"{schedule: '${{$now()}}'}",
       "5:19: spec.stages.s.schedule: an expression is not evaluated here (write an instant: "
       "2030-01-31T09:00:00Z)"},
      {"{schedule: [1]}", "5:19: spec.stages.s.schedule: wants text, got a list"},
      {"{retry: 3}", "5:16: spec.stages.s.retry: wants a map, got the number 3"},
      {"{retry: {maxRetries: many}}",
       "5:29: spec.stages.s.retry.maxRetries: wants a whole number, got text"},
      {"{retry: {maxRetries: 2.5, interval: [1]}}",
       "5:29: spec.stages.s.retry.maxRetries: wants a whole number, got the number 2.5\n"
       "5:44: spec.stages.s.retry.interval: wants text, got a list"},
      {"{retry: {maxRetries: 10001, count: 1}}",
       "5:29: spec.stages.s.retry.maxRetries: more than 10000 is too many\n"
       "5:36: spec.stages.s.retry.count: unknown field 'count' (known here: interval, "
       "maxRetries)"},
      {"{idempotent: 'yes'}", "5:21: spec.stages.s.idempotent: wants true or false, got text"},
      {"{inputs: {x: .inf}}", "5:21: spec.stages.s.inputs.x: '.inf' is not a finite number"},
      {"{inputs: {x: 1e999}}", "5:21: spec.stages.s.inputs.x: '1e999' is not a finite number"},
  };
  for (const Part& part : parts) {
    CAPTURE(part.text);
    CHECK(test::problems_of(with_stage(part.text)) == part.problem);
  }
}

TEST_CASE("campaign: what is wrong with a stage's tasks is said with its place") {
  const std::vector<Part> parts{
      {"{tasks: {t: 1}}", "5:16: spec.stages.s.tasks: wants a list, got a map"},
      {"{tasks: [1]}", "5:17: spec.stages.s.tasks[0]: wants a map, got the number 1"},
      {"{tasks: [{name: a}, {inputs: {x: 1}, provider: mock}]}",
       "5:17: spec.stages.s.tasks[0].provider: is missing (a task needs one)\n"
       "5:28: spec.stages.s.tasks[1].name: is missing (a task with inputs needs one: its outputs "
       "stand under it)"},
      {"{tasks: [{name: a, provider: mock}, {name: a, provider: remote}]}",
       "5:51: spec.stages.s.tasks[1].name: two tasks are named 'a' (each has its outputs under its "
       "name)\n"
       "5:64: spec.stages.s.tasks[1].provider: a task cannot be remote (make it a stage of its "
       "own, with the provider remote)"},
      {"{tasks: [{name: status, provider: mock}, {name: __x, provider: mock}]}",
       "5:24: spec.stages.s.tasks[0].name: a task cannot be named 'status' (its outputs stand "
       "under its name, where the stage's own are)\n"
       "5:56: spec.stages.s.tasks[1].name: a task cannot be named '__x' (its outputs stand under "
       "its name, where the stage's own are)"},
      {"{tasks: [{provider: mock}, {provider: mock, proxy: {}}]}",
       "5:52: spec.stages.s.tasks[1].proxy: unknown field 'proxy' (known here: config, inputs, "
       "name, provider, target)"},
      {"{tasks: [{name: a, provider: counter, config: {start: 1}, target: [x]}]}",
       "5:55: spec.stages.s.tasks[0].config.start: unknown field 'start' (known here: id)\n"
       "5:74: spec.stages.s.tasks[0].target: wants text, got a list"},
      {"{taskOption: 5}", "5:21: spec.stages.s.taskOption: wants a map, got the number 5"},
      {"{taskOption: {concurrency: -1, errorAction: {mode: stopOnAnyfailures}}}",
       "5:35: spec.stages.s.taskOption.concurrency: must not be negative\n"
       "5:59: spec.stages.s.taskOption.errorAction.mode: there is no mode 'stopOnAnyfailures' (did "
       "you mean 'stopOnAnyFailure'?)"},
      {"{taskOption: {errorAction: {mode: retry, maxToleratedFailures: few}}}",
       "5:42: spec.stages.s.taskOption.errorAction.mode: there is no mode 'retry' (it is "
       "stopOnAnyFailure, stopOnNFailures or silentlyContinue)\n"
       "5:71: spec.stages.s.taskOption.errorAction.maxToleratedFailures: wants a whole number, got "
       "text"},
  };
  for (const Part& part : parts) {
    CAPTURE(part.text);
    CHECK(test::problems_of(with_stage(part.text)) == part.problem);
  }
}

TEST_CASE("campaign: every expression that does not parse is reported where it stands") {
  const std::string text = with_stage(
      "{inputs: {x: '${{$nothing()}}', y: [1, {z: '${{$equal(1)}}'}]}, config: {c: "
      "'${{$if(1,2)}}'}, contexts: '${{$or(1)}}', stageSelector: '${{$and(1)}}'}");
  const auto documents = load(text, "f", test::providers());
  REQUIRE_FALSE(documents.has_value());
  std::vector<std::string> places;
  for (const Problem& problem : documents.error()) {
    CHECK_FALSE(problem.message.starts_with(problem.field));
    places.push_back(std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
                     problem.field);
  }
  CHECK(places ==
        std::vector<std::string>{"5:21 spec.stages.s.inputs.x", "5:51 spec.stages.s.inputs.y[1].z",
                                 "5:84 spec.stages.s.config.c", "5:112 spec.stages.s.contexts",
                                 "5:142 spec.stages.s.stageSelector"});
}

TEST_CASE("campaign: what is wrong with a trigger is said with its place") {
  const std::vector<Part> parts{
      {"{}", "5:13: spec.triggers: wants a list, got a map"},
      {"[5]", "5:14: spec.triggers[0]: wants a map, got the number 5"},
      {"[{}]",
       "5:14: spec.triggers[0].name: is missing\n"
       "5:14: spec.triggers[0].topic: is missing (the MQTT topic that starts a run, for example "
       "plant/+line/release)"},
      {"[{name: a, topic: x}, {name: a, topic: y}]",
       "5:42: spec.triggers[1].name: two triggers are named 'a'"},
      {"[{name: a b, topic: x}]",
       "5:21: spec.triggers[0].name: trigger name has a character that no name may have, at "
       "position 2"},
      {"[{name: a, topic: ''}]", "5:31: spec.triggers[0].topic: the topic is empty"},
      {"[{name: a, topic: 'a/#/b'}]",
       "5:31: spec.triggers[0].topic: '#' stands alone, as the last level (plant/#)"},
      {"[{name: a, topic: x, input: {}}]",
       "5:34: spec.triggers[0].input: unknown field 'input' (did you mean 'inputs'?)"},
  };
  for (const Part& part : parts) {
    CAPTURE(part.text);
    CHECK(test::problems_of(with_spec("triggers: " + std::string(part.text))) == part.problem);
  }
}

TEST_CASE("campaign: a field that is not carried out is refused by name, never ignored") {
  for (const std::string name :
       {"acceptWithin", "heartbeat", "onTimeout", "onUncertain", "fanOut", "onRollback"}) {
    CHECK(test::problems_of(with_stage("{" + name + ": x}")) ==
          "5:9: spec.stages.s." + name + ": " + name + " is not supported yet");
    CHECK(test::problems_of(with_stage("{" + name + ": }")) == "none");
  }
  for (const std::string name : {"inputs", "maxStageRunsPerMinute", "history", "retention"}) {
    CHECK(test::problems_of(with_spec(name + ": x")) ==
          "5:3: spec." + name + ": " + name + " is not supported yet");
  }
  CHECK(test::problems_of(with_spec("compat: symphony-0.48")) ==
        "5:11: spec.compat: there is no compat 'symphony-0.48' (it is symphony-0.49, or left out)");
  CHECK(test::problems_of(with_spec("selfDriving: no")) == "none");
  for (const std::string name : {"campaign", "mqtt"}) {
    CHECK(test::problems_of(with_stage("{provider: " + name + "}"))
              .find("provider '" + name + "' is not supported yet") != std::string::npos);
  }
}

TEST_CASE("campaign: a problem is one line of bearable length, whatever it quotes") {
  const std::string umlauts = [] {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "ü";
    return text;
  }();
  for (const std::string& body :
       {"{timeout: " + umlauts + "}", "{" + umlauts + ": 1}", "{provider: \"x\\n" + umlauts + "\"}",
        "{stageSelector: " + umlauts + "}", "{inputs: {x: [{" + umlauts + ": .nan}]}}"}) {
    const std::string problem = test::problems_of(with_stage(body));
    CHECK(problem.find('\n') == std::string::npos);
    CHECK(problem.find("ü...") != std::string::npos);
    CHECK(problem.size() < 1'000);
  }
  CHECK(test::problems_of("{\"" + umlauts + umlauts).size() < 1'000);
}

TEST_CASE("campaign: a problem prints as editors expect it") {
  CHECK(to_text({"a.yaml", 3, 7, "spec.stages", "is missing", "add it"}) ==
        "a.yaml:3:7: spec.stages: is missing (add it)");
  CHECK(to_text({"a.yaml", 3, 7, "", "is bad", ""}) == "a.yaml:3:7: is bad");
  CHECK(to_text({"a.yaml", 0, 0, "", "is bad", ""}) == "a.yaml: is bad");
  CHECK(to_text({"", 3, 7, "", "is bad", ""}) == "line 3, column 7: is bad");
  CHECK(to_text({"", 0, 0, "", "is bad", ""}) == "is bad");
}

}  // namespace antiphon::campaign
