// SPDX-License-Identifier: MIT
// What operators make of a run that has failed or waits: mosquitto_pub and the command line try it
// again, go back, skip a stage and change its inputs.
#include <doctest/doctest.h>

#include <fstream>

#include "tests/e2e/world.hpp"
#include "tests/support/process.hpp"

using namespace antiphon::test;

namespace {

std::string topic(const std::string& run, const std::string& verb) {
  return "antiphon/hq/activation/" + run + "/" + verb + "/dana";
}

/// Paris fails its first time; what comes after shows what the stage gave.
std::string fleet() {
  return campaign("fleet", "roll",
                  "    roll: {provider: remote, contexts: [tokyo, paris], config: {script: once}, "
                  "inputs: {operation: script}, stageSelector: finish}\n"
                  "    finish:\n      provider: mock\n      inputs:\n"
                  "        of: \"${{$output(roll,'paris.n')}}\"\n"
                  "        version: \"${{$trigger(version,0)}}\"\n");
}

void serve_fleet(World& world) {
  world.script("once",
               "echo ran >> \"$ANTIPHON_DATA/ran\"\n"
               "if [ \"$ANTIPHON_SITE\" = paris ] && [ ! -f \"$ANTIPHON_DATA/mended\" ]; then\n"
               "  touch \"$ANTIPHON_DATA/mended\"; echo broken >&2; exit 1\nfi\n"
               "echo '{\"n\": 1}'\n");
  world.hq().start();
  world.plane("tokyo").start();
  world.plane("paris").start();
  world.hq().await_on_bus();
  world.await_sites({"paris", "tokyo"});
  world.apply(fleet());
}

}  // namespace

TEST_CASE("verbs: retry by mosquitto_pub does again what failed, and nothing else") {
  World world;
  serve_fleet(world);
  world.activate("fleet", "r1");
  world.await_state("r1", "failed");
  world.broker().publish(topic("r1", "retry"), R"({"reason": "mended"})",
                         {"-q", "1", "-V", "mqttv311"});
  const Json run = world.await_state("r1", "done");
  CHECK(run["item"]["outputs"]["of"] == 1);
  CHECK(run["history"][1]["act"] == "retry by dana: mended");
  CHECK(run["history"][1]["againOf"] == 1);
  const auto shown =
      antiphon::test::run({ANTIPHON_BINARY, "describe", "r1", "--broker", world.broker().uri()});
  CHECK_MESSAGE(shown.out.find("note of run 2, stage roll: retry by dana: mended; keeps what ended "
                               "well in run 1\n") != std::string::npos,
                shown.out);
  CHECK(world.plane("paris").lines("ran").size() == 2);
  CHECK(world.plane("tokyo").lines("ran").size() == 1);
  const auto again = world.antiphon({"retry", "r1"});
  CHECK(again.exit_code != 0);
  CHECK_MESSAGE(again.err.find("rewind goes back to a stage") != std::string::npos, again.err);
}

TEST_CASE("verbs: a failed stage is skipped with outputs from a file, and a run is rewound") {
  World world;
  serve_fleet(world);
  world.activate("fleet", "r1");
  world.await_state("r1", "failed");
  const auto outputs = world.file("outputs.json");
  std::ofstream(outputs) << R"({"paris.n": 9})";
  const auto wrong = world.antiphon({"skip", "r1", "--stage", "finish"});
  CHECK_MESSAGE(wrong.err.find("stands at stage roll") != std::string::npos, wrong.err);
  world.ask({"skip", "r1", "--outputs", outputs.string(), "--reason", "by hand"});
  const Json skipped = world.await_state("r1", "done");
  CHECK(skipped["item"]["outputs"]["of"] == 9);
  CHECK(skipped["history"][1]["act"] == "skip by tester: by hand");
  world.broker().publish(topic("r1", "rewind"), R"({"stage": "roll"})", {"-q", "1"});
  await([&] { return world.ask({"describe", "r1"})["history"].size() == 5; }, run_patience);
  const Json again = world.await_state("r1", "done");
  CHECK(again["item"]["outputs"]["of"] == 1);
  CHECK(again["history"][3]["act"] == "rewind by dana");
}

TEST_CASE("verbs: inputs of a paused run are set by mosquitto_pub, and of another are not") {
  World world;
  serve_fleet(world);
  world.ask({"activate", "fleet", "--id", "r1", "--paused", "-i", "version=1"});
  world.broker().publish(topic("r1", "set"), R"({"inputs": {"version": 2}})", {"-q", "1"});
  world.broker().publish(topic("r1", "skip"), R"({"outputs": {"paris.n": 3}})", {"-q", "1"});
  world.broker().publish(topic("r1", "resume"), "", {"-q", "1"});
  const Json run = world.await_state("r1", "done");
  CHECK(run["item"]["outputs"]["version"] == 2);
  CHECK(run["item"]["outputs"]["of"] == 3);
  CHECK(run["history"][0]["act"] == "set by dana; skip by dana");
  CHECK(world.antiphon({"set", "r1", "-i", "version=3"}).exit_code != 0);
  CHECK(world.antiphon({"set", "r1"}).exit_code == 2);
  world.broker().publish(topic("r1", "set"), "", {"-q", "1"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  const auto reason = world.items({"get", "rejects"}).at(0)["reason"].get<std::string>();
  CHECK_MESSAGE(reason.find("'inputs' is missing") != std::string::npos, reason);
}
