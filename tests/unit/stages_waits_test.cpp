// SPDX-License-Identifier: MIT
// The providers that wait for objects, call by call: wait, create, materialize (symphony.md section
// 10).
#include <doctest/doctest.h>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/stages/stages.hpp"
#include "tests/unit/stages_objects_fixture.hpp"

namespace antiphon::stages {
namespace {

constexpr const char* create_app =
    R"({"objectType":"instance","objectName":"app","action":"create","object":{"spec":{"a":1}}})";

constexpr const char* succeeded = R"({"state":"succeeded"})";

std::string catalog_of(const std::string& type, const std::string& name) {
  return R"({"catalogType":")" + type + R"(","properties":{"metadata":{"name":")" + name +
         R"("},"spec":{"n":1}}})";
}

}  // namespace

TEST_CASE("stages: wait is done once all that is named is there") {
  ObjectsFixture plane;
  const std::string inputs = R"({"objectType":"instance","names":["a","b:1"]})";
  CHECK(plane.poll(wait, inputs, "{}", 0) == "again in 5s: instance a, b-v-1");
  plane.have("instance/a", "{}");
  CHECK(plane.poll(wait, inputs, R"({"wait.interval":"30"})", 1) == "again in 30s: instance b-v-1");
  plane.have("instance/b-v-1", "{}");
  CHECK(plane.poll(wait, inputs, "{}", 2) == R"(200 {"objectType":"instance","status":"200"})");
  CHECK(plane.poll(wait, R"({"objectType":"catalogs","names":[]})", "{}", 0).starts_with("200 "));
}

TEST_CASE("stages: wait looks for sites, and for catalogs by their origin's name") {
  ObjectsFixture plane;
  const std::string sites = R"({"objectType":"sites","names":["tokyo"]})";
  CHECK(plane.poll(wait, sites, "{}", 0) == "again in 5s: sites tokyo");
  plane.sites.push_back({*core::PlaneName::parse("tokyo"), false, {}, {}});
  CHECK(plane.poll(wait, sites, "{}", 1).starts_with("200 "));
  const std::string catalogs =
      R"({"objectType":"catalogversions","names":["app"],"__origin":"hq"})";
  plane.have("catalogversion/app", "{}");
  CHECK(plane.poll(wait, catalogs, "{}", 0) == "again in 5s: catalogversions app");
  plane.have("catalogversion/hq-app", "{}");
  CHECK(plane.poll(wait, catalogs, "{}", 1).starts_with("200 "));
  plane.have("instance/made-here", "{}");
  CHECK(
      plane
          .poll(wait, R"({"objectType":"instance","names":["made-here"],"__origin":"hq"})", "{}", 0)
          .starts_with("200 "));
}

TEST_CASE("stages: wait gives up after as many looks as it may take") {
  ObjectsFixture plane;
  const std::string inputs = R"({"objectType":"instance","names":["a"]})";
  const std::string config = R"({"wait.count":3,"wait.interval":1})";
  CHECK(plane.poll(wait, inputs, config, 0).starts_with("again in 1s"));
  CHECK(plane.poll(wait, inputs, config, 1).starts_with("again in 1s"));
  CHECK(plane.poll(wait, inputs, config, 2) ==
        "404 failed to wait for instance a: not there after 3 looks");
}

TEST_CASE("stages: wait says which of its inputs cannot be used") {
  ObjectsFixture plane;
  const std::string type = R"({"objectType":"sites",)";
  for (const auto& [inputs, said] : std::vector<std::pair<std::string, std::string>>{
           {R"({"objectType":"target","names":[]})",
            "10041 objectType 'target' is not one of instance, sites, catalogversions"},
           {R"({"names":[]})",
            "10041 objectType '' is not one of instance, sites, catalogversions"},
           {R"({"objectType":7})", "400 input 'objectType' is no text"},
           {R"({"objectType":"sites"})", "400 input 'names' is missing; it is a list of names"},
           {type + R"("names":"a"})", "400 input 'names' is no list; it is a list of names"},
           {type + R"("names":[7]})",
            "400 input 'names' has an item that is no text; it is a list of names"},
           {type + R"("names":["a"],"objectNamespace":7})",
            "400 input 'objectNamespace' is no text"}}) {
    CAPTURE(inputs);
    CHECK(plane.poll(wait, inputs, "{}", 0) == said);
  }
  const std::string good = type + R"("names":["a"]})";
  CHECK(plane.poll(wait, good, R"({"wait.interval":"soon"})", 0) ==
        "1000 config 'wait.interval' is no whole number from 0 to 1000000000");
  CHECK(plane.poll(wait, good, R"({"wait.count":-1})", 0) ==
        "1000 config 'wait.count' is no whole number from 0 to 1000000000");
}

