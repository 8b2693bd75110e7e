// SPDX-License-Identifier: MIT
// Devices' messages over the real program and a real broker, of both versions of MQTT.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

const std::string only_a_mock = "    only: {provider: mock}\n";

std::string alarm_campaign(const std::string& fields) {
  return campaign("a", "only", only_a_mock,
                  "[{name: t, topic: plant/+line/alarm, " + fields + "}]");
}

void await_alarms_heard(World& world) {
  await([&] { return world.broker().log().find(" plant/+/alarm\n") != std::string::npos; },
        patience, "somebody subscribes plant/+/alarm");
}

std::size_t alarm_runs(const World& world) {
  return world.items({"get", "activations", "--campaign", "a"}).size();
}

/// What waits for its turn is sound on the disk of a plane that was killed.
void check_sound(World& world) {
  const RunResult told = run({ANTIPHON_BINARY, "verify", world.hq().store().string()});
  CHECK_MESSAGE(told.exit_code == 0, told.out);
}

}  // namespace

TEST_CASE(
    "triggers: of messages of both versions of MQTT those count that when wants, once an id") {
  for (const std::string version : {"mqttv311", "mqttv5"}) {
    CAPTURE(version);
    World world;
    world.hq().serve();
    world.apply(
        alarm_campaign("when: \"${{$gt($payload('$.temp'),80)}}\", "
                       "id: {payload: '$.id'}, inputs: {line: '${{$topic(line)}}'}"));
    await_alarms_heard(world);
    const auto say = [&](const std::string& payload) {
      world.broker().publish("plant/line7/alarm", payload, {"-q", "1", "-V", version});
    };
    say(R"({"temp":20,"id":1})");
    say(R"({"temp":90,"id":2})");
    say(R"({"temp":91,"id":2})");
    say(R"({"temp":90})");
    say(R"({"temp":90,"id":3})");
    await([&] { return alarm_runs(world) == 2; });
    CHECK(world.items({"get", "activations"}).at(0)["author"] == "trigger t");
    const Json reject = world.items({"get", "rejects"}).at(0);
    CHECK(reject["reason"] == "trigger t: the message names no event at '$.id' of the payload");
  }
}

TEST_CASE("triggers: a user property of MQTT 5 names the event") {
  World world;
  world.hq().serve();
  world.apply(alarm_campaign("id: {property: order}"));
  await_alarms_heard(world);
  for (const char* order : {"7", "7", "8"}) {
    world.broker().publish(
        "plant/line7/alarm", "{}",
        {"-q", "1", "-V", "mqttv5", "-D", "publish", "user-property", "order", order});
  }
  await([&] { return alarm_runs(world) == 2; });
}

TEST_CASE("triggers: a retained message that is used counts once over restarts of its plane") {
  World world;
  world.broker().publish("plant/line7/alarm", "kept", {"-q", "1", "-r"});
  world.hq().serve();
  world.apply(alarm_campaign("retained: use, payload: text, inputs: {text: '${{$payload()}}'}"));
  await([&] { return alarm_runs(world) == 1; });
  CHECK(world.items({"get", "activations"}).at(0)["author"] == "trigger t");
  world.hq().kill9();
  world.hq().serve();
  world.broker().publish("plant/line8/alarm", "live", {"-q", "1"});
  await([&] { return alarm_runs(world) == 2; });
  const Json newest = world.items({"get", "activations"}).at(0);
  CHECK(world.await_state(newest["id"], "done")["item"]["inputs"]["text"] == "live");
}

TEST_CASE("triggers: one is turned off and on by topic and by the command line, also over a kill") {
  World world;
  world.hq().serve();
  world.apply(alarm_campaign("payload: any"));
  await_alarms_heard(world);
  const auto alarm = [&] { world.broker().publish("plant/line7/alarm", "{}", {"-q", "1"}); };
  alarm();
  await([&] { return alarm_runs(world) == 1; });
  CHECK(world.ask({"trigger", "disable", "a", "t"})["enabled"] == false);
  alarm();
  world.hq().kill9();
  world.hq().serve();
  alarm();
  auto answers = world.broker().subscribe({"antiphon/hq/answer/dana/#"});
  world.broker().publish("antiphon/hq/trigger/a/t/enable/dana",
                         R"({"replyTo":"antiphon/hq/answer/dana/1"})", {"-q", "1"});
  CHECK(answers.await_line("enabled").find("true") != std::string::npos);
  alarm();
  await([&] { return alarm_runs(world) == 2; });
  const auto refused = world.antiphon({"trigger", "disable", "a", "x"});
  CHECK(refused.exit_code == 4);
  CHECK(refused.json["error"] == "campaign a has no trigger x in namespace default");
}

