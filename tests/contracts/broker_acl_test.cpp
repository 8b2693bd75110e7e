// SPDX-License-Identifier: MIT
// broker-config as it ships, against a real Mosquitto: who may write and read what. Of production's
// mosquitto.conf only listener, TLS and folders are replaced; the rules are the shipped file, with
// a witness added who sees everything.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/broker.hpp"

namespace {

using antiphon::test::await;
using antiphon::test::Broker;
using antiphon::test::BrokerConfig;
using antiphon::test::ChildProcess;
using antiphon::test::run;
using antiphon::test::Subscription;
using antiphon::test::TempDir;

const std::string shipped = std::string(ANTIPHON_SOURCE_DIR) + "/broker-config/";

// The accounts of the shipped list, and three who are not in it: `stranger` has a password and no
// line in the list, `anonymous` gives no name, `impostor` gives hq's name with a wrong password.
const std::string table = R"(
hq         write  antiphon/hq/presence                               yes
hq         write  antiphon/hq/activation/a1/status                   yes
hq         write  antiphon/hq/activation/a1/approval/t1              yes
hq         write  antiphon/tokyo/activation/a1/approval/t1           no
hq         write  plant/line-7/escalation                            yes
hq         write  antiphon/hq/event/activation.done                  yes
hq         write  antiphon/hq/answer/ann/r1                          yes
hq         write  antiphon/hq/object/site/tokyo                      yes
hq         write  antiphon/hq/stats                                  yes
hq         write  antiphon/hq/answer/heartbeat                       yes
hq         write  antiphon/tokyo/command/hq                          yes
hq         write  antiphon/new-site/command/hq                       yes
hq         write  antiphon/tokyo/command/tokyo                       no
hq         write  antiphon/tokyo/command/other                       no
hq         write  antiphon/tokyo/presence                            no
hq         write  antiphon/tokyo/answer/ann/r1                       no
hq         write  antiphon/tokyo/reply/hq                            no
hq         write  antiphon/tokyo/hello/hq                            no
hq         write  antiphon/tokyo/activation/a1/cancel/hq             no
hq         write  antiphon/hq/activation/a1/cancel/ann               no
hq         write  antiphon/hq/reply/tokyo                            no
hq         write  plant/line-7/release                               no
hq         read   antiphon/hq/reply/tokyo                            yes
hq         read   antiphon/hq/hello/tokyo                            yes
hq         read   antiphon/hq/campaign/rollout/activate/ann          yes
hq         read   antiphon/hq/apply                                  yes
hq         read   antiphon/tokyo/presence                            yes
hq         read   plant/line-7/release                               yes
hq         read   plant/line-7/other                                 no
hq         read   antiphon/tokyo/command/hq                          no
hq         read   antiphon/tokyo/activation/a1/status                no
hq         read   antiphon/paris/answer/ann/r1                       no
tokyo      write  antiphon/tokyo/presence                            yes
tokyo      write  antiphon/tokyo/answer/heartbeat                    yes
tokyo      write  antiphon/tokyo/activation/a1/status                yes
tokyo      write  antiphon/hq/hello/tokyo                            yes
tokyo      write  antiphon/hq/reply/tokyo                            yes
tokyo      write  antiphon/hq/reply/paris                            no
tokyo      write  antiphon/hq/hello/paris                            no
tokyo      write  antiphon/hq/presence                               no
tokyo      write  antiphon/paris/presence                            no
tokyo      write  antiphon/paris/command/tokyo                       no
tokyo      write  antiphon/paris/command/hq                          no
tokyo      write  antiphon/tokyo/command/hq                          no
tokyo      write  antiphon/hq/campaign/rollout/activate              no
tokyo      write  antiphon/hq/campaign/rollout/activate/tokyo        no
tokyo      write  antiphon/hq/activation/a1/cancel/tokyo             no
tokyo      write  antiphon/hq/activation/a1/status                   no
tokyo      write  antiphon/hq/answer/ann/r1                          no
tokyo      write  antiphon/hq/answer/heartbeat                       no
tokyo      write  plant/line-7/release                               no
tokyo      read   antiphon/tokyo/command/hq                          yes
tokyo      read   antiphon/tokyo/query/tasks/ann                     yes
tokyo      read   antiphon/hq/presence                               yes
tokyo      read   antiphon/paris/command/hq                          no
tokyo      read   antiphon/hq/reply/paris                            no
tokyo      read   antiphon/hq/reply/tokyo                            no
tokyo      read   antiphon/hq/activation/a1/status                   no
tokyo      read   antiphon/hq/apply/ann                              no
tokyo      read   plant/line-7/release                               no
paris      write  antiphon/hq/reply/paris                            yes
paris      write  antiphon/hq/reply/tokyo                            no
paris      read   antiphon/paris/command/hq                          yes
paris      read   antiphon/tokyo/command/hq                          no
tokyo      read   antiphon/hq/object/catalogversion/app              yes
tokyo      read   antiphon/hq/object/catalogversion/app/status       no
tokyo      read   antiphon/hq/object/instance/app                    no
tokyo      read   antiphon/paris/object/catalogversion/app           no
tokyo      read   antiphon/tokyo/object/instance/app/status          yes
tokyo      write  antiphon/tokyo/object/instance/app                 yes
tokyo      write  antiphon/hq/object/catalogversion/app              no
tokyo      write  antiphon/hq/object/instance/app/status             no
deployer   read   antiphon/hq/object/instance/app                    yes
deployer   read   antiphon/hq/object/catalogversion/app              no
deployer   read   antiphon/tokyo/object/instance/app                 no
deployer   read   antiphon/hq/command/top                            no
deployer   write  antiphon/hq/object/instance/app/status             yes
deployer   write  antiphon/hq/object/target/a@plant/status           yes
deployer   write  antiphon/hq/object/instance/app                    no
deployer   write  antiphon/hq/object/catalogversion/app/status       no
deployer   write  antiphon/tokyo/object/instance/app/status          no
deployer   write  antiphon/hq/delete/deployer                        no
ann        read   antiphon/hq/object/instance/app                    yes
ann        write  antiphon/hq/object/instance/app                    no
ann        write  antiphon/hq/object/instance/app/status             no
bob        write  antiphon/hq/delete/bob                             no
ann        write  antiphon/hq/campaign/rollout/activate/ann          yes
ann        write  antiphon/hq/campaign/rollout:v2/activate/ann       yes
ann        write  antiphon/hq/activation/a1/cancel/ann               yes
ann        write  antiphon/hq/activation/a1/terminate/ann            yes
ann        write  antiphon/hq/activation/a1/pause/ann                yes
ann        write  antiphon/hq/activation/a1/step/ann                 yes
ann        write  antiphon/hq/activation/a1/step                     no
bob        write  antiphon/hq/activation/a1/step/bob                 no
ann        write  antiphon/hq/activation/a1/approve/ann              yes
ann        write  antiphon/hq/activation/a1/approve/bob              no
ann        write  antiphon/hq/activation/a1/approve                  no
ann        write  antiphon/hq/activation/a1/reject/ann               yes
ann        write  antiphon/hq/activation/a1/approval/t1              no
ann        read   antiphon/hq/activation/a1/approval/t1              yes
bob        read   antiphon/hq/activation/a1/approval/t1              yes
bob        write  antiphon/hq/activation/a1/approve/bob              no
tokyo      read   antiphon/hq/activation/a1/approval/t1              no
ann        write  antiphon/hq/activation/a1/signal/go/ann            yes
ann        write  antiphon/hq/apply/ann                              yes
ann        write  antiphon/hq/delete/ann                             yes
ann        write  antiphon/hq/trigger/rollout/release/disable/ann    yes
ann        write  antiphon/hq/trigger/rollout/release/disable/bob    no
bob        write  antiphon/hq/trigger/rollout/release/enable/bob     no
ann        write  antiphon/hq/query/tasks/ann                        yes
ann        write  antiphon/hq/campaign/rollout/activate              no
ann        write  antiphon/hq/campaign/rollout/activate/bob          no
ann        write  antiphon/hq/activation/a1/cancel                   no
ann        write  antiphon/hq/activation/a1/cancel/bob               no
ann        write  antiphon/hq/activation/a1/unheard/ann              no
ann        write  antiphon/hq/apply                                  no
ann        write  antiphon/hq/apply/bob                              no
ann        write  antiphon/hq/query/tasks                            no
ann        write  antiphon/tokyo/campaign/rollout/activate/ann       no
ann        write  antiphon/tokyo/command/ann                         no
ann        write  antiphon/hq/hello/ann                              no
ann        write  antiphon/hq/reply/ann                              no
ann        write  antiphon/hq/reply/tokyo                            no
ann        write  antiphon/hq/presence                               no
ann        write  antiphon/ann/presence                              no
ann        write  antiphon/hq/activation/a1/status                   no
ann        write  antiphon/hq/answer/ann/r1                          no
ann        write  plant/line-7/release                               no
ann        read   antiphon/hq/answer/ann/r1                          yes
ann        read   antiphon/tokyo/answer/ann/r1                       yes
ann        read   antiphon/hq/activation/a1/status                   yes
ann        read   antiphon/hq/answer/bob/r1                          no
ann        read   antiphon/hq/apply/ann                              no
ann        read   antiphon/tokyo/command/hq                          no
ann        read   antiphon/hq/reply/tokyo                            no
ann        read   plant/line-7/release                               no
bob        write  antiphon/hq/activation/a1/pause/bob                yes
bob        write  antiphon/hq/query/tasks/bob                        yes
bob        write  antiphon/hq/activation/a1/cancel/bob               no
bob        write  antiphon/hq/activation/a1/terminate/bob            no
bob        write  antiphon/hq/activation/a1/pause/ann                no
bob        write  antiphon/hq/campaign/rollout/activate/bob          no
bob        write  antiphon/hq/apply/bob                              no
bob        read   antiphon/hq/answer/bob/r1                          yes
bob        read   antiphon/hq/answer/ann/r1                          no
press-7    write  plant/line-7/release                               yes
press-7    write  plant/line-8/release                               no
press-7    write  antiphon/press-7/presence                          no
press-7    write  antiphon/hq/hello/press-7                          no
press-7    write  antiphon/hq/reply/press-7                          no
press-7    write  antiphon/hq/campaign/rollout/activate/press-7      no
press-7    write  antiphon/tokyo/command/press-7                     no
press-7    read   plant/line-7/release                               no
press-7    read   antiphon/press-7/command/hq                        no
press-7    read   antiphon/hq/answer/press-7/r1                      no
press-7    read   antiphon/hq/presence                               no
stranger   write  plant/line-7/release                               no
stranger   write  antiphon/stranger/presence                         no
stranger   write  antiphon/hq/hello/stranger                         no
stranger   write  antiphon/hq/campaign/rollout/activate/stranger     no
stranger   read   antiphon/stranger/command/hq                       no
stranger   read   antiphon/hq/answer/stranger/r1                     no
stranger   read   antiphon/hq/presence                               no
stranger   read   plant/line-7/release                               no
anonymous  write  plant/line-7/release                               no
anonymous  write  antiphon/hq/campaign/rollout/activate              no
anonymous  read   antiphon/hq/presence                               no
impostor   write  antiphon/tokyo/command/hq                          no
impostor   read   antiphon/hq/reply/tokyo                            no
)";

