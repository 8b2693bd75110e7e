// SPDX-License-Identifier: MIT
// examples/sites/shell-site with a real Mosquitto: what the bus protocol asks of a site, asked of
// the one in bash.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/time.hpp"
#include "tests/e2e/shell_site_world.hpp"

using antiphon::test::await;
using antiphon::test::Json;
using antiphon::test::now_ms;
using antiphon::test::read_file;
using World = antiphon::test::ShellSiteWorld;

TEST_CASE(
    "shell-site: work is done once, and a repeat is answered from the journal, also after a "
    "restart") {
  World world;
  const Json command = world.work("t1", {{"n", 7}});
  world.send(command);
  const Json accepted = world.reply({{"id", "t1"}, {"state", "accepted"}});
  CHECK(accepted["attempt"] == 1);
  world.reply({{"id", "t1"}, {"state", "started"}});
  const Json done = world.reply({{"id", "t1"}, {"state", "done"}});
  CHECK(done["status"] == 200);
  CHECK(done["outputs"]["n"] == 7);
  CHECK(done["boot"] == 1);

  world.send(command);
  world.reply({{"id", "t1"}, {"state", "done"}, {"attempt", 1}});
  world.stop();
  world.start();
  world.send(command);
  const Json again = world.reply({{"id", "t1"}});
  CHECK(again["state"] == "done");
  CHECK(again["outputs"] == done["outputs"]);
  CHECK(again["journal"] == done["journal"]);
  CHECK(again["boot"] == 2);
  CHECK(world.count("began") == 1);
}

TEST_CASE(
    "shell-site: a higher attempt repeats what is done, runs again what failed, a lower one never "
    "runs") {
  World world;
  world.send(world.work("good"));
  world.reply({{"id", "good"}, {"state", "done"}});
  world.send(world.work("good", {}, {{"attempt", 2}}));
  CHECK(world.reply({{"id", "good"}})["state"] == "done");
  world.send(world.work("good"));
  CHECK(world.reply({{"id", "good"}})["attempt"] == 2);
  CHECK(world.count("began") == 1);

  world.send(world.work("bad", {{"fails", "2"}}));
  const Json failed = world.reply({{"id", "bad"}, {"state", "failed"}});
  CHECK(failed["status"] == 10036);
  CHECK(failed["error"] == "script work ended with 7: broken");
  world.send(world.work("bad", {{"fails", "2"}}, {{"attempt", 3}}));
  CHECK(world.reply({{"id", "bad"}, {"state", "done"}})["attempt"] == 3);
  world.send(world.work("bad", {{"fails", "2"}}, {{"attempt", 2}}));
  CHECK(world.reply({{"id", "bad"}})["state"] == "done");
  CHECK(world.count("began") == 3);
}

TEST_CASE(
    "shell-site: outputs are the output file, else the last line if it is an object, else none") {
  World world;
  const std::vector<std::pair<std::string, Json>> rows{
      {"echo '{\"n\":1}'", {{"n", 1}}},
      {"echo '{\"n\":1}' > \"${1%.json}-output.json\"; echo '{\"n\":2}'", {{"n", 1}}},
      {"echo ready; echo '{}'", Json::object()},
      {"jq -c '{o: .__origin}' \"$1\"", {{"o", "hq"}}},
      {"echo \"{\\\"s\\\":\\\"$ANTIPHON_SITE $ANTIPHON_TASK\\\"}\"", {{"s", "tokyo t4"}}},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto id = "t" + std::to_string(i);
    world.script(id, rows[i].first);
    world.send(world.command(id, {{"provider", "script"}, {"config", {{"script", id}}}}));
    CHECK(world.reply({{"id", id}, {"state", "done"}})["outputs"] == rows[i].second);
  }
  world.script("text", "echo text > \"${1%.json}-output.json\"");
  world.script("nothing", "echo ready");
  for (const char* id : {"text", "nothing"}) {
    world.send(world.command(id, {{"provider", "script"}, {"config", {{"script", id}}}}));
    CHECK(world.reply({{"id", id}, {"state", "failed"}})["status"] == 10037);
  }
}

