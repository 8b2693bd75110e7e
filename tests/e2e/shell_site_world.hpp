// SPDX-License-Identifier: MIT
// The small world in which examples/sites/shell-site is tested. Each of its scripts leaves a line
// in a file, so that executions can be counted.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/broker.hpp"

namespace antiphon::test {

using Json = nlohmann::json;

inline std::int64_t now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A broker, the site tokyo below hq, and an ear for what tokyo says.
class ShellSiteWorld {
 public:
  // The ear's session outlives the broker, so that it misses nothing of what is said after a
  // restart.
  ShellSiteWorld()
      : ear_(broker_.subscribe(
            {"antiphon/+/reply/tokyo", "antiphon/hq/hello/tokyo", "antiphon/tokyo/presence"},
            {"-q", "1", "-c", "-i", "ear"})) {
    std::filesystem::create_directory(files_ / "scripts");
    // Leaves "began", waits for the file `gate` if one is named, leaves "ended"; the execution
    // whose number is `fails` fails.
    script("work", R"sh(
      value() { jq -r "$1 // empty" "$inputs"; }
      inputs="$1"
      lines="$(value .lines)" gate="$(value .gate)"
      echo "began $$" >> "$lines"
      while [ -n "$gate" ] && [ ! -e "$gate" ] && [ -e "$lines" ]; do sleep 0.02; done
      echo ended >> "$lines"
      if [ "$(value .fails)" = "$(grep -c began "$lines")" ]; then echo broken >&2; exit 7; fi
      jq -c '{n: .n, ballast: ((.size // 0) * "x")}' "$inputs" > "${inputs%.json}-output.json")sh");
    start();
  }

  // A killed site would leave its work and its listener behind for a while.
  ~ShellSiteWorld() {
    if (!site_ || !site_->running()) return;
    site_->kill(SIGTERM);
    try {
      site_->wait();
    } catch (const std::exception& late) {
      MESSAGE(late.what());
    }
  }
  ShellSiteWorld(const ShellSiteWorld&) = delete;
  ShellSiteWorld& operator=(const ShellSiteWorld&) = delete;

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

  void script(const std::string& name, const std::string& text) {
    const auto path = files_ / "scripts" / name;
    std::ofstream(path) << "#!/bin/sh\n" << text << '\n';
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
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
  TempDir files_;
  Broker broker_;
  Subscription ear_;
  std::unique_ptr<ChildProcess> site_;
  Json presence_;
};

}  // namespace antiphon::test
