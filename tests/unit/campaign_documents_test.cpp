// SPDX-License-Identifier: MIT
// Good documents, and what comes out of them.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

struct Case {
  const char* what;
  const char* text;
  const char* outcome;
};

constexpr auto full_yaml = R"(
apiVersion: workflow.symphony/v1
kind: CampaignVersion
metadata:
  name: roll-v-2
  namespace: plant
  labels: {tier: 1, edge: yes}
  annotations: {why: 0x1F}
  etag: 7
spec:
  rootResource: roll
  version: 2
  firstStage: sites
  selfDriving: yes
  triggers:
    - name: release
      topic: plant/+line/release/#
      inputs: {version: "${{$if(true, 'v1', 'v2')}}", n: 3}
  stages:
    sites:
      provider: providers.stage.list
      inputs: {objectType: sites, namesOnly: yes}
      stageSelector: deploy
    deploy:
      name: deploy
      provider: remote
      contexts: "${{$str('tokyo')}}"
      config: {script: a.sh, name: [1, {x: 2.50}]}
      inputs: {operation: script, v: 1.0, w: "1.0", o: 0o17, z: 007, big: 99999999999999999999}
      timeout: 1h30m
      idempotent: on
      stageSelector: "${{$if($equal(1,1), report, '')}}"
    report:
      contexts: [007, "${{$str('b')}}", true]
      timeout: 90
      handleErrors: true
)";

/// The same document, other layout, order and spelling of values.
constexpr auto full_json = R"({
  "kind": "CampaignVersion",
  "spec": {
    "stages": {
      "report": {"handleErrors": true, "timeout": 90,
                 "contexts": ["007", "${{$str('b')}}", "true"]},
      "deploy": {"stageSelector": "${{$if($equal(1,1), report, '')}}", "idempotent": true,
        "timeout": "1h30m",
        "inputs": {"operation": "script", "v": 1, "w": "1.0", "o": 15, "z": "007", "big": 1e20},
        "config": {"name": [1.0, {"x": 2.5}], "script": "a.sh"},
        "contexts": "${{$str('tokyo')}}", "provider": "remote", "name": "deploy"},
      "sites": {"provider": "providers.stage.list", "stageSelector": "deploy",
                "inputs": {"objectType": "sites", "namesOnly": "yes"}}},
    "triggers": [{"name": "release", "topic": "plant/+line/release/#",
                  "inputs": {"n": 3, "version": "${{$if(true, 'v1', 'v2')}}"}}],
    "selfDriving": true, "firstStage": "sites", "version": "2", "rootResource": "roll"},
  "metadata": {"etag": 7, "annotations": {"why": "0x1F"}, "namespace": "plant",
               "labels": {"edge": "yes", "tier": "1"}, "name": "roll-v-2"},
  "apiVersion": "workflow.symphony\/v1"
})";

constexpr auto full_description =
    R"(plant/roll:2 first sites
label edge=yes
label tier=1
stage deploy=deploy provider remote config {name: [1,{"x":2.5}], script: "a.sh"} inputs {big: 1e+20, o: 15, operation: "script", v: 1, w: "1.0", z: "007"} contexts "tokyo" selector "report" idempotent timeout 1h30m
stage report=report provider  config {} inputs {} contexts ["007","b","true"] selector null handles timeout 1m30s
stage sites=sites provider list config {} inputs {namesOnly: "yes", objectType: "sites"} contexts null selector "deploy"
trigger release on plant/+/release/# levels '' 'line' '' '' inputs {n: 3, version: "v1"}
)";

const std::filesystem::path root = ANTIPHON_SOURCE_DIR;

}  // namespace