TEST_CASE("stages: create makes a solution and is done") {
  ObjectsFixture plane;
  CHECK(plane.end(create, R"({"objectType":"solution","objectName":"app:1","action":"create",)"
                          R"("object":"{\"components\":[]}"})") ==
        R"(200 {"objectName":"app-v-1","objectType":"solution"})");
  CHECK(plane.spec("solutionversion/app-v-1") == R"({"components":[]})");
  CHECK(plane.author("solutionversion/app-v-1") == "stage s of r");
  CHECK(plane.end(create, R"({"objectType":"solution","objectName":"app:1","action":"remove"})") ==
        R"(200 {"objectName":"app-v-1","objectType":"solution"})");
  CHECK(plane.spec("solutionversion/app-v-1") == "none");
}

TEST_CASE("stages: create makes an instance for its target and waits for its reconciler") {
  ObjectsFixture plane;
  const std::string inputs = std::string(create_app).insert(1, R"("__target":"line",)");
  CHECK(plane.poll(create, inputs, "{}", 0) == "again in 20s: the deployment of instance/app");
  CHECK(plane.spec("instance/app") == R"({"a":1,"target":{"name":"line"}})");
  plane.report("instance/app", R"({"state":"running"})");
  CHECK(plane.poll(create, inputs, R"({"wait.interval":3})", 1).starts_with("again in 3s"));
  plane.report("instance/app", succeeded);
  CHECK(
      plane.poll(create, inputs, "{}", 2) ==
      R"(200 {"failedDeploymentCount":0,"objectName":"app","objectType":"instance","status":200})");
  CHECK(plane.poll(create, inputs, "{}", 0).starts_with("200 "));  // nothing has changed
}

TEST_CASE("stages: create fails with what the reconciler says, or when it says nothing") {
  ObjectsFixture plane;
  plane.poll(create, create_app, "{}", 0);
  plane.report("instance/app", R"({"state":"failed","error":"no room","failedDeploymentCount":2})");
  const auto failed = plane.result(create, create_app, "{}", 1);
  const auto& finished = std::get<core::Finished>(failed);
  CHECK(finished.status == 400);
  CHECK(finished.error == "no room");
  CHECK(finished.outputs.dump() ==
        R"({"error":"no room","failedDeploymentCount":2,"objectName":"app",)"
        R"("objectType":"instance","status":400})");
  plane.report("instance/app", R"({"state":"running"})");
  CHECK(plane.poll(create, create_app, R"({"wait.count":2,"wait.interval":1})", 2) ==
        "10056 instance/app was not deployed: 2 looks, 1s apart");
  CHECK(plane.poll(create, create_app, "{}", 92).starts_with("again"));
  CHECK(plane.poll(create, create_app, "{}", 93).starts_with("10056 "));
  plane.remove("instance/app");
  CHECK(plane.poll(create, create_app, "{}", 1) ==
        "10059 instance/app was deleted before it was deployed");
}

TEST_CASE("stages: create refuses what it cannot make or remove") {
  ObjectsFixture plane;
  const std::string app = R"({"objectType":"instance","objectName":"app","action":)";
  for (const auto& [inputs, said] : std::vector<std::pair<std::string, std::string>>{
           {R"({"objectType":"target","objectName":"a","action":"create"})",
            "400 objectType 'target' is not one of solutionversion, instance"},
           {R"({"objectType":"instance","action":"create"})",
            "400 input 'objectName': object name is empty"},
           {app + R"("mend"})", "400 action 'mend' is not create or remove"},
           {app + "7}", "400 action '' is not create or remove"},
           {app + R"("create"})", "400 input 'object' is no object"},
           {app + R"("create","object":"[]"})", "400 input 'object' is no object"},
           {app + R"("remove"})", "10054 there is no object instance/app"},
           {R"({"objectType":"solution","objectName":"app","action":"remove"})",
            "404 there is no object solutionversion/app"}}) {
    CAPTURE(inputs);
    CHECK(plane.end(create, inputs) == said);
  }
  const std::string large(200'000, 'x');
  CHECK(plane.end(create, app + R"("create","object":{"a":")" + large + "\"}}")
            .starts_with("10055 instance/app has "));
}

