// SPDX-License-Identifier: MIT
// examples/sites/shell-site with a real Mosquitto: what the bus protocol asks of a site, asked of
// the one in bash. Each script leaves a line in a file, so that executions can be counted.
#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/time.hpp"
#include "tests/support/broker.hpp"

namespace {

using antiphon::test::await;
using antiphon::test::Broker;
using antiphon::test::ChildProcess;
using antiphon::test::Subscription;
using antiphon::test::TempDir;
using Json = nlohmann::json;

std::int64_t now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A broker, the site tokyo below hq, and an ear for what tokyo says.
class World {
 public:
  // The ear's session outlives the broker, so that it misses nothing of what is said after a
  // restart.
  World()
      : ear_(broker_.subscribe(
            {"antiphon/+/reply/tokyo", "antiphon/hq/hello/tokyo", "antiphon/tokyo/presence"},
            {"-q", "1", "-c", "-i", "ear"})) {
    std::filesystem::create_directory(files_ / "scripts");
    // Leaves "began", waits for the file `gate` if it is given, does what `then` says, leaves
    // "ended".
    script("work", R"sh(
      value() { jq -r "$1 // empty" "$inputs"; }
      inputs="$1"
      lines="$(value .lines)" gate="$(value .gate)"
      echo "began $$" >> "$lines"
      while [ -n "$gate" ] && [ ! -e "$gate" ]; do sleep 0.02; done
      echo ended >> "$lines"
      if [ "$(value .fails)" = "$(grep -c began "$lines")" ]; then echo broken >&2; exit 7; fi
      jq -c '{n: .n, ballast: ((.size // 0) * "x")}' "$inputs" > "${inputs%.json}-output.json")sh");
    start();
  }

  // Returns with the site's hello.
  Json start() {
    site_ = std::make_unique<ChildProcess>(std::vector<std::string>{
        std::string(ANTIPHON_SOURCE_DIR) + "/examples/sites/shell-site", "--name", "tokyo",
        "--parents", "hq", "--dir", (files_ / "state").string(), "--broker",
        "127.0.0.1:" + std::to_string(broker_.port()), "--offers", "mock,delay,script", "--scripts",
        (files_ / "scripts").string()});
    presence_ = hear("antiphon/tokyo/presence", {{"state", "online"}});
    return hear("antiphon/hq/hello/tokyo", {});
  }

  const Json& presence() const { return presence_; }

  void stop() {
    site_->kill(SIGTERM);
    CHECK(site_->wait() == 0);
  }

  void kill9() {
    site_->kill(SIGKILL);
    site_->wait();
  }

  Broker& broker() { return broker_; }

  // A command of hq with all its fields; `change` replaces some.
  Json command(const std::string& id, const Json& change = {}) const {
    Json command{{"v", 1},
                 {"id", id},
                 {"attempt", 1},
                 {"activation", "a1"},
                 {"campaign", "c"},
                 {"stage", "s"},
                 {"run", 1},
                 {"context", "tokyo"},
                 {"provider", "mock"},
                 {"config", Json::object()},
                 {"inputs", Json::object()},
                 {"deadline", now_ms() + 60'000},
                 {"at", now_ms()},
                 {"idempotent", false},
                 {"depth", 1},
                 {"path", {"hq"}}};
    if (!change.is_null()) command.update(change);
    return command;
  }

  // The same for the script `work`; `inputs` are added to the file it counts in.
  Json work(const std::string& id, const Json& inputs = {}, const Json& change = {}) const {
    Json all{{"lines", lines()}};
    if (!inputs.is_null()) all.update(inputs);
    Json command = this->command(
        id, {{"provider", "script"}, {"config", {{"script", "work"}}}, {"inputs", all}});
    if (!change.is_null()) command.update(change);
    return command;
  }

  void send(const Json& message, const std::string& origin = "hq") {
    broker_.publish("antiphon/tokyo/command/" + origin, message.dump(), {"-q", "1"});
  }

  // The next reply that has these fields.
  Json reply(const Json& fields, const std::string& origin = "hq") {
    return hear("antiphon/" + origin + "/reply/tokyo", fields);
  }

  Json hear(const std::string& topic, const Json& fields) {
    Json found;
    ear_.await_line([&](const std::string& line) {
      if (line.rfind(topic + " ", 0) != 0) return false;
      found = Json::parse(line.substr(topic.size() + 1));
      for (const auto& [key, value] : fields.items()) {
        if (!found.contains(key) || found[key] != value) return false;
      }
      return true;
    });
    return found;
  }

  void await_log(const std::string& text) const {
    await([&] { return site_->err().find(text) != std::string::npos; });
  }

  std::string lines() const { return (files_ / "lines").string(); }
  std::string gate() const { return (files_ / "gate").string(); }
  void open_gate() const { std::ofstream(gate()) << '\n'; }

  int count(const std::string& word) const {
    int n = 0;
    std::ifstream file(lines());
    for (std::string line; std::getline(file, line);) n += line.rfind(word, 0) == 0 ? 1 : 0;
    return n;
  }

  void await_begun(int times) const {
    await([&] { return count("began") == times; });
  }

  std::filesystem::path task(const std::string& id) const {
    return files_ / "state" / "tasks" / "hq" / id;
  }

 private:
  void script(const std::string& name, const std::string& text) {
    const auto path = files_ / "scripts" / name;
    std::ofstream(path) << "#!/bin/sh\n" << text << '\n';
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  TempDir files_;
  Broker broker_;
  Subscription ear_;
  std::unique_ptr<ChildProcess> site_;
  Json presence_;
};

}  // namespace

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