TEST_CASE("campaign: documents of every kind, old and new, are told apart and named") {
  const std::vector<Case> cases{
      {"stages make a campaign, without a kind",
       "metadata: {name: a}\nspec: {firstStage: s, stages: {s: }}", "campaign default/a:1"},
      {"JSON", R"({"metadata":{"name":"a"},"spec":{"firstStage":"s","stages":{"s":{}}}})",
       "campaign default/a:1"},
      {"the kind's old word, with stages",
       "kind: Campaign\nmetadata: {name: a}\nspec: {firstStage: s, stages: {s: {}}}",
       "campaign default/a:1"},
      {"the kind's new word",
       "kind: CampaignVersion\nmetadata: {name: a-v-2}\nspec: {firstStage: s, stages: {s: {}}}",
       "campaign default/a:2"},
      {"the version behind a colon",
       "metadata: {name: 'a:2'}\nspec: {firstStage: s, stages: {s: {}}}", "campaign default/a:2"},
      {"the version as a field, as it is written",
       "metadata: {name: a}\nspec: {version: 1.0, firstStage: s, stages: {s: {}}}",
       "campaign default/a:1.0"},
      {"the last divider divides",
       "metadata: {name: a-v-b-v-c}\nspec: {firstStage: s, stages: {s: {}}}",
       "campaign default/a-v-b:c"},
      {"all three say the same",
       "metadata: {name: a-v-2}\nspec: {rootResource: a, version: '2', firstStage: s, stages: {s: "
       "}}",
       "campaign default/a:2"},
      {"an empty spec makes a container",
       "metadata: {name: a, namespace: b}\nspec:", "container b/a"},
      {"a container's old word", "kind: CampaignContainer\nmetadata: {name: a}\nspec: {}",
       "container default/a"},
      {"a container's new word", "kind: Campaign\nmetadata: {name: a}", "container default/a"},
      {"an activation, without a kind",
       "metadata: {name: run, namespace: b}\nspec: {campaign: 'a:1', stage: s, inputs: {x: 1}}",
       R"(activation b/run of a:1 from 's' with {"x":1})"},
      {"an activation of the newest version, without a name", "spec: {campaignversion: a}",
       "activation default/ of a: from '' with {}"},
      {"an activation by object name, as it was exported from an older Symphony",
       R"({"kind":"Activation","metadata":{"name":"r"},"spec":{"name":"r","campaign":"a-v-1"},)"
       R"("status":{"status":9996}})",
       "activation default/r of a:1 from '' with {}"},
      {"both generations of the field, which agree",
       "spec: {campaign: 'a:1', campaignversion: a-v-1}",
       "activation default/ of a:1 from '' with {}"},
      {"an activation's inputs are data", "spec: {campaign: a, inputs: {x: '${{$secret(a,b)}}'}}",
       R"(activation default/ of a: from '' with {"x":"${{$secret(a,b)}}"})"},
      {"an activation's labels and annotations",
       "metadata: {labels: {line: 7}, annotations: {why: '${{$secret(a,b)}}'}}\n"
       "spec: {campaign: a}",
       "activation default/ of a: from '' with {} and "
       R"({"annotations":{"why":"${{$secret(a,b)}}"},"labels":{"line":"7"}})"},
      {"many documents, empty ones between them",
       "# one\nmetadata: {name: a}\nspec:\n---\n---\nspec: {campaign: a}\n...\n---\n"
       "metadata: {name: b}\nspec: {firstStage: s, stages: {s: {}}}\n",
       "container default/a\nactivation default/ of a: from '' with {}\ncampaign default/b:1"},
      {"a byte order mark and Windows line ends",
       "\xEF\xBB\xBFmetadata: {name: a}\r\nspec:\r\n  firstStage: s\r\n  stages: {s: {}}\r\n",
       "campaign default/a:1"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    CHECK(test::outcome_of(row.text) == row.outcome);
  }
}

TEST_CASE("campaign: a document of another group is an object, kept as it is") {
  const std::vector<Case> cases{
      {"an object of another group, a field of its own, a status that is not taken over",
       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, uid: 7}\ndata: {x: 1}\n"
       "status: {state: done}",
       R"(object configmap/a {"apiVersion":"v1","data":{"x":1},"kind":"ConfigMap",)"
       R"("metadata":{"name":"a","namespace":"default"}})"},
      {"an object's old word, with a reference for a name",
       "kind: Solution\nmetadata: {name: 'a:1', namespace: b}\nspec: {x: '${{$val()}}'}",
       R"(object solutionversion/a-v-1@b {"kind":"Solution","metadata":{"name":"a-v-1",)"
       R"("namespace":"b"},"spec":{"x":"${{$val()}}"}})"},
      {"an object's new word",
       "apiVersion: federation.symphony/v1\nkind: CatalogVersion\nmetadata: {name: c}\nspec: {a: "
       "1}",
       R"(object catalogversion/c {"apiVersion":"federation.symphony/v1","kind":"CatalogVersion",)"
       R"("metadata":{"name":"c","namespace":"default"},"spec":{"a":1}})"},
      {"the parent of catalogs", "kind: Catalog\nmetadata: {name: c}\nspec: {}",
       R"(object catalogcontainer/c {"kind":"Catalog","metadata":{"name":"c",)"
       R"("namespace":"default"},"spec":{}})"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.what);
    CHECK(test::outcome_of(row.text) == row.outcome);
  }
}

