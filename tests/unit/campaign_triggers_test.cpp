// SPDX-License-Identifier: MIT
// What is refused of a trigger's options, each with its place and what would be right.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

std::string with_triggers_in_spec(const std::string& field) {
  return "metadata: {name: a}\nspec:\n  firstStage: s\n  stages: {s: {}}\n  " + field + "\n";
}

}  // namespace

TEST_CASE("campaign: what is wrong with a trigger's options is said with what would be right") {
  struct Part {
    const char* text;
    const char* problem;
  };
  const std::vector<Part> parts{
      {"when: 'yes'",
       "when: 'yes' is no expression: it is the same for each message (for example "
       "\"${{$gt($payload('$.temp'),80)}}\")"},
      {"when: '${{$secret(a,b)}}'",
       "when: column 4: $secret: messages are not compared with secrets ($secret belongs into a "
       "stage's config, or into inputs of work on this plane)"},
      {"retained: used", "retained: there is no retained 'used' (did you mean 'use'?)"},
      {"payload: xml", "payload: there is no payload 'xml' (one of any, json, text, binary)"},
      {"enabled: 3", "enabled: wants true or false, got the number 3"},
      {"id: order", "id: wants a map, got text"},
      {"id: {}",
       "id: wants one place where a message names its event (payload: '$.order.id', property: "
       "order-id, or cloudEvent: true)"},
      {"id: {property: a, payload: b}",
       "id: wants one place where a message names its event (payload: '$.order.id', property: "
       "order-id, or cloudEvent: true)"},
      {"id: {property: ''}",
       "id.property: wants the name of an MQTT 5 user property (1 to 256 bytes)"},
      {"id: {payload: ''}",
       "id.payload: names no place in the payload (a JSONPath as $payload reads it, for example "
       "$.order.id)"},
      {"id: {cloudEvent: false}", "id.cloudEvent: cloudEvent is true, or left out"},
      {"id: {property: a, lifetime: 0s}",
       "id.lifetime: an identity is known for more than nothing and at most 400d (for example "
       "24h)"},
      {"overlap: wait",
       "overlap: there is no overlap 'wait' (one of parallel, queue, replace, skip)"},
      {"overlap: queue, key: line7",
       "key: 'line7' is no expression: it is the same for each message (for example "
       "\"${{$topic(line)}}\")"},
      {"key: '${{$topic(1)}}'",
       "key: parts nothing: each message starts a run of its own (with overlap, debounce, throttle "
       "or collect)"},
      {"debounce: 0s",
       "debounce: messages are gathered for more than nothing and at most 400d (for example 10s)"},
      {"throttle: 500d",
       "throttle: messages are gathered for more than nothing and at most 400d (for example 10s)"},
      {"collect: {}",
       "collect: never ends: it has no count and no window ({count: 10}, {window: 30s}, or both: "
       "what comes first)"},
      {"collect: {count: 1001}", "collect.count: a run is made of 1 to 1000 messages"},
      {"collect: {count: 0}", "collect.count: a run is made of 1 to 1000 messages"},
      {"id: {property: a, lifetimes: 1h}",
       "id.lifetimes: unknown field 'lifetimes' (did you mean 'lifetime'?)"}};
  for (const Part& part : parts) {
    CAPTURE(part.text);
    const std::string problem = test::problems_of(
        with_triggers_in_spec("triggers: [{name: a, topic: x, " + std::string(part.text) + "}]"));
    CHECK(problem.substr(problem.find(' ') + 1) == "spec.triggers[0]." + std::string(part.problem));
  }
  CHECK(test::problems_of(
            with_triggers_in_spec("triggers: [{name: a, topic: x, enabled: no, retained: use, "
                                  "payload: text, when: '${{$equal($payload(),go)}}', "
                                  "id: {cloudEvent: true, lifetime: 30d}}]")) == "none");
  CHECK(test::problems_of(
            with_triggers_in_spec("triggers: [{name: a, topic: x, debounce: 1s, throttle: 1s}]")) ==
        "5:14: spec.triggers[0]: has more than one of debounce, throttle and collect (messages "
        "become runs in one way: keep one of them)");
  CHECK(test::problems_of(with_triggers_in_spec(
            "triggers: [{name: a, topic: '+l/x', overlap: queue, key: "
            "'${{$topic(l)}}', collect: {count: 5, window: 10s}}]")) == "none");
}

}  // namespace antiphon::campaign
