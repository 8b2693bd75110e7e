// SPDX-License-Identifier: MIT
// Runs over the real program: how they are started, steered and stopped, and what is refused.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

const std::string one_mock = "    only: {provider: mock}\n";

void start_with_tokyo(World& world) {
  world.hq().start();
  world.plane("tokyo").serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
}

bool is_gone(const std::string& pid) {
  const std::string stat = file_text(std::filesystem::path("/proc") / pid / "stat");
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

std::string reason_of(const Json& reject) {
  return reject["reason"].get<std::string>();
}

}  // namespace

TEST_CASE("runs: a device's message starts one, with what topic and payload say") {
  World world;
  world.hq().serve();
  world.apply(campaign("release", "only", one_mock,
                       "[{name: release, topic: plant/+line/release, inputs: "
                       "{version: '${{$payload(version)}}', line: '${{$topic(line)}}'}}]"));
  await_subscribed(world, "plant/+/release");
  world.broker().publish("plant/line7/release", R"({"version": "2.4.0"})", {"-q", "1"});
  await([&] { return !world.items({"get", "activations"}).empty(); });
  const std::string id = world.items({"get", "activations"}).at(0)["id"];
  const Json run = world.await_state(id, "done");
  CHECK(run["item"]["inputs"]["version"] == "2.4.0");
  CHECK(run["item"]["inputs"]["line"] == "line7");
  CHECK(run["item"]["trigger"]["topic"] == "plant/line7/release");
}

TEST_CASE("runs: an expression in a device's message goes to a site and back and stays that text") {
  World world;
  start_with_tokyo(world);
  world.apply(
      campaign("said", "far",
               "    far: {provider: remote, contexts: tokyo, inputs: {operation: mock, "
               "text: '${{$trigger(text,none)}}', raw: '${{$payload(text)}}'}, "
               "stageSelector: next}\n"
               "    next: {provider: mock, inputs: {text: \"${{$output(far,'tokyo.text')}}\", "
               "raw: \"${{$output(far,'tokyo.raw')}}\"}}\n",
               "[{name: say, topic: plant/say, inputs: {text: '${{$payload(text)}}'}}]"));
  await_subscribed(world, "plant/say");
  const std::string said = "${{$secret(a,b)}}";
  world.broker().publish("plant/say", Json{{"text", said}}.dump(), {"-q", "1"});
  await([&] { return !world.items({"get", "activations"}).empty(); });
  const Json run = world.await_state(world.items({"get", "activations"}).at(0)["id"], "done");
  CHECK(run["item"]["inputs"]["text"] == said);
  REQUIRE(run["tasks"].size() == 2);
  CHECK(run["tasks"][0]["site"] == "tokyo");
  for (const Json& task : run["tasks"]) {
    CHECK(task["outputs"]["text"] == said);
    CHECK(task["outputs"]["raw"] == said);
  }
}

TEST_CASE("runs: one message over three overlapping filters starts one of each campaign") {
  for (const char* version : {"5", "3.1.1"}) {
    CAPTURE(std::string(version));
    World world;
    world.plane("hq", {"--mqtt-version", version}).serve();
    const std::map<std::string, std::string> filters{
        {"all", "plant/#"}, {"some", "plant/+/release"}, {"one", "plant/line7/release"}};
    std::string documents;
    for (const auto& [name, filter] : filters) {
      documents +=
          campaign(name, "only", one_mock, "[{name: t, topic: '" + filter + "'}]") + "---\n";
    }
    world.apply(documents);
    await_subscribed(world, "plant/#");
    if (std::string(version) == "5") {
      for (const auto& [name, filter] : filters) await_subscribed(world, filter);
    }
    // The second message comes after all copies of the first.
    for (const std::size_t messages : {1U, 2U}) {
      world.broker().publish("plant/line7/release", "{}", {"-q", "1"});
      await([&] { return world.items({"get", "activations"}).size() >= 3 * messages; });
      for (const auto& [name, filter] : filters) {
        CHECK(world.items({"get", "activations", "--campaign", name}).size() == messages);
      }
    }
  }
}