TEST_CASE("shell-site: a higher attempt adopts work that still runs") {
  World world;
  world.send(world.work("t1", {{"gate", world.gate()}}));
  world.await_begun(1);
  world.send(world.work("t1", {{"gate", world.gate()}}, {{"attempt", 2}}));
  world.reply({{"id", "t1"}, {"state", "accepted"}, {"attempt", 2}});
  world.open_gate();
  CHECK(world.reply({{"id", "t1"}, {"state", "done"}})["attempt"] == 2);
  CHECK(world.count("began") == 1);
}

TEST_CASE("shell-site: a cancel ends the work, and one before its command is remembered") {
  World world;
  world.send(world.work("running", {{"gate", world.gate()}}));
  world.await_begun(1);
  world.send({{"v", 1}, {"id", "running"}, {"attempt", 1}, {"cancel", true}, {"reason", "enough"}});
  CHECK(world.reply({{"id", "running"}, {"state", "cancelled"}})["status"] == 20001);
  const pid_t script = std::stoi(read_file(world.lines()).substr(6));
  await([&] {
    const std::string state = read_file("/proc/" + std::to_string(script) + "/stat");
    return state.empty() || state.find(") Z") != std::string::npos;
  });

  world.send({{"v", 1}, {"id", "unheard"}, {"attempt", 1}, {"cancel", true}});
  world.reply({{"id", "unheard"}, {"state", "cancelled"}});
  world.stop();
  world.start();
  world.send(world.work("unheard"));
  CHECK(world.reply({{"id", "unheard"}})["state"] == "cancelled");
  CHECK(world.count("began") == 1);
}

TEST_CASE("shell-site: what may not, cannot or need not run is answered and does not run") {
  World world;
  struct Row {
    const char* id;
    const char* origin;
    Json change;
    const char* state;
    int status;
  };
  const std::int64_t hour = 3'600'000, now = now_ms();
  const auto text = [](std::int64_t ms) { return antiphon::core::to_rfc3339({ms}); };
  const std::vector<Row> rows{
      {"stranger", "paris", {}, "rejected", 403},
      {"no-offer", "hq", {{"provider", "http"}}, "rejected", 403},
      {"newer", "hq", {{"v", 2}}, "rejected", 400},
      {"typed", "hq", {{"inputs", "text"}}, "rejected", 400},
      {"no-script", "hq", {{"config", {{"script", "../work"}}}}, "failed", 404},
      {"late", "hq", {{"deadline", now - 1}}, "failed", 11004},
      {"late-text", "hq", {{"at", text(now)}, {"deadline", text(now - 1000)}}, "failed", 11004},
      {"late-by-its-clock",
       "hq",
       {{"at", now + hour}, {"deadline", now + hour - 1}},
       "failed",
       11004},
  };
  for (const auto& row : rows) {
    world.send(world.work(row.id, {}, row.change), row.origin);
    const Json reply = world.reply({{"id", row.id}, {"state", row.state}}, row.origin);
    CHECK_MESSAGE(reply["status"] == row.status, row.id);
    CHECK_MESSAGE(!reply["error"].get<std::string>().empty(), row.id);
  }
  CHECK(world.count("began") == 0);
}

TEST_CASE("shell-site: another clock at the origin shifts no deadline") {
  World world;
  const std::int64_t ahead = now_ms() + 7'200'000;
  world.send(
      world.work("ahead", {{"gate", world.gate()}}, {{"at", ahead}, {"deadline", ahead + 700}}));
  world.reply({{"id", "ahead"}, {"state", "started"}});
  CHECK(world.reply({{"id", "ahead"}, {"state", "failed"}})["status"] == 11004);
}