struct Row {
  std::string client;
  bool writes = false;
  std::string topic;
  bool allowed = false;

  std::string text() const {
    return client + (writes ? " writes " : " reads ") + topic + (allowed ? ": yes" : ": no");
  }
};

std::vector<Row> rows_of(const std::string& text) {
  std::vector<Row> rows;
  std::istringstream words(text);
  for (std::string client, access, topic, verdict; words >> client >> access >> topic >> verdict;) {
    rows.push_back({client, access == "write", topic, verdict == "yes"});
  }
  return rows;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Production's broker for one machine: the lines that name this machine's folders, keys and log are
// left to the test.
class ProductionBroker {
 public:
  ProductionBroker() : broker_(config()) {}

  // "user" and "password" options of the mosquitto clients.
  static std::vector<std::string> login(const std::string& client) {
    if (client == "anonymous") return {};
    if (client == "impostor") return {"-u", "hq", "-P", "guess"};
    return {"-u", client, "-P", "secret of " + client};
  }

  std::vector<std::string> client(const std::string& program, const std::string& name) const {
    std::vector<std::string> argv{program, "-h", "127.0.0.1", "-p", std::to_string(broker_.port())};
    for (const auto& word : login(name)) argv.push_back(word);
    return argv;
  }

  // Sends as `name`; returns once the broker has dealt with it, allowed or not.
  void publish(const std::string& name, const std::string& topic,
               const std::string& payload) const {
    auto argv = client("mosquitto_pub", name);
    argv.insert(argv.end(), {"-q", "1", "-t", topic, "-m", payload});
    run(argv);
  }

  std::string log() const { return broker_.log(); }

  bool can_log_in(const std::string& name) const {
    auto argv = client("mosquitto_sub", name);
    argv.insert(argv.end(), {"-t", "#", "-E"});
    return run(argv).exit_code == 0;
  }

  Subscription listen(const std::string& name) const {
    return broker_.subscribe({"#"}, login(name));
  }

 private:
  BrokerConfig config() {
    const std::set<std::string> replaced{"listener", "cafile",      "certfile",
                                         "keyfile",  "tls_version", "persistence_location",
                                         "log_dest"};
    BrokerConfig config;
    config.global.clear();
    std::istringstream lines(read_file(shipped + "production/mosquitto.conf"));
    for (std::string line; std::getline(lines, line);) {
      const std::string key = line.substr(0, line.find(' '));
      if (key.empty() || key[0] == '#' || replaced.count(key) != 0) continue;
      if (key == "password_file") line = "password_file " + passwords();
      if (key == "acl_file") line = "acl_file " + acl();
      config.global.push_back(line);
    }
    return config;
  }

  std::string passwords() {
    const auto path = (files_ / "passwords").string();
    std::ofstream(path).close();
    for (const std::string name :
         {"hq", "tokyo", "paris", "ann", "bob", "deployer", "press-7", "stranger", "witness"}) {
      REQUIRE(run({"mosquitto_passwd", "-b", path, name, login(name).back()}).exit_code == 0);
    }
    return path;
  }

  // The witness sees all; "end/<user>" tells each reader's test that nothing more will come.
  std::string acl() {
    const auto path = (files_ / "acl").string();
    std::ofstream(path) << read_file(shipped + "production/acl")
                        << "\nuser witness\ntopic readwrite #\npattern read end/%u\n";
    return path;
  }

  TempDir files_;
  Broker broker_;
};

bool has_line(const Subscription& ear, const std::string& line) {
  const auto lines = ear.lines();
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace

TEST_CASE("broker acl: each client may write exactly what its role grants") {
  const ProductionBroker broker;
  auto witness = broker.listen("witness");
  const auto rows = rows_of(table);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].writes) broker.publish(rows[i].client, rows[i].topic, "row " + std::to_string(i));
  }
  broker.publish("witness", "end/witness", "");
  witness.await_line("end/witness");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].writes) continue;
    CHECK_MESSAGE(has_line(witness, rows[i].topic + " row " + std::to_string(i)) == rows[i].allowed,
                  rows[i].text());
  }
}

