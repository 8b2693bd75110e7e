// SPDX-License-Identifier: MIT
// Planes that die by SIGKILL at named places and come back: the run ends well, and each script ran
// once per site and stage.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

const std::string both = "[tokyo, paris]";

/// Two stages on two sites, and a last one at hq.
std::string two_stages(const std::string& gate = {}) {
  return campaign("kills", "first",
                  to_yaml({"first", both, "second", gate}) + to_yaml({"second", both, "finish"}) +
                      "    finish: {provider: mock}\n");
}

void start_all(World& world) {
  for (const char* name : {"hq", "tokyo", "paris"}) world.plane(name).start();
  for (const char* name : {"hq", "tokyo", "paris"}) world.plane(name).await_on_bus();
  world.await_sites({"tokyo", "paris"});
}

void check_once(World& world) {
  const Json run = world.await_state("r1", "done");
  CHECK(run["history"].size() == 3);
  CHECK(world.items({"get", "activations"}).size() == 1);
  for (const char* site : {"tokyo", "paris"}) {
    for (const char* stage : {"first", "second"}) {
      CAPTURE(std::string(site) + " " + stage);
      CHECK(world.plane(site).runs(stage) == 1);
    }
  }
  CHECK(world.items({"get", "rejects"}).empty());
}

/// `victim` dies at each of these places in turn, one process each.
void survives(const std::string& victim, const std::vector<std::string>& places) {
  World world;
  start_all(world);
  world.apply(two_stages());
  world.plane(victim).terminate();
  bool activated = false;
  for (const std::string& place : places) {
    CAPTURE(place);
    world.plane(victim).start({{"ANTIPHON_FAILPOINT", place}});
    if (!activated) world.activate("kills", "r1");
    activated = true;
    world.plane(victim).await_death();
  }
  world.plane(victim).start();
  check_once(world);
}

}  // namespace

TEST_CASE("kill: hq before the commit of the command") {
  survives("hq", {"before-commit-of-command"});
}

TEST_CASE("kill: hq after the commit of the command, before it left") {
  survives("hq", {"after-commit-of-command"});
}

TEST_CASE("kill: hq before the commit of the second stage's commands") {
  survives("hq", {"before-commit-of-command:2"});
}

TEST_CASE("kill: hq after the commit of the second stage's commands") {
  survives("hq", {"after-commit-of-command:2"});
}

TEST_CASE("kill: hq before the commit of the first reply") {
  survives("hq", {"before-commit-of-reply"});
}

TEST_CASE("kill: hq before the commit of the second reply") {
  survives("hq", {"before-commit-of-reply:2"});
}

TEST_CASE("kill: hq after the commit of the first reply") {
  survives("hq", {"after-commit-of-reply"});
}

TEST_CASE("kill: hq after the commit of the second reply") {
  survives("hq", {"after-commit-of-reply:2"});
}

TEST_CASE("kill: hq after the commit of the last reply of a stage, before the next stage") {
  survives("hq", {"after-commit-of-reply:4"});
}

TEST_CASE("kill: hq after its first commit, whatever that was") {
  survives("hq", {"after-commit"});
}

TEST_CASE("kill: hq after its third commit, whatever that was") {
  survives("hq", {"after-commit:3"});
}

TEST_CASE("kill: hq before its fifth commit, whatever that was") {
  survives("hq", {"before-commit:5"});
}

TEST_CASE("kill: hq twice in a row, at the command both times") {
  survives("hq", {"before-commit-of-command", "before-commit-of-command"});
}

TEST_CASE("kill: hq thrice, later each time") {
  survives("hq", {"after-commit-of-command", "before-commit-of-reply", "after-commit-of-reply:2"});
}

TEST_CASE("kill: a site before the commit of its work") {
  survives("tokyo", {"before-commit-of-work"});
}

TEST_CASE("kill: a site after the commit of its work, before the work began") {
  survives("tokyo", {"after-commit-of-work"});
}

TEST_CASE("kill: a site with the script's folder ready and no runner") {
  survives("tokyo", {"script-before-spawn"});
}

TEST_CASE("kill: a site that holds the script's result and has not told it to itself") {
  survives("tokyo", {"script-before-report"});
}

TEST_CASE("kill: a site after the script's result and before the commit of the reply") {
  survives("tokyo", {"before-commit-of-result"});
}

TEST_CASE("kill: a site after the commit of the reply, before it left") {
  survives("tokyo", {"after-commit-of-result"});
}

TEST_CASE("kill: a site after the second stage's result, and again") {
  survives("tokyo", {"after-commit-of-result:2", "after-commit"});
}

TEST_CASE("kill: a site while its script runs, whose runner lives on and is found again") {
  World world;
  start_all(world);
  world.apply(two_stages(world.gate().string()));
  world.activate("kills", "r1");
  ServedPlane& tokyo = world.plane("tokyo");
  await([&] { return tokyo.runs("first") == 1; });
  tokyo.kill9();
  SUBCASE("and is still at it") {
    tokyo.serve();
    world.open_gate();
  }
  SUBCASE("and is done by then") {
    world.open_gate();
    const auto runner = std::filesystem::path("/proc") / tokyo.lines("runner").at(0);
    await([&] { return !std::filesystem::exists(runner); });
    tokyo.serve();
  }
  check_once(world);
}

