// SPDX-License-Identifier: MIT
// `antiphon serve` as a process: how it starts, waits for its broker, stops, and reads its
// settings.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

/// Hangs up on who calls, as a broker does that is just being started.
class RudeListener {
 public:
  explicit RudeListener(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(fd_, 8) == 0);
  }
  ~RudeListener() { close(fd_); }
  RudeListener(const RudeListener&) = delete;
  RudeListener& operator=(const RudeListener&) = delete;

  void hang_up_on_one() const { close(accept(fd_, nullptr, nullptr)); }

 private:
  int fd_;
};

int count_of(const std::string& text, const std::string& word) {
  int n = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

RunResult serve(const std::vector<std::string>& flags, const Environment& env = {}) {
  std::vector<std::string> argv{ANTIPHON_BINARY, "serve"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  ProcessOptions options;
  options.env = env;
  return run(argv, options);
}

}  // namespace

TEST_CASE("serve: SIGTERM ends it within 2 s amid a long script, which goes on and counts once") {
  constexpr std::chrono::seconds promised{2};
  World world;
  ServedPlane& tokyo = world.plane("tokyo");
  world.hq().start();
  tokyo.serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  world.apply(campaign("long", "work", to_yaml({"work", "tokyo", "", world.gate().string()})));
  world.activate("long", "r1");
  await([&] { return tokyo.runs("work") == 1; });
  tokyo.terminate(promised);
  world.hq().terminate(promised);

  const auto runner = std::filesystem::path("/proc") / tokyo.lines("runner").at(0);
  CHECK(std::filesystem::exists(runner));
  world.open_gate();
  await([&] { return !std::filesystem::exists(runner); });
  world.hq().start();
  tokyo.start();
  world.await_state("r1", "done");
  CHECK(tokyo.runs("work") == 1);
}

TEST_CASE("serve: SIGTERM ends it also while there is no broker") {
  World world(false);
  world.hq().start();
  world.hq().await_log("no connection to the broker");
  world.hq().terminate(std::chrono::seconds(2));
}

TEST_CASE("serve: a second process on one store is refused and told who holds it") {
  World world;
  world.hq().serve();
  const auto second = run(world.hq().command());
  CHECK(second.exit_code == 4);
  CHECK_MESSAGE(second.err.find(std::to_string(world.hq().process().pid())) != std::string::npos,
                second.err);
  CHECK(world.items({"get", "activations"}).empty());
  world.hq().kill9();
  world.hq().serve();
}

TEST_CASE("serve: a store is one plane's") {
  World world;
  world.hq().serve();
  world.hq().terminate();
  auto other = world.hq().command();
  *(std::find(other.begin(), other.end(), "--name") + 1) = "other";
  const auto refused = run(other);
  CHECK(refused.exit_code == 4);
  CHECK_MESSAGE(refused.err.find("hq") != std::string::npos, refused.err);
}

TEST_CASE("serve: a broker that is not there yet is waited for, which is said once") {
  World world(false);
  {
    const RudeListener listener(world.broker().port());
    world.hq().start();
    for (int i = 0; i < 3; ++i) listener.hang_up_on_one();
  }
  world.broker().start();
  world.hq().await_on_bus();
  CHECK_MESSAGE(count_of(world.hq().log(), "no connection to the broker") == 1, world.hq().log());
  CHECK(world.items({"get", "activations"}).empty());
}

TEST_CASE("serve: a question that waited for the plane at the broker is answered at once") {
  World world;
  world.hq().serve();
  world.hq().terminate();
  auto ear = world.broker().subscribe({"antiphon/hq/query/#"});
  ChildProcess client({ANTIPHON_BINARY, "get", "campaigns", "--broker", world.broker().uri(),
                       "--user", "tester", "--timeout", "1m"});
  ear.await_line("query/campaigns/tester");
  world.hq().start();
  CHECK(client.wait() == 0);
}

TEST_CASE("serve: --check says all that is wrong, each by its name") {
  const auto bad = serve({"--check", "--name", "a/b", "--mqtt-version", "4", "--timeout", "soon",
                          "--log-format", "xml", "--log-level", "loud", "--offers", "script",
                          "--parents", "x#", "--labels", "region"});
  CHECK(bad.exit_code == 2);
  for (const char* key : {"name:", "mqttVersion:", "timeout:", "logFormat:", "logLevel:", "offers:",
                          "parents:", "labels:"}) {
    CHECK_MESSAGE(bad.err.find(key) != std::string::npos, key);
  }
  const auto nameless = serve({"--check"});
  CHECK(nameless.exit_code == 2);
  CHECK(nameless.err.find("name:") != std::string::npos);

  TempDir folder;
  const auto file = folder / "plane.yaml";
  std::ofstream(file) << "name: hq\nbrokr: x\nparents: {a: b}\nstoer: y\n";
  const auto misspelt = serve({"--check", "--config", file.string()});
  CHECK(misspelt.exit_code == 2);
  for (const char* key : {"brokr", "stoer", "parents", "did you mean 'broker'", "plane.yaml:2"}) {
    CHECK_MESSAGE(misspelt.err.find(key) != std::string::npos, key << misspelt.err);
  }
  CHECK(serve({"--check", "--config", (folder / "none").string()}).exit_code == 2);
}

TEST_CASE("serve: what --check refuses is refused by serve, before it touches store or network") {
  TempDir folder;
  const auto away = (folder / "away" / "x.db").string();
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--broker", "foo"},
           {"--topic-root", "a/#"},
           {"--store", away},
           {"--user", "hq", "--password-file", folder.path().string()}}) {
    std::vector<std::string> flags{"--name", "hq", "--store", (folder / "hq.db").string()};
    flags.insert(flags.end(), wrong.begin(), wrong.end());
    if (wrong[0] == "--store") flags.erase(flags.begin() + 2, flags.begin() + 4);
    const auto served = serve(flags);
    flags.emplace_back("--check");
    const auto checked = serve(flags);
    CHECK(served.exit_code == 2);
    CHECK(checked.exit_code == 2);
    CHECK_MESSAGE(served.err == checked.err, served.err);
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("serve: flags go before the environment, the environment before the file") {
  TempDir folder;
  const auto file = folder / "plane.yaml";
  std::ofstream(file) << "name: tokyo\nbroker: mqtt://file:1\ntimeout: 1h\nlogLevel: warn\n"
                         "parents: [hq, spare]\nlabels: {region: asia}\n";
  const auto checked =
      serve({"--check", "--log-level", "debug"}, {{"ANTIPHON_CONFIG", file.string()},
                                                  {"ANTIPHON_TIMEOUT", "2h"},
                                                  {"ANTIPHON_LOG_LEVEL", "error"}});
  CHECK_MESSAGE(checked.exit_code == 0, checked.err);
  for (const char* line : {"name: tokyo\n", "broker: mqtt://file:1\n", "timeout: 2h\n",
                           "logLevel: debug\n", "parents: hq spare\n", "labels: region=asia\n",
                           "store: tokyo.db\n", "files: tokyo.db.d\n", "mqttVersion: 5\n"}) {
    CHECK_MESSAGE(checked.out.find(line) != std::string::npos, line << checked.out);
  }
}

TEST_CASE("serve: what a file and the environment say is what runs") {
  World world;
  const auto file = world.file("plane.yaml");
  std::ofstream(file) << "name: tokyo\nparents: [hq]\nlabels: {region: asia}\nstore: "
                      << world.file("tokyo.db").string() << "\n";
  world.hq().start();
  ProcessOptions options;
  options.env = {{"ANTIPHON_BROKER", world.broker().uri()}, {"ANTIPHON_OFFERS", "mock,delay"}};
  ChildProcess tokyo({ANTIPHON_BINARY, "serve", "--config", file.string()}, options);
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  const Json site = world.items({"get", "sites"}).at(0);
  CHECK(site["labels"] == Json{{"region", "asia"}});
  CHECK(site["offers"] == Json{"delay", "mock"});
}

TEST_CASE("serve: with logFormat json each line is an object") {
  World world;
  ServedPlane& hq = world.plane("hq", {"--log-format", "json", "--log-level", "debug"});
  hq.serve();
  world.broker().publish("antiphon/hq/command/boss", "{\"a\": \"\\\"\\u0001\"", {"-q", "1"});
  hq.await_log("refused from");
  hq.terminate();
  std::istringstream log(hq.log());
  int lines = 0;
  for (std::string line; std::getline(log, line); ++lines) {
    const Json entry = Json::parse(line, nullptr, false);
    CHECK_MESSAGE(entry.is_object(), line);
    for (const char* key : {"time", "level", "message"}) CHECK_MESSAGE(entry.contains(key), line);
  }
  CHECK(lines >= 4);
}