TEST_CASE("campaign: everything a document says comes out, the same from YAML and from JSON") {
  const auto from_yaml = test::campaign_of(full_yaml);
  const auto from_json = test::campaign_of(full_json);
  CHECK(test::describe(*from_yaml.campaign) == full_description);
  CHECK(test::describe(*from_json.campaign) == full_description);
}

TEST_CASE("campaign: the canonical text is the same for the same content, and loads again") {
  const auto from_yaml = test::campaign_of(full_yaml);
  const auto from_json = test::campaign_of(full_json);
  CHECK(from_yaml.canonical == from_json.canonical);
  CHECK(from_yaml.canonical ==
        R"({"apiVersion":"workflow.symphony/v1","kind":"CampaignVersion",)"
        R"("metadata":{"annotations":{"why":"0x1F"},"labels":{"edge":"yes","tier":"1"},)"
        R"("name":"roll-v-2","namespace":"plant"},"spec":{"firstStage":"sites",)"
        R"("rootResource":"roll","selfDriving":true,"stages":{"deploy":{)"
        R"("config":{"name":[1,{"x":2.5}],"script":"a.sh"},"contexts":"${{$str('tokyo')}}",)"
        R"("idempotent":true,"inputs":{"big":1e+20,"o":15,"operation":"script","v":1,"w":"1.0",)"
        R"("z":"007"},"name":"deploy","provider":"remote",)"
        R"("stageSelector":"${{$if($equal(1,1), report, '')}}","timeout":"1h30m"},)"
        R"("report":{"contexts":["007","${{$str('b')}}","true"],"handleErrors":true,"timeout":90},)"
        R"("sites":{"inputs":{"namesOnly":"yes","objectType":"sites"},)"
        R"("provider":"providers.stage.list","stageSelector":"deploy"}},)"
        R"("triggers":[{"inputs":{"n":3,"version":"${{$if(true, 'v1', 'v2')}}"},)"
        R"("name":"release","topic":"plant/+line/release/#"}],"version":"2"}})");

  const auto bare =
      test::campaign_of("metadata: {name: a}\nspec: {firstStage: s, stages: {s: {}}}");
  const auto nulls = test::campaign_of(
      "kind:\nmetadata: {name: a, labels: }\nstatus:\n"
      "spec: {firstStage: s, version: ~, stages: {s: {inputs: null, tasks: , timeout: }}}");
  CHECK(bare.canonical == nulls.canonical);

  CHECK(test::campaign_of(from_yaml.canonical).canonical == from_yaml.canonical);
  const auto stored = load_canonical(from_yaml.canonical, test::providers());
  REQUIRE(stored.has_value());
  CHECK(test::describe(**stored) == full_description);
}

TEST_CASE("campaign: a stored campaign that this process cannot run is refused with the reason") {
  const auto canonical = test::campaign_of(full_yaml).canonical;
  const core::Providers fewer({});
  const auto stored = load_canonical(canonical, fewer);
  REQUIRE_FALSE(stored.has_value());
  CHECK(stored.error().status == 400);
  CHECK(stored.error().message.find("there is no provider 'remote'") != std::string::npos);

  CHECK_FALSE(load_canonical(R"({"metadata":{"name":"a"},"spec":{}})", test::providers()));
  CHECK_FALSE(load_canonical("", test::providers()));
}

TEST_CASE("campaign: every example loads") {
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root / "examples")) {
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(entry.path().string());
    CHECK(test::problems_of(test::read_file(entry.path())) == "none");
    ++examples;
  }
  CHECK(examples >= 3);
}

TEST_CASE("campaign: the schemas' examples of documents load, their counter-examples do not") {
  for (const char* name : {"activation.json", "campaign.json", "container.json"}) {
    CAPTURE(name);
    CHECK(test::problems_of(test::read_file(root / "schemas/examples" / name)) == "none");
    CHECK(test::problems_of(test::read_file(root / "schemas/counter-examples" / name)) != "none");
  }
}

}  // namespace antiphon::campaign
