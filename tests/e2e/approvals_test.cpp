// SPDX-License-Identifier: MIT
// People decide over the real program and a real broker: what they are asked, retained, and what
// their yes or no makes of a run.
#include <doctest/doctest.h>

#include <string>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

std::string asking(const std::string& config) {
  return campaign("a", "ask",
                  "    ask: {provider: approval, config: {ask: deploy it, " + config +
                      "}, stageSelector: \"${{$if($output(ask,approved),yes,no)}}\"}\n"
                      "    yes: {provider: mock}\n"
                      "    no: {provider: mock}\n");
}

/// What the broker keeps for those who come later; empty if nothing.
std::string kept(World& world, const std::string& run) {
  auto end = world.broker().subscribe({"antiphon/hq/activation/" + run + "/approval/+", "end"});
  world.broker().publish("end", "end", {"-q", "1"});
  const std::string line = end.await_line("");
  return line.find("/approval/") == std::string::npos ? "" : line;
}

void vote(World& world, const std::string& topic, const std::string& payload,
          const std::string& version) {
  world.broker().publish("antiphon/hq/activation/" + topic, payload, {"-q", "1", "-V", version});
}

std::string last_stage(const World& world, const std::string& run) {
  return world.await_state(run, "done")["item"]["stage"];
}

}  // namespace

TEST_CASE("approvals: mosquitto_pub decides, in both versions of MQTT, and the request goes") {
  for (const std::string version : {"mqttv311", "mqttv5"}) {
    CAPTURE(version);
    World world;
    world.hq().serve();
    world.apply(asking("approvers: [ann, bob], need: 2"));
    for (const char* run : {"r1", "r2"}) world.ask({"activate", "a", "--id", run});
    await([&] { return world.items({"get", "approvals"}).size() == 2; });
    auto requests = world.broker().subscribe({"antiphon/hq/activation/r1/approval/+"});
    const std::string request = requests.await_line("deploy it");
    CHECK(request.find("antiphon/hq/activation/r1/approve/<user>") != std::string::npos);

    vote(world, "r1/approve/mallory", "", version);
    vote(world, "r1/approve/ann", "looks good", version);
    vote(world, "r1/approve/ann", "", version);
    requests.await_line("looks good");
    CHECK(world.antiphon({"describe", "r1"}).json["item"]["state"] == "running");
    vote(world, "r1/approve/bob", R"({"comment":"go"})", version);
    CHECK(last_stage(world, "r1") == "yes");
    vote(world, "r2/reject/bob", "", version);
    CHECK(last_stage(world, "r2") == "no");
    for (const char* run : {"r1", "r2"}) CHECK(kept(world, run).empty());

    const Json history = world.antiphon({"describe", "r1"}).json;
    const Json outputs = history["tasks"].at(0)["outputs"];
    CHECK(outputs["by"] == Json::array({"ann", "bob"}));
    CHECK(outputs["comments"]["bob"] == "go");
    const auto late = world.antiphon({"reject", "r1"});
    CHECK(late.exit_code == 4);
    CHECK(late.json["error"] ==
          "it comes too late: what run r1 asked is approved by ann (looks "
          "good), bob (go)");
  }
}

TEST_CASE("approvals: the command line decides, over a kill of the plane") {
  World world;
  world.hq().serve();
  world.apply(asking("need: 1"));
  world.ask({"activate", "a", "--id", "r1"});
  await([&] { return !world.items({"get", "approvals"}).empty(); });
  world.hq().kill9();
  world.hq().serve();
  const Json item = world.items({"get", "approvals"}).at(0);
  CHECK(item["activation"] == "r1");
  CHECK(item["ask"] == "deploy it");
  CHECK(world.ask({"approve", "r1", "--comment", "fine"})["decided"] == true);
  CHECK(last_stage(world, "r1") == "yes");
  CHECK(world.items({"get", "approvals"}).empty());
  const Json tasks = world.antiphon({"describe", "r1"}).json["tasks"];
  CHECK(tasks.at(0)["outputs"]["comments"]["tester"] == "fine");
}

TEST_CASE("approvals: a request that the broker has kept and nobody asks is cleared") {
  World world;
  const std::string topic = "antiphon/hq/activation/gone/approval/0f3k9t2m5q8s1v4b7d0h6j2n8p";
  world.broker().publish(topic, "{}", {"-q", "1", "-r"});
  REQUIRE(!kept(world, "gone").empty());
  world.hq().serve();
  await([&] { return kept(world, "gone").empty(); });
}

TEST_CASE("approvals: a deadline decides, and somebody else is told before") {
  World world;
  world.hq().serve();
  world.apply(asking("deadline: 2s, default: approve, escalateAfter: 1s, escalateTo: plant/duty"));
  auto duty = world.broker().subscribe({"plant/duty"});
  world.ask({"activate", "a", "--id", "r1"});
  CHECK(duty.await_line("deploy it").find("plant/duty") != std::string::npos);
  CHECK(last_stage(world, "r1") == "yes");
  const Json tasks = world.antiphon({"describe", "r1"}).json["tasks"];
  CHECK(tasks.at(0)["outputs"]["byDefault"] == true);
}

TEST_CASE("approvals: a run that is cancelled asks no more") {
  World world;
  world.hq().serve();
  world.apply(asking("need: 1"));
  world.ask({"activate", "a", "--id", "r1"});
  await([&] { return !kept(world, "r1").empty(); });
  world.ask({"cancel", "r1", "--wait"});
  await([&] { return kept(world, "r1").empty(); });
  CHECK(world.antiphon({"approve", "r1"}).exit_code == 4);
}
