// SPDX-License-Identifier: MIT
// Pictures of campaigns: what is drawn, and that odd names break no picture.
#include <doctest/doctest.h>

#include <string>

#include "engine/campaign/flow.hpp"
#include "engine/campaign/graph.hpp"
#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

CampaignDocument document_of(const std::string& spec) {
  const auto documents = load("metadata: {name: demo}\nspec:\n" + spec, "f", test::providers());
  REQUIRE_MESSAGE(documents.has_value(), to_text(documents.error().front()));
  return std::get<CampaignDocument>(documents->front());
}

constexpr const char* rollout = R"m(
  firstStage: sites
  triggers: [{name: release, topic: plant/+line/release}]
  stages:
    deploy:
      provider: remote
      contexts: ${{$output(sites, items)}}
      inputs: {operation: providers.stage.script}
      stageSelector: ${{$if($equal($output(deploy, __failed), 0), '', repair)}}
    nobody: {stageSelector: nobody}
    repair: {handleErrors: true, stageSelector: "${{$output(repair, next)}}"}
    sites: {provider: list, contexts: [a, b], stageSelector: deploy}
)m";

std::string places(const std::vector<std::size_t>& list) {
  std::string text;
  for (const std::size_t place : list) text += std::to_string(place) + " ";
  return text;
}

}  // namespace

TEST_CASE("campaign: a graph in Mermaid shows what each stage is and where it can lead") {
  CHECK(to_mermaid(document_of(rollout)) == R"m(%% campaign demo:1
flowchart TD
  t0(["plant/+/release"])
  s0[["sites<br/>list<br/>for each of a, b"]]
  s1[["deploy<br/>remote: script<br/>for each of $output(sites, items)"]]:::remote
  s2{{"repair<br/>handles errors"}}
  s3["nobody"]
  done(("end"))
  any(("?"))
  t0 --> s0
  s0 --> s1
  s1 --> s2
  s1 --> done
  s2 -.-> any
  s3 --> s3
  classDef remote stroke-dasharray: 6 3
)m");
}

TEST_CASE("campaign: a graph for Graphviz shows the same") {
  CHECK(to_dot(document_of(rollout)) == R"m(digraph "demo:1" {
  node [shape=box]
  t0 [label="plant/+/release", shape=oval]
  s0 [label="sites\nlist\nfor each of a, b", peripheries=2]
  s1 [label="deploy\nremote: script\nfor each of $output(sites, items)", peripheries=2, style=dashed]
  s2 [label="repair\nhandles errors", shape=hexagon]
  s3 [label="nobody"]
  done [label="end", shape=circle]
  any [label="?", shape=circle]
  t0 -> s0
  s0 -> s1
  s1 -> s2
  s1 -> done
  s2 -> any [style=dashed]
  s3 -> s3
}
)m");
}

TEST_CASE("campaign: names that mean something to the drawing language stay names") {
  const auto document = document_of(R"m(
  firstStage: 'a"b<c>#'
  stages: {'a"b<c>#': {stageSelector: "${{$if($trigger(x, 1), 'no\"where', '')}}"}}
)m");
  CHECK(to_mermaid(document) == R"m(%% campaign demo:1
flowchart TD
  start(["start"])
  s0["a#34;b#60;c#62;#35;"]
  x0["no#34;where<br/>no such stage"]:::missing
  done(("end"))
  start --> s0
  s0 --> x0
  s0 --> done
  classDef missing stroke:#c00,stroke-dasharray: 2 2
)m");
  CHECK(to_dot(document).find(R"m(s0 [label="a\"b<c>#"])m") != std::string::npos);
}

TEST_CASE("campaign: a selector that only a run can tell may lead to every stage") {
  const auto document = document_of(R"m(
  firstStage: b
  stages: {a: {stageSelector: a}, b: {stageSelector: c}, c: {stageSelector: "${{$output(b, x)}}"}}
)m");
  const Flow flow = flow_of(*document.campaign);
  CHECK(places(reachable(flow, *flow.find("b"))) == "1 2 0 ");
  CHECK(places(reachable(flow, *flow.find("a"))) == "0 ");
  CHECK(!flow.find("d"));
}

}  // namespace antiphon::campaign
