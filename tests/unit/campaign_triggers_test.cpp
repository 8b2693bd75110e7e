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
}

}  // namespace antiphon::campaign