TEST_CASE("shell-site: a reply that would be too large becomes 413 with its size") {
  World world;
  world.send(world.work("large", {{"size", 300'000}}));
  const Json reply = world.reply({{"id", "large"}, {"state", "failed"}});
  CHECK(reply["status"] == 413);
  CHECK(reply["error"].get<std::string>().find("the reply has 300") == 0);
  CHECK_FALSE(reply.contains("outputs"));
}

TEST_CASE("shell-site: interrupted work is uncertain, or done again where that does no harm") {
  World world;
  world.send(world.work("once", {{"gate", world.gate()}}));
  world.send(world.work("again", {{"gate", world.gate()}}, {{"idempotent", true}}));
  world.await_begun(2);
  world.stop();
  world.start();
  CHECK(world.reply({{"id", "once"}, {"state", "failed"}})["status"] == 20002);
  world.open_gate();
  CHECK(world.reply({{"id", "again"}, {"state", "done"}})["boot"] == 2);
  CHECK(world.count("began") == 3);
}

TEST_CASE("shell-site: work survives a kill of its site and is found again") {
  World world;
  world.send(world.work("t1", {{"gate", world.gate()}}));
  world.reply({{"id", "t1"}, {"state", "started"}});
  world.await_begun(1);
  world.kill9();
  CHECK(world.start()["unsettled"] == 1);
  world.open_gate();
  CHECK(world.reply({{"id", "t1"}, {"state", "done"}})["boot"] == 2);
  CHECK(world.count("began") == 1);
}

TEST_CASE("shell-site: a reply that could not leave is told at the next connect") {
  World world;
  world.send(world.work("t1", {{"gate", world.gate()}}));
  world.reply({{"id", "t1"}, {"state", "started"}});
  world.broker().stop();
  world.open_gate();
  world.await_log("could not be told");
  world.broker().start();
  CHECK(world.hear("antiphon/hq/hello/tokyo", {})["unsettled"] == 1);
  world.reply({{"id", "t1"}, {"state", "done"}});
  await([&] { return !std::filesystem::exists(world.task("t1") / "unsettled"); });
}

TEST_CASE("shell-site: presence and hello tell who is there, since when, and that it went") {
  World world;
  const Json presence = world.presence();
  CHECK(presence["parents"] == Json::array({"hq"}));
  CHECK(presence["offers"] == Json::array({"mock", "delay", "script"}));
  CHECK(presence["arrays"] == false);
  CHECK(presence["journal"].get<std::string>().size() == 32);
  CHECK(presence["boot"] == 1);
  world.stop();
  world.hear("antiphon/tokyo/presence", {{"state", "offline"}});
  const Json hello = world.start();
  CHECK(hello["boot"] == 2);
  CHECK(hello["journal"] == presence["journal"]);
  CHECK(hello["unsettled"] == 0);
  world.kill9();
  world.start();
  CHECK(world.presence()["boot"] == 3);
}

TEST_CASE("shell-site: what is no command changes nothing") {
  World world;
  const std::vector<std::string> junk{"",
                                      "{",
                                      "[]",
                                      "7",
                                      "null",
                                      std::string(3000, '['),
                                      "\xff\xfe",
                                      "{\"id\":7}",
                                      "{\"id\":\"../../x\"}",
                                      "{\"id\":\"x\",\"attempt\":\"1\"}",
                                      "{\"hello\":true}",
                                      "{\"unknown\":true,\"id\":\"nobody\"}"};
  for (const auto& text : junk)
    world.broker().publish("antiphon/tokyo/command/hq", text, {"-q", "1"});
  world.broker().publish("antiphon/tokyo/command/hq", world.work("kept").dump(), {"-q", "1", "-r"});
  CHECK(world.reply({})["id"] == "kept");
  world.reply({{"id", "kept"}, {"state", "done"}});
  await([&] { return !std::filesystem::exists(world.task("kept") / "unsettled"); });
  world.stop();
  world.start();
  world.send(world.command("good", {{"inputs", {{"foo", "41"}}}}));
  CHECK(world.reply({})["id"] == "good");
  CHECK(world.reply({{"state", "done"}})["outputs"]["foo"] == 42);
  CHECK(world.count("began") == 1);
}