TEST_CASE("runs: an activation by mosquitto_pub carries inputs and an id, and counts once") {
  World world;
  world.hq().serve();
  world.apply(campaign("plain", "only", one_mock));
  const std::string topic = "antiphon/hq/campaign/plain/activate/dana";
  for (int i = 0; i < 2; ++i) {
    world.broker().publish(topic, R"({"activation": "r1", "inputs": {"n": 7}})", {"-q", "1"});
  }
  const Json run = world.await_state("r1", "done");
  CHECK(run["item"]["inputs"]["n"] == 7);
  CHECK(run["item"]["author"] == "dana");
  world.broker().publish(topic, R"({"activation": "r1", "inputs": {"n": 8}})", {"-q", "1"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  CHECK(world.items({"get", "rejects"}).at(0)["status"] == 409);
  CHECK(world.items({"get", "activations"}).size() == 1);
}

TEST_CASE("runs: a cancel ends the script on the site, and what the script had started") {
  World world;
  start_with_tokyo(world);
  world.script("family", R"sh(
    sh -c 'sleep 600 & echo $! > "$ANTIPHON_DATA/grandchild"; wait' &
    echo "$$" > "$ANTIPHON_DATA/script"
    wait)sh");
  world.apply(campaign("family", "work",
                       "    work: {provider: remote, contexts: tokyo, config: {script: family}, "
                       "inputs: {operation: script}, stageSelector: after}\n"
                       "    after: {provider: mock}\n"));
  world.activate("family", "r1");
  ServedPlane& tokyo = world.plane("tokyo");
  await([&] { return !tokyo.lines("grandchild").empty() && !tokyo.lines("script").empty(); });
  world.ask({"cancel", "r1", "--reason", "enough"});
  const Json run = world.await_state("r1", "cancelled");
  CHECK(run["history"].size() == 1);
  CHECK(run["tasks"][0]["state"] == "cancelled");
  await([&] { return is_gone(tokyo.lines("grandchild").at(0)); });
  CHECK(is_gone(tokyo.lines("script").at(0)));
}

TEST_CASE(
    "runs: terminate by mosquitto_pub ends one whose site is off, which is told when it is back") {
  World world;
  start_with_tokyo(world);
  world.script("long", "echo \"$$\" > \"$ANTIPHON_DATA/script\"; exec sleep 600");
  world.apply(campaign("long", "work",
                       "    work: {provider: remote, contexts: tokyo, config: {script: long}, "
                       "inputs: {operation: script}}\n"));
  world.activate("long", "r1");
  ServedPlane& tokyo = world.plane("tokyo");
  await([&] { return !tokyo.lines("script").empty(); });
  tokyo.terminate();
  world.broker().publish("antiphon/hq/activation/r1/terminate/dana", R"({"reason": "smoke"})",
                         {"-q", "1"});
  const Json run = world.await_state("r1", "cancelled");
  CHECK(run["item"]["error"] == "terminate by dana: smoke");
  CHECK(run["tasks"][0]["state"] == "cancelled");
  CHECK(!is_gone(tokyo.lines("script").at(0)));
  tokyo.serve();
  await([&] { return is_gone(tokyo.lines("script").at(0)); });
}

TEST_CASE("runs: a cancel without grace ends one at once, and a wrong grace is refused") {
  World world;
  world.hq().serve();
  world.apply(campaign("wait", "only",
                       "    only: {provider: remote, contexts: nowhere, inputs: "
                       "{operation: mock}}\n"));
  world.activate("wait", "r1");
  const auto refused = world.antiphon({"cancel", "r1", "--grace", "soon"});
  CHECK(refused.exit_code == 2);
  world.broker().publish("antiphon/hq/activation/r1/cancel/dana", R"({"grace": "25h"})",
                         {"-q", "1"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  const std::string reason = reason_of(world.items({"get", "rejects"}).at(0));
  CHECK(reason.find("out of range") != std::string::npos);
  CHECK(world.ask({"cancel", "r1", "--grace", "0s"})["state"] == "cancelled");
}

TEST_CASE("runs: a paused one opens no further stage until it is resumed, also over a restart") {
  World world;
  start_with_tokyo(world);
  world.apply(campaign(
      "two", "first",
      to_yaml({"first", "tokyo", "second", world.gate().string()}) + to_yaml({"second", "tokyo"})));
  world.activate("two", "r1");
  await([&] { return world.plane("tokyo").runs("first") == 1; });
  world.ask({"pause", "r1"});
  world.open_gate();
  await([&] { return world.items({"get", "tasks", "r1"}).at(0)["state"] == "done"; });
  world.hq().terminate();
  world.hq().serve();
  const Json paused = world.await_state("r1", "paused");
  CHECK(paused["history"].size() == 1);
  CHECK(world.plane("tokyo").runs("second") == 0);
  world.ask({"resume", "r1"});
  world.await_state("r1", "done");
  CHECK(world.plane("tokyo").runs("second") == 1);
}

TEST_CASE("runs: work past its stage's timeout fails with 11004 and is stopped") {
  World world;
  start_with_tokyo(world);
  world.apply(campaign("late", "work",
                       to_yaml({"work", "tokyo", "", world.gate().string(), "timeout: 2s"})));
  world.activate("late", "r1");
  const Json run = world.await_state("r1", "failed");
  CHECK(run["tasks"][0]["status"] == 11004);
  ServedPlane& tokyo = world.plane("tokyo");
  CHECK(tokyo.runs("work") == 1);
  await([&] { return is_gone(tokyo.lines("runner").at(0)); });
}

TEST_CASE("runs: a site that is down past the timeout fails its work by name, and never does it") {
  World world;
  start_with_tokyo(world);
  world.plane("tokyo").terminate();
  world.await_sites({});
  world.apply(campaign("late", "work", to_yaml({"work", "tokyo", "", "", "timeout: 1s"})));
  world.activate("late", "r1");
  const Json run = world.await_state("r1", "failed");
  CHECK(run["tasks"][0]["status"] == 11004);
  CHECK(run["tasks"][0]["context"] == "tokyo");
  world.plane("tokyo").serve();
  world.await_sites({"tokyo"});
  world.apply(campaign("next", "next", to_yaml({"next", "tokyo"})));
  world.activate("next", "r2");
  world.await_state("r2", "done");
  CHECK(world.plane("tokyo").runs("work") == 0);
}

TEST_CASE("runs: a known site that is down when its command goes out gets it when it is back") {
  World world;
  start_with_tokyo(world);
  world.plane("tokyo").terminate();
  world.await_sites({});
  world.apply(campaign("plain", "work", to_yaml({"work", "tokyo"})));
  world.activate("plain", "r1");
  world.await_state("r1", "running");
  world.plane("tokyo").start();
  world.await_state("r1", "done");
  CHECK(world.plane("tokyo").runs("work") == 1);
}

TEST_CASE("runs: a field that is not supported is refused at apply by its name") {
  World world;
  world.hq().serve();
  const std::string document =
      campaign("tries", "only", "    only: {provider: mock, heartbeat: 3s}\n");
  const auto refused = world.try_apply(document);
  CHECK(refused.exit_code == 4);
  for (const char* word : {"heartbeat", "not supported yet"}) {
    CHECK_MESSAGE(refused.err.find(word) != std::string::npos, refused.err);
  }
  world.broker().publish("antiphon/hq/apply/dana", document, {"-q", "1"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  const Json reject = world.items({"get", "rejects"}).at(0);
  CHECK(reject["sender"] == "dana");
  for (const char* word : {"heartbeat", "not supported yet"}) {
    CHECK_MESSAGE(reason_of(reject).find(word) != std::string::npos, reason_of(reject));
  }
  CHECK(world.items({"get", "campaigns"}).empty());
}
