// SPDX-License-Identifier: MIT
// The command line as people meet it when something is off: wrong files, a broker that says no, a
// plane that is away, runs that are over.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

const std::string delays =
    "    only: {provider: delay, inputs: {delay: \"${{$trigger(d, '1h')}}\"}}\n";
const std::string passes = "    only: {provider: mock}\n";

RunResult as_bob(const std::string& broker, std::vector<std::string> words) {
  words.insert(words.begin(), ANTIPHON_BINARY);
  words.insert(words.end(), {"--broker", broker, "--user", "bob"});
  return run(words);
}

int count_of(const std::string& text, const std::string& word) {
  int n = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

bool has(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

/// hq with the campaigns `pass` and `wait`, which waits an hour unless its input `d` says
/// otherwise.
void serve_campaigns(World& world) {
  world.hq().serve();
  world.apply(campaign("pass", "only", passes) + "---\n" + campaign("wait", "only", delays));
}

/// Run r1 of `wait` with this input; it fails, because it is no duration.
void fail_a_run(World& world, const std::string& input) {
  world.broker().publish("antiphon/hq/campaign/wait/activate",
                         Json{{"activation", "r1"}, {"inputs", {{"d", input}}}}.dump(),
                         {"-q", "1"});
  world.await_state("r1", "failed");
}

}  // namespace

TEST_CASE("cli: a folder is no document, no context and no configuration") {
  TempDir folder;
  const std::string here = folder.path().string();
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"validate", here},
                                             {"apply", "-f", here},
                                             {"eval", "--context", here, "1"},
                                             {"activate", "c", "--inputs", "@" + here},
                                             {"serve", "--check", "--config", here}}) {
    std::vector<std::string> argv{ANTIPHON_BINARY};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto result = run(argv);
    CHECK(result.exit_code == 2);
    CHECK_MESSAGE(has(result.err, here + " is a folder"), result.err);
  }
  CHECK(run({ANTIPHON_BINARY, "eval", "--context", "/dev/zero", "1"}).exit_code == 2);
}

TEST_CASE("cli: each exit code of docs/cli.md is given, and no other") {
  World world;
  serve_campaigns(world);
  const std::string broker = world.broker().uri();
  const std::string nobody = "mqtt://127.0.0.1:" + std::to_string(free_port());
  fail_a_run(world, "soon");
  std::map<int, std::string> given;
  const auto note = [&given](const RunResult& result) { given[result.exit_code] += result.err; };
  note(run({ANTIPHON_BINARY, "version"}));
  note(run({ANTIPHON_BINARY, "eval", "${{$lt(a"}));
  note(as_bob(broker, {"watch", "r1"}));
  note(run({ANTIPHON_BINARY, "watsch"}));
  note(as_bob(nobody, {"get", "sites", "--timeout", "1s"}));
  note(as_bob(broker, {"cancel", "r9"}));
  world.apply(
      "metadata: {name: one-v-1}\nspec: {selfDriving: false, firstStage: a, stages: {a: {}}}");
  note(as_bob(broker, {"activate", "one", "--id", "r3", "--paused"}));
  note(as_bob(broker, {"step", "r3", "--wait"}));
  world.activate("wait", "r2");
  ChildProcess follows({ANTIPHON_BINARY, "logs", "r2", "-f", "--broker", broker, "--user", "bob"});
  auto heard = world.broker().subscribe({"antiphon/hq/answer/#"});
  heard.await_line("\"items\":[", run_patience);
  follows.kill(SIGINT);
  given[follows.wait()] += follows.err();

  std::set<int> documented;
  std::istringstream page(file_text(ANTIPHON_SOURCE_DIR "/docs/cli.md"));
  for (std::string line; std::getline(page, line);) {
    int code = 0;
    if (std::sscanf(line.c_str(), "| %d |", &code) == 1) documented.insert(code);
  }
  std::set<int> found;
  for (const auto& [code, said] : given) found.insert(code);
  CHECK(found == documented);
}