TEST_CASE("kill: hq and a site at once, while the script runs") {
  World world;
  start_all(world);
  world.apply(two_stages(world.gate().string()));
  world.activate("kills", "r1");
  for (const char* site : {"tokyo", "paris"}) {
    await([&] { return world.plane(site).runs("first") == 1; });
  }
  world.hq().kill9();
  world.plane("tokyo").kill9();
  world.open_gate();
  world.plane("tokyo").start();
  world.hq().start();
  check_once(world);
}

TEST_CASE("kill: the broker, with all it knew, while scripts run") {
  World world;
  start_all(world);
  world.apply(two_stages(world.gate().string()));
  world.activate("kills", "r1");
  for (const char* site : {"tokyo", "paris"}) {
    await([&] { return world.plane(site).runs("first") == 1; });
  }
  world.broker().kill9();
  std::filesystem::remove(world.broker().folder() / "mosquitto.db");
  world.open_gate();
  world.broker().start();
  for (const char* name : {"hq", "tokyo", "paris"}) {
    ServedPlane& plane = world.plane(name);
    await([&] { return plane.log().find("on the bus") != plane.log().rfind("on the bus"); },
          run_patience, plane.name() + " is on the bus again");
  }
  check_once(world);
}

TEST_CASE("kill: a runner before its script began is named in the run's error") {
  World world;
  world.hq().start();
  world.plane("tokyo").serve({{"ANTIPHON_FAILPOINT", "script-before-started"}});
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  world.apply(campaign("kills", "first", to_yaml({"first", "tokyo"})));
  world.activate("kills", "r1");
  const Json run = world.await_state("r1", "failed");
  CHECK(run["item"]["error"].get<std::string>().find("ended before the script began") !=
        std::string::npos);
  CHECK(world.plane("tokyo").runs("first") == 0);
}

TEST_CASE("kill: a runner whose script began and left no result makes the work uncertain") {
  for (const char* place : {"script-after-started", "script-before-result"}) {
    CAPTURE(std::string(place));
    World world;
    world.hq().start();
    world.plane("tokyo").serve({{"ANTIPHON_FAILPOINT", place}});
    world.hq().await_on_bus();
    world.await_sites({"tokyo"});
    world.apply(campaign("kills", "first", to_yaml({"first", "tokyo"})));
    world.activate("kills", "r1");
    const Json run = world.await_state("r1", "failed");
    CHECK(run["tasks"][0]["state"] == "uncertain");
    CHECK(run["tasks"][0]["status"] == 20002);
    CHECK(run["item"]["error"].get<std::string>().find("interrupted") != std::string::npos);
    CHECK(world.plane("tokyo").runs("first") <= 1);
  }
}

TEST_CASE("kill: a runner that had written the result loses nothing") {
  World world;
  world.hq().start();
  world.plane("tokyo").serve({{"ANTIPHON_FAILPOINT", "script-after-result"}});
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  world.apply(campaign("kills", "first", to_yaml({"first", "tokyo"})));
  world.activate("kills", "r1");
  const Json run = world.await_state("r1", "done");
  CHECK(run["tasks"][0]["outputs"]["site"] == "tokyo");
  CHECK(world.plane("tokyo").runs("first") == 1);
}

TEST_CASE("kill: a runner amid an idempotent script has the script run again") {
  World world;
  world.hq().start();
  ServedPlane& tokyo = world.plane("tokyo");
  tokyo.serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  world.apply(campaign("kills", "first",
                       to_yaml({"first", "tokyo", "", world.gate().string(), "idempotent: true"})));
  world.activate("kills", "r1");
  await([&] { return tokyo.runs("first") == 1; });
  ::kill(std::stoi(tokyo.lines("runner").at(0)), SIGKILL);
  await([&] { return tokyo.runs("first") == 2; });
  world.open_gate();
  world.await_state("r1", "done");
  CHECK(tokyo.runs("first") == 2);
}

TEST_CASE("kill: a message that ends hq each time it is tried is put aside at the third start") {
  World world;
  start_all(world);
  world.apply(two_stages());
  world.hq().terminate();
  const std::string place = "before-commit-of-command";
  world.hq().start({{"ANTIPHON_FAILPOINT", place}});
  world.activate("kills", "r1");
  world.hq().await_death();
  for (int i = 0; i < 2; ++i) {
    world.hq().start({{"ANTIPHON_FAILPOINT", place}});
    world.hq().await_death();
  }
  world.hq().serve({{"ANTIPHON_FAILPOINT", place}});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  const auto rejects = world.items({"get", "rejects"});
  CHECK(rejects.size() == 1);
  CHECK(rejects[0]["topic"] == "antiphon/hq/campaign/kills/activate");
  CHECK(rejects[0]["status"] == 500);
  CHECK(world.items({"get", "activations"}).empty());
}