TEST_CASE("stages: materialize makes what catalogs describe, of each type") {
  ObjectsFixture plane;
  plane.have("catalogversion/a", catalog_of("instance", "app"));
  plane.have("catalogversion/b", catalog_of("Solution", "app:1"));
  plane.have("catalogversion/c", catalog_of("target", "line"));
  plane.have("catalogversion/d", catalog_of("config", "settings"));
  CHECK(plane.end(materialize, R"({"names":["a","b","c","d"]})") == "200 {}");
  for (const char* made :
       {"instance/app", "solutionversion/app-v-1", "target/line", "catalogversion/settings"}) {
    CAPTURE(made);
    CHECK(plane.spec(made) == R"({"n":1})");
  }
  plane.have("catalogversion/hq-e", catalog_of("instance", "theirs"));
  CHECK(plane.end(materialize, R"({"names":["e"],"__origin":"hq"})") == "200 {}");
  CHECK(plane.spec("instance/theirs") == R"({"n":1})");
}

TEST_CASE("stages: materialize makes nothing if anything is not right, and says all of it") {
  ObjectsFixture plane;
  plane.have("catalogversion/good", catalog_of("instance", "app"));
  plane.have("catalogversion/type", catalog_of("robot", "app"));
  plane.have("catalogversion/nameless", R"({"catalogType":"target","properties":{"spec":{}}})");
  plane.have("catalogversion/badname", catalog_of("target", "a b"));
  CHECK(plane.end(materialize, R"({"names":["good","none","type","nameless","badname"]})") ==
        "400 catalog 'none' is not found; catalog 'type' has the catalogType 'robot'; it is "
        "instance, solution, target, catalog or config; catalog 'nameless' has no "
        "properties.metadata.name: what is made needs a name; catalog 'badname' names what is "
        "made: object name has a character that no name may have, at position 2");
  CHECK(plane.spec("instance/app") == "none");
  CHECK(plane.end(materialize, "{}") == "400 input 'names' is missing; it is a list of names");
  CHECK(plane.end(materialize, R"({"names":["good"]})", R"({"waitTimeout":"soon"})") ==
        "1000 config 'waitTimeout' is no duration; write seconds, or 1m30s");
}

TEST_CASE("stages: materialize makes no more at once than outputs may have") {
  ObjectsFixture plane;
  const std::string much =
      R"({"catalogType":"config","properties":{"metadata":{"name":"x"},"spec":")" +
      std::string(core::limits::object_bytes - 300, 'x') + "\"}}";
  core::Value names = core::Value::array();
  for (int i = 0; i < 130; ++i) {
    names.push_back("c" + std::to_string(i));
    plane.have("catalogversion/c" + std::to_string(i), much);
  }
  CHECK(plane.end(materialize, core::dump({{"names", names}})) ==
        "400 the catalogs of 'names' describe more than 16777216 bytes; make them in several "
        "stages");
  CHECK(plane.spec("catalogversion/x") == "none");
}

TEST_CASE("stages: materialize waits for deployments and counts those that fail") {
  ObjectsFixture plane;
  plane.have("catalogversion/a", catalog_of("instance", "app"));
  plane.have("catalogversion/b", catalog_of("solution", "app:1"));
  plane.have("catalogversion/c", catalog_of("target", "line"));
  const std::string inputs = R"({"names":["a","b","c"]})";
  const std::string config = R"({"waitForDeployment":true,"waitTimeout":"25s"})";
  CHECK(plane.poll(materialize, inputs, config, 0) ==
        "again in 10s: the deployment of instance/app, target/line");
  plane.report("target/line", succeeded);
  CHECK(plane.poll(materialize, inputs, config, 1) ==
        "again in 10s: the deployment of instance/app");
  CHECK(plane.poll(materialize, inputs, config, 2) ==
        "again in 5s: the deployment of instance/app");
  CHECK(plane.poll(materialize, inputs, config, 3) ==
        R"(200 {"failedDeployment":[{"message":"was not deployed within 25s",)"
        R"("name":"instance/app"}],"failedDeploymentCount":1})");
  plane.report("instance/app", R"({"state":"failed","error":"no room"})");
  plane.remove("target/line");
  CHECK(plane.poll(materialize, inputs, config, 1) ==
        R"(200 {"failedDeployment":[{"message":"no room","name":"instance/app"},)"
        R"({"message":"was deleted before it was deployed","name":"target/line"}],)"
        R"("failedDeploymentCount":2})");
}

}  // namespace antiphon::stages