TEST_CASE("cli: apply --json says what was applied, and what is wrong with a document") {
  World world;
  world.hq().serve();
  const auto good = world.try_apply(campaign("pass", "only", passes));
  CHECK(good.json["ok"] == true);
  REQUIRE(good.json["items"].size() == 1);
  CHECK(good.json["items"][0]["name"] == "pass:v1");
  const auto bad = world.try_apply("kind: CampaignVersion\n");
  CHECK(bad.exit_code == 4);
  REQUIRE_MESSAGE(bad.json.is_object(), bad.err);
  CHECK(bad.json["ok"] == false);
  CHECK(bad.json["problems"].size() >= 1);
}

TEST_CASE("cli: apply names what it stored and which of the runs it could not start") {
  World world;
  world.hq().serve();
  const TempDir folder;
  const auto file = (folder / "mixed.yaml").string();
  std::ofstream(file) << campaign("pass", "only", passes, "[{name: go, topic: mixed/go}]") +
                             "---\nkind: Activation\nmetadata: {name: r1}\n"
                             "spec: {campaign: \"pass:v1\"}\n"
                             "---\nkind: Activation\nspec: {campaign: notthere}\n"
                             "---\nkind: Catalog\nmetadata: {name: line}\n"
                             "spec: {catalogType: config, properties: {a: 1}}\n";
  const auto first = as_bob(world.broker().uri(), {"apply", "-f", file});
  CHECK(first.exit_code == 4);
  CHECK_MESSAGE(first.out ==
                    "CampaignVersion pass:v1: applied\nActivation r1: activated\n"
                    "Activation: refused, campaign notthere is not known in namespace default\n"
                    "catalogversion line: applied\n",
                first.out);
  CHECK_MESSAGE(has(first.err, "campaign notthere is not known"), first.err);
  const auto again = as_bob(world.broker().uri(), {"apply", "-f", file});
  CHECK_MESSAGE(has(again.out, "pass:v1: unchanged\nActivation r1: unchanged\n"), again.out);
  // What is stored is in force: its trigger starts runs.
  await_subscribed(world, "mixed/go");
  world.broker().publish("mixed/go", "{}", {"-q", "1"});
  await([&] { return world.items({"get", "activations"}).size() == 2; });
}

TEST_CASE("cli: a campaign that has changed under its version is refused with what has changed") {
  World world;
  world.hq().serve();
  const TempDir folder;
  const auto file = (folder / "wait.yaml").string();
  const auto apply = [&](const std::string& stages, std::vector<std::string> more = {}) {
    std::ofstream(file) << campaign("wait", "only", stages);
    more.insert(more.begin(), {"apply", "-f", file});
    return as_bob(world.broker().uri(), more);
  };
  CHECK(has(apply(delays).out, "wait:v1: applied\n"));
  CHECK(has(apply(delays).out, "wait:v1: unchanged\n"));
  const auto refused = apply(passes);
  CHECK(refused.exit_code == 4);
  for (const char* line :
       {"  spec.stages.only.inputs: removed {\"delay\":",
        "  spec.stages.only.provider: \"delay\" -> \"mock\"\n", "v2 is free", "--new-version"}) {
    CHECK_MESSAGE(has(refused.err, line), refused.err);
  }
  const auto as_json = apply(passes, {"--json"});
  CHECK(as_json.exit_code == 4);
  CHECK(Json::parse(as_json.out)["changes"].size() == 2);
  CHECK(has(apply(passes, {"--new-version"}).out, "wait:v2: applied, as v1 has other content\n"));
  CHECK(has(apply(passes, {"--new-version"}).out, "wait:v2: unchanged, as v1 has other content\n"));
  CHECK(apply(delays + "    more: {}\n", {"--new-version=v2"}).exit_code == 4);
  CHECK(apply(passes, {"--new-version=a b"}).exit_code == 2);
  const auto picture = as_bob(world.broker().uri(), {"graph", "wait:v2"});
  CHECK_MESSAGE(has(picture.out, "s0[\"only<br/>mock\"]"), picture.out);
  CHECK(as_bob(world.broker().uri(), {"graph", "wait:v9"}).exit_code == 4);
}