TEST_CASE("broker acl: each client may read exactly what its role grants") {
  const ProductionBroker broker;
  const auto rows = rows_of(table);
  std::map<std::string, Subscription> ears;
  std::set<std::string> topics;
  for (const auto& row : rows) {
    if (row.writes) continue;
    topics.insert(row.topic);
    if (ears.count(row.client) == 0 && broker.can_log_in(row.client)) {
      ears.emplace(row.client, broker.listen(row.client));
    }
  }
  CHECK(ears.size() == 8);
  CHECK(ears.count("anonymous") + ears.count("impostor") == 0);
  for (const auto& topic : topics) broker.publish("witness", topic, "seen");
  for (auto& [client, ear] : ears) {
    broker.publish("witness", "end/" + client, "");
    ear.await_line("end/" + client);
  }
  for (const auto& row : rows) {
    if (row.writes) continue;
    const auto ear = ears.find(row.client);
    CHECK_MESSAGE((ear != ears.end() && has_line(ear->second, row.topic + " seen")) == row.allowed,
                  row.text());
  }
}

TEST_CASE("broker acl: who is refused a message, for its topic or its size, stays connected") {
  const ProductionBroker broker;
  const TempDir files;
  const std::string large = (files / "large").string();
  std::ofstream(large) << std::string(1024 * 1024 + 1, 'x');
  const std::vector<std::vector<std::string>> refused{{"-t", "plant/line-7/other", "-m", "x"},
                                                      {"-t", "plant/line-7/release", "-f", large}};
  int number = 0;
  for (const std::string version : {"5", "mqttv311"}) {
    for (const std::string qos : {"0", "1"}) {
      for (const auto& message : refused) {
        CAPTURE(version);
        CAPTURE(qos);
        CAPTURE(message[1]);
        const std::string id = "probe-" + std::to_string(++number);
        auto argv = broker.client("mosquitto_pub", "press-7");
        argv.insert(argv.end(), {"-V", version, "-q", qos, "-i", id});
        argv.insert(argv.end(), message.begin(), message.end());
        run(argv);
        await([&] { return broker.log().find(id + " disconnected") != std::string::npos; });
        CHECK(broker.log().find("read/write on client " + id) == std::string::npos);
      }
    }
  }
}

TEST_CASE("broker config: dev starts with no listener of its own, on loopback only, for anybody") {
  const auto port = std::to_string(antiphon::test::free_port());
  ChildProcess broker({"mosquitto", "-c", shipped + "dev/mosquitto.conf", "-p", port, "-v"});
  await([&] { return broker.err().find(" running") != std::string::npos; });
  CHECK(broker.err().find("local only mode") != std::string::npos);
  CHECK(run({"mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "a", "-m", "b"})
            .exit_code == 0);
}
