// SPDX-License-Identifier: MIT
// Work of the real program: http requests that outlive their plane, scripts with a time of their
// own, and what they wrote.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"
#include "tests/support/http_server.hpp"

using namespace antiphon::test;

namespace {

std::string asks(const std::string& name, const std::string& config, const std::string& more = {}) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  return campaign(name, "ask", "    ask: {provider: http, config: {" + config + "}" + more + "}\n");
}

}  // namespace

TEST_CASE(
    "work: a plane that is killed amid an http wait goes on with it, and asks first only once") {
  World world;
  const HttpServer server;
  world.hq().serve();
  world.apply(asks("waits", "url: \"" + server.url("/code/202") +
                                "\", method: POST, wait.interval: 0.2, wait.url: \"" +
                                server.url("/later/a/12") + "\""));
  world.activate("waits", "r1");
  server.await_asked("GET /later/a/12");
  world.hq().kill9();
  const auto before = server.asked("GET /later/a/12");
  world.hq().serve();
  const Json run = world.await_state("r1", "done");
  CHECK(before < 13);
  CHECK(server.asked("GET /later/a/12") >= 13);
  CHECK(server.asked("POST /code/202") == 1);
  CHECK(run["tasks"][0]["polls"] >= 12);
  CHECK(run["tasks"][0]["outputs"]["status"] == 202);
  CHECK(run["tasks"][0]["outputs"]["waitBody"] == R"({"state": "ready", "asked": 13})");
}

TEST_CASE("work: a plane that is killed amid a POST does not send it again") {
  World world;
  const HttpServer server;
  world.hq().serve();
  world.apply(asks("posts", "url: \"" + server.url("/hang") + "\", method: POST"));
  world.activate("posts", "r1");
  server.await_asked("POST /hang");
  world.hq().kill9();
  world.hq().serve();
  const Json run = world.await_state("r1", "failed");
  CHECK(run["tasks"][0]["state"] == "uncertain");
  CHECK(server.asked("POST /hang") == 1);
}

TEST_CASE("work: a cancel ends an http wait at once, and describe says what it waited for") {
  World world;
  const HttpServer server;
  world.hq().serve();
  world.apply(asks("waits", "url: \"" + server.url("/code/202") +
                                "\", wait.interval: 600, wait.url: \"" +
                                server.url("/code/202?token=1") + "\""));
  world.activate("waits", "r1");
  std::string why;
  await([&] {
    const auto run = world.antiphon({"describe", "r1"});
    why = run.exit_code == 0 ? run.json["tasks"][0].value("waitsFor", "") : "";
    return why.find("unexpected") != std::string::npos;
  });
  CHECK(why == server.url("/code/202") + ": unexpected status code 202");
  CHECK(world.antiphon({"cancel", "r1"}).exit_code == 0);
  world.await_state("r1", "cancelled");
}

TEST_CASE("work: logs shows what scripts of sites wrote, and a workTimeout ends one") {
  World world;
  world.script("say", "#!/bin/sh\necho hello from $ANTIPHON_SITE\necho careful >&2\necho '{}'\n");
  world.script("stay", "#!/bin/sh\necho begun\nexec tail -f /dev/null\n");
  for (const char* name : {"hq", "tokyo", "paris"}) world.plane(name).serve();
  world.await_sites({"tokyo", "paris"});
  world.apply(
      campaign("logs", "say",
               "    say: {provider: remote, contexts: [tokyo, paris], config: {script: say}, "
               "inputs: {operation: script}, stageSelector: stay}\n"
               "    stay: {provider: remote, contexts: tokyo, config: {script: stay}, "
               "inputs: {operation: script}, workTimeout: 1s}\n"));
  world.activate("logs", "r1");
  const Json run = world.await_state("r1", "failed");
  CHECK(run["item"]["error"].get<std::string>().find("Timed Out") != std::string::npos);
  const Json said = world.ask({"logs", "r1", "--stage", "say"});
  REQUIRE(said["items"].size() == 2);
  for (const Json& log : said["items"]) {
    const auto site = log["context"].get<std::string>();
    CHECK(log["out"] == "hello from " + site + "\n{}\n");
    CHECK(log["err"] == "careful\n");
  }
  CHECK(world.ask({"logs", "r1", "--context", "paris"})["items"].size() == 1);
  CHECK(world.antiphon({"logs", "r2"}).exit_code != 0);
}

TEST_CASE("work: logs --follow tells each log once its work has ended, until the run or Ctrl-C") {
  World world;
  world.script("first", "#!/bin/sh\necho one\necho two >&2\necho '{}'\n");
  world.script("second",
               "#!/bin/sh\nwhile [ ! -e \"$ANTIPHON_DATA/go\" ]; do sleep 0.05; done\n"
               "echo gone\nexit 3\n");
  world.plane("hq", {"--scripts", world.scripts().string()}).serve();
  world.apply(campaign("followed", "one",
                       "    one: {provider: script, config: {script: first}, stageSelector: two}\n"
                       "    two: {provider: script, config: {script: second}}\n"));
  world.activate("followed", "r1");
  const std::vector<std::string> words{ANTIPHON_BINARY, "logs",     "r1",
                                       "--follow",      "--broker", world.broker().uri(),
                                       "--user",        "tester"};
  auto as_json = words;
  as_json.push_back("--json");
  ChildProcess people(words);
  ChildProcess lines(as_json);
  ChildProcess stopped(words);
  INFO(people.out(), people.err(), lines.out(), lines.err(), stopped.out(), stopped.err());
  await([&] {
    return people.out().find("--- err\ntwo\n") != std::string::npos &&
           lines.out().find('\n') != std::string::npos &&
           stopped.out().find("one") != std::string::npos;
  });
  CHECK(people.out().find("stage one (run 1), hq, attempt 1: done\n--- out\none\n{}\n") !=
        std::string::npos);
  stopped.kill(SIGINT);
  CHECK(stopped.wait() == 130);
  std::ofstream(world.hq().data() / "go").put('\n');
  CHECK(people.wait() == 1);
  CHECK(lines.wait() == 1);
  std::istringstream told(lines.out());
  std::vector<std::string> stages;
  for (std::string line; std::getline(told, line);) {
    const Json log = Json::parse(line);
    stages.push_back(log.at("stage").get<std::string>());
    CHECK(log.at("out") == (stages.size() == 1 ? "one\n{}\n" : "gone\n"));
  }
  CHECK(stages == std::vector<std::string>{"one", "two"});
  CHECK(run(words).exit_code == 1);
  CHECK(world.antiphon({"logs", "r2", "--follow"}).exit_code == 4);
}
