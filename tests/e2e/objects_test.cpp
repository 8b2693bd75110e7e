// SPDX-License-Identifier: MIT
// Objects over the real program and a real broker: applied at hq, taken over by a site, acted on by
// a reconciler that is no more than mosquitto_sub and mosquitto_pub.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

const std::string catalog =
    "apiVersion: federation.symphony/v1\nkind: Catalog\nmetadata: {name: app}\n"
    "spec: {catalogType: instance, properties: {metadata: {name: press}, spec: {scope: a}}}\n";

void serve_with_tokyo(World& world) {
  world.hq().start();
  world.plane("tokyo").serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
}

std::vector<std::string> names(const std::vector<Json>& items) {
  std::vector<std::string> all;
  for (const Json& item : items) {
    all.push_back(item["kind"].get<std::string>() + "/" + item["name"].get<std::string>());
  }
  return all;
}

std::vector<std::string> objects_of(const World& world, const std::string& plane) {
  return names(world.items({"get", "objects", "--plane", plane}));
}

using Names = std::vector<std::string>;

/// Says of each object of a plane that it is deployed. Its mosquitto_sub dies with its shell.
class Reconciler {
 public:
  Reconciler(const Broker& broker, const std::string& plane)
      : process_({"bash", "-c",
                  "setpriv --pdeathsig KILL mosquitto_sub -p " + std::to_string(broker.port()) +
                      " -q 1 -t 'antiphon/" + plane +
                      "/object/+/+' -F %t | while read -r topic; do mosquitto_pub -p " +
                      std::to_string(broker.port()) +
                      " -q 1 -t \"$topic/status\" -m '{\"state\":\"succeeded\"}'; done"}) {}

 private:
  ChildProcess process_;
};

}  // namespace

TEST_CASE("objects: a catalog applied at hq is its site's too, until it is deleted") {
  World world;
  serve_with_tokyo(world);
  world.apply(catalog + "---\nkind: Target\nmetadata: {name: line, namespace: plant}\n");
  CHECK(objects_of(world, "hq") == Names{"catalogversion/app", "target/line"});
  await([&] { return objects_of(world, "tokyo") == Names{"catalogversion/hq-app"}; });
  const Json there = world.ask({"describe", "catalog/hq-app", "--plane", "tokyo"})["item"];
  CHECK(there["origin"] == "hq");
  CHECK(there["document"]["spec"]["catalogType"] == "instance");
  CHECK(world.antiphon({"delete", "catalog/hq-app", "--plane", "tokyo"}).exit_code != 0);
  CHECK(world.ask({"delete", "catalog/app", "target/line@plant"})["items"].size() == 2);
  CHECK(objects_of(world, "hq").empty());
  await([&] { return objects_of(world, "tokyo").empty(); });
}

TEST_CASE("objects: what hq deleted while its site was away is gone there when it comes back") {
  World world;
  serve_with_tokyo(world);
  world.apply(catalog);
  await([&] { return objects_of(world, "tokyo") == Names{"catalogversion/hq-app"}; });
  world.plane("tokyo").terminate();
  world.broker().kill9();  // and with it the session that would have told
  world.broker().start();
  await(
      [&] {
        return world.antiphon({"get", "sites"}).exit_code == 0;
      },
      run_patience, "hq is back on the bus");
  world.ask({"delete", "catalog/app"});
  world.plane("tokyo").serve();
  await([&] { return objects_of(world, "tokyo").empty(); }, run_patience, "the catalog is gone");
}

TEST_CASE("objects: they are retained, said again to a broker that lost them, and cleared") {
  World world;
  world.hq().serve();
  world.apply(catalog);
  const std::string topic = "antiphon/hq/object/catalogversion/app";
  world.broker().subscribe({topic}).await_line(R"("generation":1)");
  world.hq().kill9();
  world.broker().publish(topic, "", {"-q", "1", "-r"});
  world.hq().serve();
  auto ear = world.broker().subscribe({"antiphon/hq/object/#"});
  ear.await_line(topic + " {");
  world.ask({"delete", "catalog/app"});
  ear.await_line([&](const std::string& line) {
    return line.starts_with(topic) && line.find('{') == std::string::npos;
  });
}

