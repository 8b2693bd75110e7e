// SPDX-License-Identifier: MIT
// Everything that a plane listens on gets what no honest sender says: nothing changes, all of it is
// seen in `antiphon get rejects`, and the plane still answers.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"
#include "tests/support/texts.hpp"

using namespace antiphon::test;

namespace {

struct Payload {
  const char* what;
  std::string bytes;
};

std::vector<Payload> payloads() {
  return {
      {"100,000 brackets", std::string(100'000, '[')},
      {"100,000 closed brackets", std::string(100'000, '[') + std::string(100'000, ']')},
      {"100,000 objects", repeated("{\"a\":", 100'000)},
      {"900 KB that never end", "{\"id\": \"" + std::string(900'000, 'x')},
      {"more than 1 MiB", "{\"id\": \"" + std::string(1024 * 1024, 'x') + "\"}"},
      {"a NUL", std::string("{\"id\": \"a\0b\"}", 13)},
      {"a NUL behind the end", std::string("{}\0", 3)},
      {"invalid UTF-8", "{\"id\": \"\xff\xfe\"}"},
      {"an overlong form", "{\"id\": \"\xc0\xaf\"}"},
      {"a byte order mark", "\xef\xbb\xbf{}"},
      {"a lone surrogate", "{\"id\": \"\\ud800\"}"},
      {"a key twice", R"({"id": "a", "id": "b"})"},
      {"a list of wrong things", "[7, null, \"a\"]"},
      {"a wrong type in each field",
       R"({"v": "1", "id": 7, "attempt": "x", "state": [], "journal": 1, "boot": "b", "at": {},
           "activation": 9, "inputs": [], "limit": "many", "document": 1, "parents": 3})"},
      {"a name with wildcards",
       R"({"v": 1, "id": "a/b#", "activation": "a/+/#", "limit": -1, "attempt": 1, "journal": "",
           "namespace": "$share/x", "state": "on", "cancel": true, "boot": -5,
           "replyTo": "antiphon/hq/command/boss"})"},
  };
}

Json without_times(const std::vector<Json>& items) {
  Json all = items;
  for (Json& item : all) {
    for (const char* key : {"lastSeen", "updated"}) item.erase(key);
  }
  return all;
}

/// All that an operator sees of a plane.
Json facts(const World& world) {
  Json facts;
  for (const char* what : {"campaigns", "activations", "sites"}) {
    facts[what] = without_times(world.items({"get", what}));
  }
  facts["tasks"] = world.items({"get", "tasks", "r1"});
  return facts;
}

/// A run that waits for tokyo's script.
void open_run(World& world) {
  world.plane("hq", {"--parents", "boss"}).start();
  world.plane("tokyo").serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  world.apply(campaign("open", "work", to_yaml({"work", "tokyo", "", world.gate().string()})));
  world.activate("open", "r1");
  await([&] {
    const auto tasks = world.items({"get", "tasks", "r1"});
    return !tasks.empty() && tasks[0]["state"] == "started";
  });
}

void finish_run(World& world) {
  world.open_gate();
  const Json run = world.await_state("r1", "done");
  CHECK(run["tasks"][0]["outputs"]["site"] == "tokyo");
  CHECK(world.plane("tokyo").runs("work") == 1);
  CHECK(world.hq().log().find("no connection") == std::string::npos);
}

}  // namespace

TEST_CASE("hostile: no payload on any topic of a plane changes anything, and all are seen") {
  World world;
  open_run(world);
  const Json before = facts(world);
  const std::vector<std::string> topics{
      "campaign/open/activate",
      "campaign/open:v1/activate/mallory",
      "activation/r1/cancel",
      "activation/r1/pause/mallory",
      "activation/r1/signal/a b",
      "apply",
      "apply/mallory",
      "delete/mallory",
      "query/sites",
      "query/tasks/mallory",
      "command/boss",
      "command/mallory",
      "reply/tokyo",
      "reply/mallory",
      "hello/tokyo",
      "hello/mallory",
  };
  for (const auto& [what, bytes] : payloads()) {
    for (const std::string& topic : topics) {
      world.broker().publish("antiphon/hq/" + topic, bytes, {"-q", "1"});
    }
    world.broker().publish("antiphon/mallory/presence", bytes, {"-q", "1"});
    // Asked on the same connection, so behind what was just sent.
    const Json now = facts(world);
    CHECK_MESSAGE(now == before, what << Json::diff(before, now).dump());
  }
  const auto all_seen_on = [&](const std::vector<Json>& rejects, const std::string& topic) {
    const auto seen = std::count_if(rejects.begin(), rejects.end(),
                                    [&](const Json& reject) { return reject["topic"] == topic; });
    return seen >= static_cast<std::ptrdiff_t>(payloads().size());
  };
  await([&] {
    const auto rejects = world.items({"get", "rejects", "--all"});
    return all_seen_on(rejects, "antiphon/mallory/presence");
  });
  const auto rejects = world.items({"get", "rejects", "--all"});
  for (const std::string& topic : topics) {
    CHECK_MESSAGE(all_seen_on(rejects, "antiphon/hq/" + topic), topic);
  }
  finish_run(world);
}

TEST_CASE("hostile: 16 MB change nothing") {
  World world;
  open_run(world);
  const Json before = facts(world);
  const std::string huge = "{\"id\": \"" + std::string(16 * 1024 * 1024, 'x') + "\"}";
  for (const char* topic : {"reply/tokyo", "campaign/open/activate", "command/boss"}) {
    world.broker().publish(std::string("antiphon/hq/") + topic, huge, {"-q", "1"});
  }
  CHECK(facts(world) == before);
  finish_run(world);
}

TEST_CASE("hostile: a reply counts only from the task's own site") {
  World world;
  open_run(world);
  const Json before = facts(world);
  const std::string task = before["tasks"][0]["id"];
  const Json forged{{"v", 1},
                    {"id", task},
                    {"attempt", 1},
                    {"state", "done"},
                    {"status", 200},
                    {"outputs", {{"site", "mallory"}}},
                    {"journal", std::string(32, 'a')},
                    {"boot", 1},
                    {"at", 1}};
  world.broker().publish("antiphon/hq/reply/mallory", forged.dump(), {"-q", "1"});
  await([&] { return !world.items({"get", "rejects"}).empty(); });
  const auto rejects = world.items({"get", "rejects"});
  CHECK(rejects.size() == 1);
  CHECK(rejects[0]["status"] == 403);
  CHECK(rejects[0]["sender"] == "mallory");
  CHECK(facts(world) == before);
  finish_run(world);
}

TEST_CASE("hostile: a command from who is no parent is refused and starts nothing") {
  World world;
  open_run(world);
  const Json command{{"v", 1},
                     {"id", "t1"},
                     {"attempt", 1},
                     {"activation", "a1"},
                     {"campaign", "c"},
                     {"stage", "s"},
                     {"run", 1},
                     {"context", "hq"},
                     {"provider", "mock"},
                     {"config", Json::object()},
                     {"inputs", Json::object()},
                     {"deadline", 99'999'999'999'999},
                     {"at", 1},
                     {"idempotent", false},
                     {"depth", 1},
                     {"path", {"mallory"}}};
  auto ear = world.broker().subscribe({"antiphon/mallory/reply/hq"});
  world.broker().publish("antiphon/hq/command/mallory", command.dump(), {"-q", "1"});
  const std::string line = ear.await_line("rejected");
  const Json reply = Json::parse(line.substr(line.find(' ') + 1));
  CHECK(reply["status"] == 403);
  CHECK(world.items({"get", "activations"}).size() == 1);
  finish_run(world);
}
