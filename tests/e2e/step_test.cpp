// SPDX-License-Identifier: MIT
// Stepped runs as a pipeline drives them: by mosquitto_pub, and by `antiphon step` with its exit
// codes.
#include <doctest/doctest.h>

#include "tests/e2e/world.hpp"
#include "tests/support/process.hpp"

using namespace antiphon::test;

namespace {

/// Three stages; the middle one shows what the pipeline gave.
std::string roll() {
  return "metadata: {name: roll-v-1}\nspec:\n  selfDriving: false\n  firstStage: build\n  stages:\n"
         "    build: {provider: mock, inputs: {n: 1}, stageSelector: check}\n"
         "    check:\n      provider: mock\n      inputs:\n"
         "        tests: \"${{$output(build,tests)}}\"\n        by: \"${{$trigger(by,nobody)}}\"\n"
         "      stageSelector: finish\n"
         "    finish: {provider: mock}\n"
         "    broken: {provider: mock, inputs: {status: 500}}\n";
}

void serve_roll(World& world) {
  world.hq().serve();
  world.apply(roll());
}

std::string step_topic(const std::string& run) {
  return "antiphon/hq/activation/" + run + "/step/ci";
}

}  // namespace

TEST_CASE("step: mosquitto_pub drives a run, also over a restart, and a token counts once") {
  World world;
  serve_roll(world);
  auto statuses = world.broker().subscribe({"antiphon/hq/activation/r1/status"});
  world.activate("roll", "r1");
  statuses.await_line(R"("proposal":"check")", run_patience);
  world.hq().terminate();
  world.hq().serve();
  const std::string step =
      R"({"token": "t1", "outputs": {"tests": "passed"}, "inputs": {"by": "ci"}})";
  for (int i = 0; i < 2; ++i) world.broker().publish(step_topic("r1"), step, {"-q", "1"});
  statuses.await_line(R"("proposal":"finish")", run_patience);
  const Json run = world.await_state("r1", "paused");
  CHECK(run["item"]["outputs"]["tests"] == "passed");
  CHECK(run["item"]["outputs"]["by"] == "ci");
  CHECK(run["history"].size() == 2);
  CHECK(run["history"][1]["steppedBy"] == "ci");
  world.broker().publish(step_topic("r1"), R"({"stage": "nowhere"})", {"-q", "1"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  CHECK(world.items({"get", "rejects"}).at(0)["status"] == 400);
  world.broker().publish(step_topic("r1"), "", {"-q", "1"});
  CHECK(world.await_state("r1", "done")["history"].size() == 3);
}

TEST_CASE("step: its exit code says whether there is more to do, and a repeat gives it again") {
  World world;
  serve_roll(world);
  const CommandResult begun = world.antiphon({"activate", "roll", "--id", "r1", "--wait"});
  CHECK(begun.exit_code == 0);
  const auto outputs = world.file("outputs.json");
  CHECK(run({"sh", "-c", "echo '{\"tests\": \"passed\"}' > " + outputs.string()}).exit_code == 0);
  for (int i = 0; i < 2; ++i) {
    const CommandResult checked = world.antiphon({"step", "r1", "--outputs", outputs.string(), "-i",
                                                  "by=ci", "--token", "b7/check", "--wait"});
    CHECK(checked.exit_code == 0);
    CHECK(checked.json["proposal"] == "finish");
    CHECK(checked.json["outputs"]["tests"] == "passed");
    CHECK(checked.json["run"] == 2);
  }
  const CommandResult refused = world.antiphon({"step", "r1", "--stage", "nowhere", "--wait"});
  CHECK(refused.exit_code == 4);
  const CommandResult ended = world.antiphon({"step", "r1", "--token", "b7/finish", "--wait"});
  CHECK(ended.exit_code == 10);
  CHECK(ended.json["state"] == "done");
  CHECK(world.antiphon({"step", "r1", "--token", "b7/finish", "--wait"}).exit_code == 10);
  const CommandResult back = world.antiphon({"step", "r1", "--token", "b7/check", "--wait"});
  CHECK(back.exit_code == 0);
  CHECK(back.json["proposal"] == "finish");
  CHECK(world.antiphon({"step", "r1", "--wait"}).exit_code == 4);
  CHECK(world.await_state("r1", "done")["history"].size() == 3);

  world.ask({"activate", "roll", "--id", "r2", "--paused"});
  CHECK(world.antiphon({"step", "r2", "--stage", "broken", "--wait"}).exit_code == 1);
  world.ask({"activate", "roll", "--id", "r3", "--paused"});
  CHECK(world.antiphon({"step", "r3", "--stage", "finish", "--self-driving", "--wait"}).exit_code ==
        10);
}

TEST_CASE("step: describe says which step a run waits for") {
  World world;
  serve_roll(world);
  world.ask({"activate", "roll", "--id", "r1"});
  world.await_state("r1", "paused");
  const auto described = run({ANTIPHON_BINARY, "describe", "r1", "--broker", world.broker().uri()});
  CHECK_MESSAGE(described.out.find("it waits for a step, to stage check") != std::string::npos,
                described.out);
}