TEST_CASE("objects: a reconciler's status is seen; of what is not there it is refused") {
  World world;
  world.hq().serve();
  world.apply("kind: Instance\nmetadata: {name: press}\nspec: {scope: a}\n");
  const std::string topic = "antiphon/hq/object/instance/press/status";
  world.broker().publish(topic, R"({"state":"succeeded","generation":1})", {"-q", "1"});
  await([&] {
    const auto items = world.items({"get", "objects", "instance"});
    return items.at(0).value("state", "") == "succeeded";
  });
  world.broker().publish("antiphon/hq/object/instance/other/status", R"({"state":"failed"})",
                         {"-q", "1", "-r"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  CHECK(world.items({"get", "rejects"}).at(0)["reason"] == "there is no object instance/other");
  const auto wrong = world.antiphon({"describe", "instance/none"});
  CHECK(wrong.exit_code == 4);
  CHECK(world.antiphon({"delete", "none"}).exit_code == 2);
}

TEST_CASE("objects: a campaign over sites waits for its catalogs and has them deployed there") {
  World world;
  world.hq().start();
  world.plane("tokyo", {"--offers", "wait,materialize"}).serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  const Reconciler reconciler(world.broker(), "tokyo");
  world.apply(campaign("deploy", "list", R"(
    list:
      provider: providers.stage.list
      config: {baseUrl: http://symphony-service:8080/v1alpha2/, user: admin, password: ""}
      inputs: {objectType: sites, namesOnly: true}
      stageSelector: wait-sync
    wait-sync:
      provider: providers.stage.remote
      contexts: "${{$output(list,items)}}"
      config: {wait.interval: 1, wait.count: 60}
      inputs: {operation: wait, objectType: catalogs, names: ["app-solution:1", app-instance]}
      stageSelector: deploy
    deploy:
      provider: providers.stage.remote
      contexts: "${{$output(list,items)}}"
      config: {waitForDeployment: true, waitTimeout: 50s}
      inputs: {operation: materialize, names: ["app-solution:1", app-instance]}
)"));
  world.activate("deploy", "d1");
  await([&] { return world.antiphon({"describe", "d1"}).exit_code == 0; });
  world.apply(R"(
apiVersion: federation.symphony/v1
kind: Catalog
metadata: {name: "app-solution:1"}
spec:
  catalogType: solution
  properties: {metadata: {name: "app:1"}, spec: {components: [{name: press}]}}
---
apiVersion: federation.symphony/v1
kind: Catalog
metadata: {name: app-instance}
spec:
  catalogType: instance
  properties: {metadata: {name: app}, spec: {solution: "app:1"}}
)");
  const Json run = world.await_state("d1", "done");
  CHECK(run["item"]["outputs"]["tokyo.failedDeploymentCount"] == 0);
  const auto there = objects_of(world, "tokyo");
  CHECK(there == Names{"catalogversion/hq-app-instance", "catalogversion/hq-app-solution-v-1",
                       "instance/app", "solutionversion/app-v-1"});
}

TEST_CASE("objects: the example's canary shifts the weights of a solution, and takes them back") {
  World world;
  std::string text = file_text(ANTIPHON_SOURCE_DIR "/examples/canary-objects.yaml");
  const std::string pause = "delay: 10m";
  text.replace(text.find(pause), pause.size(), "delay: 0s");
  world.script("count-errors.sh", R"(echo "{\"errors\": $(cat "$(dirname "$0")/errors")}")");
  world.plane("hq", {"--scripts", world.scripts().string()}).serve();
  world.apply(file_text(ANTIPHON_SOURCE_DIR "/examples/objects/shop.yaml"));
  world.apply(text);
  const auto shop = [&](const std::string& errors, const std::string& version,
                        const std::string& old) {
    std::ofstream(world.scripts() / "errors") << errors;
    const std::string run = "to-" + version;
    world.ask({"activate", "canary-objects", "--id", run, "-i", "version=" + version, "-i",
               "old=" + old});
    const Json outputs = world.await_state(run, "done")["item"]["outputs"];
    const Json item = world.ask({"describe", "solutionversion/shop:v1"})["item"];
    std::string told = outputs["report"];
    for (const Json& component : item["document"]["spec"]["components"]) {
      told += "; " + component["name"].get<std::string>();
      for (const Json& route : component["properties"].value("routes", Json::array())) {
        told += " " + route["backend"].get<std::string>() + "=" + route["weight"].dump();
      }
    }
    return told;
  };
  CHECK(shop("0", "2.0.0", "1.0.0") ==
        "2.0.0 has 100 % of the visitors; backend-1.0.0; ingress backend-1.0.0=0 "
        "backend-2.0.0=100; backend-2.0.0");
  CHECK(shop("9", "3.0.0", "2.0.0") ==
        "3.0.0 went back at 20 %; backend-1.0.0; ingress backend-1.0.0=0 backend-2.0.0=100; "
        "backend-2.0.0");
}