TEST_CASE("cli: a document that fits into no message is refused at once, with its size") {
  TempDir folder;
  const auto file = (folder / "big.yaml").string();
  std::ofstream(file) << campaign("big", "only", passes) << "# " << std::string(1'000'000, '"');
  const auto size = std::to_string(std::filesystem::file_size(file));
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"validate", file}, {"apply", "-f", file}}) {
    std::vector<std::string> argv{ANTIPHON_BINARY};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto result = run(argv);
    CHECK(result.exit_code == 2);
    for (const std::string& word : {size, std::string("1048576")}) {
      CHECK_MESSAGE(has(result.err, word), result.err);
    }
  }
}

TEST_CASE("cli: what the broker's access list denies is refused at once") {
  TempDir folder;
  const auto list = (folder / "acl").string();
  std::ofstream(list) << "topic readwrite antiphon/#\ntopic deny antiphon/hq/apply/bob\n";
  const Broker broker({{"allow_anonymous true", "acl_file " + list}});
  const auto file = (folder / "pass.yaml").string();
  std::ofstream(file) << campaign("pass", "only", passes);
  const auto denied = as_bob(broker.uri(), {"apply", "-f", file, "--timeout", "1h"});
  CHECK(denied.exit_code == 4);
  for (const char* word : {"the broker refuses", "bob", "antiphon/hq/apply/bob"}) {
    CHECK_MESSAGE(has(denied.err, word), denied.err);
  }
}

TEST_CASE("cli: a broker that does not know who asks is told from one that is not there") {
  const Broker broker({{"allow_anonymous false"}});
  for (const char* version : {"5", "3.1.1"}) {
    const auto stranger =
        as_bob(broker.uri(), {"get", "campaigns", "--timeout", "1h", "--mqtt-version", version});
    CHECK(stranger.exit_code == 4);
    CHECK_MESSAGE(has(stranger.err, "--password-file"), stranger.err);
    CHECK_MESSAGE(!has(stranger.err, "--broker"), stranger.err);
  }
  const auto nobody = as_bob("mqtt://127.0.0.1:" + std::to_string(free_port()),
                             {"get", "campaigns", "--timeout", "100ms"});
  CHECK(nobody.exit_code == 3);
  CHECK_MESSAGE(has(nobody.err, "--broker"), nobody.err);
}

TEST_CASE("cli: watch of a run that is over says how it ended, activate --wait the same") {
  World world;
  serve_campaigns(world);
  fail_a_run(world, "soon");
  world.ask({"activate", "pass", "--id", "good"});
  world.await_state("good", "done");

  const std::string broker = world.broker().uri();
  const auto failed = as_bob(broker, {"watch", "r1"});
  CHECK(failed.exit_code == 1);
  for (const char* word : {"run ended", "failed", "soon"}) {
    CHECK_MESSAGE(has(failed.out, word), failed.out);
  }
  const auto as_json = as_bob(broker, {"watch", "r1", "--json"});
  CHECK(as_json.exit_code == 1);
  const Json event = Json::parse(as_json.out, nullptr, false);
  REQUIRE_MESSAGE(event.is_object(), as_json.out);
  CHECK(event["type"] == "activation.ended");
  CHECK(event["activation"] == "r1");
  CHECK(event["data"]["state"] == "failed");
  const auto done = as_bob(broker, {"watch", "good"});
  CHECK(done.exit_code == 0);
  CHECK_MESSAGE(has(done.out, "done"), done.out);
  const auto again = as_bob(broker, {"activate", "pass", "--id", "good", "--wait"});
  CHECK(again.exit_code == 0);
  CHECK_MESSAGE(has(again.out, "run ended"), again.out);
  CHECK(as_bob(broker, {"watch", "nobody"}).exit_code == 4);
}

