// SPDX-License-Identifier: MIT
// Signals over the real program and a real broker, of both versions of MQTT: heard by a stage that
// waits, kept for one that will, over kills.
#include <doctest/doctest.h>

#include <string>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

void signal(World& world, const std::string& place, const std::string& payload,
            const std::string& version = "mqttv5") {
  world.broker().publish("antiphon/hq/activation/" + place, payload, {"-q", "1", "-V", version});
}

std::string waiting(const std::string& config) {
  return campaign("s", "wait",
                  "    wait: {provider: event, config: {" + config +
                      "}, stageSelector: \"${{$if($output(wait,timedOut),late,go)}}\"}\n"
                      "    go: {provider: mock, inputs: {got: \"${{$output(wait,payload)}}\"}}\n"
                      "    late: {provider: mock}\n");
}

Json ended(const World& world, const std::string& run) {
  return world.await_state(run, "done")["item"];
}

}  // namespace

TEST_CASE("signals: a stage hears those of its name that `when` wants, by mosquitto_pub") {
  for (const std::string version : {"mqttv311", "mqttv5"}) {
    CAPTURE(version);
    World world;
    world.hq().serve();
    world.apply(waiting("signal: ready, when: \"${{$gt($payload('$.n'),1)}}\""));
    world.ask({"activate", "s", "--id", "r1"});
    signal(world, "r1/signal/other/press", R"({"n":9})", version);
    signal(world, "r1/signal/ready/press", R"({"n":1})", version);
    signal(world, "r1/signal/ready/press", R"({"n":2})", version);
    const Json run = ended(world, "r1");
    CHECK(run["stage"] == "go");
    CHECK(run["outputs"]["got"] == Json{{"n", 2}});
    const Json tasks = world.antiphon({"describe", "r1"}).json["tasks"];
    CHECK(tasks.at(0)["outputs"]["by"] == "press");
  }
}

TEST_CASE("signals: one that comes early is kept over a kill, and text and bytes are payloads") {
  World world;
  world.hq().serve();
  world.apply(waiting("signal: ready"));
  for (const char* run : {"r1", "r2"}) {
    world.ask({"activate", "s", "--id", run, "--paused"});
  }
  signal(world, "r1/signal/ready", "it is ready");
  CHECK(world.ask({"signal", "r2", "ready", "--payload", "[1,2]"})["kept"] == true);
  world.hq().kill9();
  world.hq().serve();
  for (const char* run : {"r1", "r2"}) world.ask({"resume", run});
  CHECK(ended(world, "r1")["outputs"]["got"] == "it is ready");
  CHECK(ended(world, "r2")["outputs"]["got"] == Json::array({1, 2}));
}

TEST_CASE("signals: the command line sends one, and says what became of it") {
  World world;
  world.hq().serve();
  world.apply(waiting("signal: ready, deadline: 1h"));
  world.ask({"activate", "s", "--id", "r1"});
  const Json tasks = world.antiphon({"describe", "r1"}).json["tasks"];
  CHECK(tasks.at(0)["waitsFor"] == "signal ready");
  CHECK(world.ask({"signal", "r1", "ready", "--payload", "fine"})["heard"] == 1);
  CHECK(ended(world, "r1")["outputs"]["got"] == "fine");
  const auto late = world.antiphon({"signal", "r1", "ready"});
  CHECK(late.exit_code == 4);
  CHECK(late.json["error"] == "run r1 has ended (done)");
  CHECK(world.antiphon({"signal", "nobody", "ready"}).exit_code == 4);
  CHECK(world.antiphon({"signal", "r1", "a b"}).exit_code == 2);
}

TEST_CASE("signals: one that does not come in time leads where the selector says") {
  World world;
  world.hq().serve();
  world.apply(waiting("signal: ready, deadline: 1s"));
  world.ask({"activate", "s", "--id", "r1"});
  CHECK(ended(world, "r1")["stage"] == "late");
}