TEST_CASE("triggers: queued runs of a key go one after the other, also over a kill") {
  World world;
  world.hq().serve();
  world.apply(
      campaign("a", "only", "    only: {provider: delay, inputs: {delay: 1}}\n",
               "[{name: t, topic: plant/+line/alarm, overlap: queue, key: '${{$topic(line)}}', "
               "inputs: {n: '${{$payload()}}'}}]"));
  await_alarms_heard(world);
  for (const char* n : {"1", "2", "3"}) {
    world.broker().publish("plant/line7/alarm", n, {"-q", "1"});
  }
  await([&] { return alarm_runs(world) == 1; });
  world.hq().kill9();
  check_sound(world);
  world.hq().serve();
  await([&] { return alarm_runs(world) == 3; }, run_patience);
  const auto items = world.items({"get", "activations", "--campaign", "a"});
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Json run = world.await_state(items[i]["id"], "done");
    CHECK(run["item"]["inputs"]["n"] == 3 - static_cast<int>(i));
  }
}

TEST_CASE("triggers: messages are collected and debounced, also over a kill") {
  World world;
  world.hq().serve();
  world.apply(campaign("a", "only", only_a_mock,
                       "[{name: many, topic: plant/+line/alarm, collect: {count: 3}, "
                       "inputs: {n: '${{$payload()}}'}}, "
                       "{name: last, topic: plant/+line/alarm, debounce: 2s, "
                       "inputs: {n: '${{$payload()}}'}}]"));
  await_alarms_heard(world);
  const auto say = [&](const char* n) {
    world.broker().publish("plant/line7/alarm", n, {"-q", "1"});
  };
  say("1");
  say("2");
  world.hq().kill9();
  check_sound(world);
  world.hq().serve();
  await([&] { return alarm_runs(world) == 1; });
  say("3");
  await([&] { return alarm_runs(world) >= 2; });
  for (const Json& item : world.items({"get", "activations", "--campaign", "a"})) {
    const Json run = world.await_state(item["id"], "done")["item"];
    if (run["author"] == "trigger many") CHECK(run["inputs"]["n"] == Json{1, 2, 3});
    if (run["author"] == "trigger last") CHECK(run["inputs"]["n"].is_number());
  }
}

TEST_CASE(
    "triggers: of messages that meet a run one replaces it, and others are left out or wait") {
  World world;
  world.hq().serve();
  world.apply(
      campaign("a", "only", "    only: {provider: delay, inputs: {delay: 3600}}\n",
               "[{name: newest, topic: plant/+line/alarm, overlap: replace, inputs: {n: "
               "'${{$payload()}}'}}, {name: first, topic: plant/+line/alarm, overlap: skip}, "
               "{name: seldom, topic: plant/+line/alarm, throttle: 1h}]"));
  await_alarms_heard(world);
  for (const char* n : {"1", "2", "3"}) {
    world.broker().publish("plant/line7/alarm", n, {"-q", "1"});
  }
  const auto seen = [&] {
    std::map<std::string, int> runs;
    for (const Json& item : world.items({"get", "activations", "--campaign", "a"})) {
      ++runs[std::string(item["author"]) + " " + std::string(item["state"])];
    }
    return runs;
  };
  const std::map<std::string, int> expected{{"trigger newest cancelled", 2},
                                            {"trigger newest running", 1},
                                            {"trigger first running", 1},
                                            {"trigger seldom running", 1}};
  await([&] { return seen() == expected; }, run_patience);
  const auto triggers = world.items({"get", "triggers", "--campaign", "a"});
  REQUIRE(triggers.size() == 3);
  CHECK(triggers[0]["name"] == "first");
  CHECK(triggers[2]["name"] == "seldom");
  CHECK(triggers[2]["lanes"]["messages"] == 1);
  CHECK(world.items({"get", "triggers", "--after", "default/a/first", "--limit", "1"})
            .at(0)["name"] == "newest");
  world.hq().kill9();
  check_sound(world);
}

TEST_CASE(
    "triggers: of thousands a message starts those that it is for, in both versions of MQTT") {
  constexpr int campaigns = 20;
  constexpr int triggers = 100;
  std::string documents;
  for (int c = 0; c < campaigns; ++c) {
    std::string list;
    for (int t = 0; t < triggers; ++t) {
      const std::string n = std::to_string(c * triggers + t);
      list += (list.empty() ? "[{name: t" : ", {name: t") + n + ", topic: plant/m" + n + "/alarm}";
    }
    documents += "---\n" + campaign("c" + std::to_string(c), "only", only_a_mock, list + "]");
  }
  documents += "---\n" + campaign("wide", "only", only_a_mock,
                                  "[{name: fine, topic: plant/+/fine}, {name: all, topic: '#'}]");
  for (const std::string version : {"3.1.1", "5"}) {
    CAPTURE(version);
    World world;
    world.plane("hq", {"--mqtt-version", version}).serve();
    world.apply(documents);
    world.broker().publish("plant/m1234/alarm", "{}", {"-q", "1"});
    const auto authors = [&] {
      std::multiset<std::string> all;
      for (const Json& item : world.items({"get", "activations"})) all.insert(item["author"]);
      return all;
    };
    const std::multiset<std::string> expected{"trigger all", "trigger t1234"};
    await([&] { return authors() == expected; }, run_patience);
    world.broker().publish("plant/m1/fine", "{}", {"-q", "1"});
    await([&] { return authors().size() == 4; }, run_patience);
    CHECK(authors().count("trigger fine") == 1);
    CHECK(authors().count("trigger all") == 2);
  }
}