TEST_CASE("cli: watch of a plane that is not there ends") {
  World world;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"watch"}, {"watch", "r1"}}) {
    auto with_time = words;
    with_time.insert(with_time.end(), {"--timeout", "100ms"});
    const auto result = as_bob(world.broker().uri(), with_time);
    CHECK(result.exit_code == 3);
    CHECK_MESSAGE(has(result.err, "does not answer"), result.err);
  }
}

TEST_CASE("cli: watch says once that the broker is gone, and once that it is back") {
  World world;
  serve_campaigns(world);
  ChildProcess watch({ANTIPHON_BINARY, "watch", "--broker", world.broker().uri()});
  await([&] { return has(watch.out(), "watching"); });
  world.broker().stop();
  await([&] { return has(watch.err(), "is lost"); });
  world.broker().start();
  await([&] { return has(watch.err(), "again\n"); }, run_patience);
  world.hq().await_log("session resumed");
  world.activate("pass", "r1");
  await([&] { return has(watch.out(), "r1"); }, run_patience);
  CHECK_MESSAGE(count_of(watch.err(), "is lost") == 1, watch.err());
  CHECK_MESSAGE(count_of(watch.err(), "connected to") == 1, watch.err());
}

TEST_CASE("cli: what a payload holds moves no cursor of a terminal") {
  World world;
  serve_campaigns(world);
  fail_a_run(world, "\033[31mred\a");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"describe", "r1"}, {"get", "activations"}, {"get", "tasks", "r1"}, {"watch", "r1"}}) {
    const auto result = as_bob(world.broker().uri(), words);
    CHECK_MESSAGE(result.out.find_first_of("\033\a") == std::string::npos, result.out);
    CHECK_MESSAGE(has(result.out, "\\u001b[31mred\\u0007"), result.out);
  }
}

TEST_CASE("cli: describe says why a run is paused, and when a delay is due") {
  World world;
  serve_campaigns(world);
  const std::string broker = world.broker().uri();
  world.ask({"activate", "wait", "--id", "r1"});
  const Json run = world.await_state("r1", "running");
  const std::string due = run["tasks"][0]["due"];
  CHECK(due < run["tasks"][0]["deadline"].get<std::string>());
  const auto waiting = as_bob(broker, {"describe", "r1"});
  CHECK_MESSAGE(has(waiting.out, "a delay  the time: " + due), waiting.out);
  world.ask({"pause", "r1", "--reason", "lunch"});
  const auto paused = as_bob(broker, {"describe", "r1"});
  CHECK_MESSAGE(has(paused.out, "paused     pause by tester: lunch"), paused.out);
  CHECK_MESSAGE(has(paused.out, "antiphon resume r1"), paused.out);
  CHECK_MESSAGE(!has(paused.out, "\nerror "), paused.out);
}

TEST_CASE("cli: get names its kinds, and refuses to begin behind what is not there") {
  const auto misspelt = run({ANTIPHON_BINARY, "get", "foo"});
  CHECK(misspelt.exit_code == 2);
  CHECK_MESSAGE(
      has(misspelt.err, "activations, objects, sites, tasks, approvals, triggers, rejects"),
      misspelt.err);
  World world;
  serve_campaigns(world);
  world.ask({"activate", "pass", "--id", "r1"});
  for (const char* kind : {"campaigns", "activations", "rejects"}) {
    const auto junk = as_bob(world.broker().uri(), {"get", kind, "--after", "junk"});
    CHECK(junk.exit_code == 2);
    CHECK_MESSAGE(has(junk.err, "--after"), junk.err);
  }
  CHECK(as_bob(world.broker().uri(), {"get", "activations", "--after", "r1"}).exit_code == 0);
}
