// SPDX-License-Identifier: MIT
// The proxy over MQTT, on a real broker, before a runner that is played by mosquitto_sub and
// mosquitto_pub.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "connectors/proxy/ask_mqtt.hpp"
#include "connectors/symphony/envelope.hpp"
#include "connectors/symphony/stage_call.hpp"
#include "tests/contracts/proxy_world.hpp"
#include "tests/support/broker.hpp"

using namespace antiphon;
using core::Value;
using runtime::Work;
using Kind = runtime::WorkReport::Kind;
using test::Broker;
using test::ProxyWorld;

namespace {

/// Answers by hand.
class Runner {
 public:
  explicit Runner(const Broker& broker) : broker_(broker), asked_(broker.subscribe({"ask"})) {}

  symphony::Request await_request() {
    const std::string line = asked_.await_line("ask ");
    auto read = symphony::read_request(line.substr(4));
    REQUIRE_FALSE(read.problem);
    return read.request;
  }

  void answer(const std::string& text) const { broker_.publish("answer", text); }
  void answer(const std::string& id, int state, const std::string& body) const {
    answer(to_text(symphony::Response{state, "application/json", body, id}));
  }

  std::size_t times_asked() const { return asked_.lines().size(); }

 private:
  const Broker& broker_;
  test::Subscription asked_;
};

Work mqtt_work(const Broker& broker, const std::string& timeout_seconds = "60",
               const std::string& id = "task-1") {
  return ProxyWorld::work("proxy.mqtt",
                          {{"brokerAddress", "tcp://127.0.0.1:" + std::to_string(broker.port())},
                           {"requestTopic", "ask"},
                           {"responseTopic", "answer"},
                           {"password", "hush-hush"},
                           {"timeoutSeconds", timeout_seconds}},
                          id);
}

}  // namespace

TEST_CASE("proxy mqtt: the answer with the same request-id is the stage's end, others are not") {
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  const auto worker = world.worker();
  worker->start(mqtt_work(broker));
  const auto request = runner.await_request();
  CHECK(request.route == "processor");
  CHECK(request.method == "POST");
  CHECK(request.content_type == "application/json");
  CHECK(request.id == "task-1-1");
  CHECK(Value::parse(request.body) == Value{{"stage", "weld"}, {"inputs", {{"part", "p7"}}}});
  runner.answer("another-id", 200, R"({"status":500})");
  runner.answer("no JSON at all");
  runner.answer(request.id, 200, test::stage_done);
  const auto end = world.await_end();
  CHECK(end.kind == Kind::finished);
  CHECK(end.status == 200);
  CHECK(Value::parse(end.outputs) == Value{{"seam", "good"}});
  CHECK(end.error.empty());
}

TEST_CASE("proxy mqtt: what the runner says instead of done is the stage's error") {
  struct Row {
    int state;
    const char* body;
    int status;
    const char* error;
  };
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  for (const Row& row : std::vector<Row>{
           {202, R"({"status":9996,"outputs":{}})", 200, ""},
           {200, R"({"status":9995,"statusMessage":"Paused"})", 9995, "Paused"},
           {200, R"({"status":400,"errorMessage":"no such part"})", 400, "no such part"},
           {500, R"({"status":10036,"errorMessage":"exit code 3"})", 10036, "exit code 3"},
           {500, R"({"status":9996})", 500, "answered 500 to a stage that is done"},
           {404, "route not found", 404, "route not found"},
           {200, "route not found", 500, "cannot be read"},
           {200, R"({"outputs":{}})", 500, "status"}}) {
    CAPTURE(row.body);
    const auto worker = world.worker();
    worker->start(mqtt_work(broker));
    runner.answer(runner.await_request().id, row.state, row.body);
    const auto end = world.await_end();
    CHECK(end.status == row.status);
    CHECK_MESSAGE(end.error.find(row.error) != std::string::npos, end.error);
    worker->forget(end.id, 1);
  }
}

TEST_CASE("proxy mqtt: no answer in time is an error that says what came instead") {
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  const auto worker = world.worker();
  worker->start(mqtt_work(broker, "1"));
  const auto request = runner.await_request();
  runner.answer(R"({"state":200,"body":"%%%","metadata":{"request-id":")" + request.id + "\"}}");
  const auto end = world.await_end();
  CHECK(end.status == 500);
  CHECK(end.error.find("didn't get response to Get() call over MQTT") == 0);
  CHECK_MESSAGE(end.error.find("body is no base64") != std::string::npos, end.error);
  CHECK_MESSAGE(end.error.find("within 1s") != std::string::npos, end.error);
}

TEST_CASE("proxy mqtt: a broker that is not there is told within the timeout") {
  Broker broker({}, false);
  ProxyWorld world;
  const auto end = world.end_of(mqtt_work(broker, "1"));
  CHECK(end.status == 10027);
  CHECK_MESSAGE(end.error.find("no connection to the runner's broker") == 0, end.error);
}

TEST_CASE("proxy mqtt: the task's deadline ends the waiting, too") {
  Broker broker;
  ProxyWorld world;
  Work work = mqtt_work(broker, "60");
  work.time_left = core::milliseconds(300);
  const auto end = world.end_of(work);
  CHECK(end.status == 11004);
}

TEST_CASE("proxy mqtt: a stopped one is not waited for, whether it was asked or not") {
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  const auto worker = world.worker(1);
  worker->start(mqtt_work(broker));
  worker->start(mqtt_work(broker, "60", "task-2"));
  runner.await_request();
  worker->stop(core::TaskId::parse("task-2").value(), 1);
  const auto waiting = world.await_end("task-2");
  CHECK(waiting.status == 20001);
  CHECK(waiting.error.find("before the runner was asked") != std::string::npos);
  worker->stop(core::TaskId::parse("task-1").value(), 1);
  const auto asked = world.await_end();
  CHECK(asked.status == 20001);
  CHECK(asked.error.find("may still carry the stage out") != std::string::npos);
  CHECK(runner.times_asked() == 1);
}

TEST_CASE("proxy mqtt: what a dead process asked is uncertain, and asked again only if told to") {
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  Work work = mqtt_work(broker);
  auto before = world.worker();
  before->start(work);
  world.await_started();
  runner.await_request();
  before.reset();
  const auto after = world.worker();
  after->start(work);
  CHECK(world.await_end().kind == Kind::uncertain);
  CHECK(runner.times_asked() == 1);
  work.again = true;
  after->start(work);
  const auto request = runner.await_request();
  CHECK(request.id == "task-1-1");
  runner.answer(request.id, 200, test::stage_done);
  CHECK(world.await_end().status == 200);
}

TEST_CASE("proxy mqtt: an answer is kept until it is forgotten, what was asked never is") {
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  auto before = world.worker();
  before->start(mqtt_work(broker));
  runner.answer(runner.await_request().id, 200, test::stage_done);
  world.await_end();
  before.reset();
  for (const auto& file : std::filesystem::recursive_directory_iterator(world.dir.path())) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK_MESSAGE(text.find("hush") == std::string::npos, file.path().string());
  }
  const auto after = world.worker();
  after->start(mqtt_work(broker));
  CHECK(Value::parse(world.await_end().outputs) == Value{{"seam", "good"}});
  CHECK(runner.times_asked() == 1);
  after->forget(core::TaskId::parse("task-1").value(), 1);
  CHECK(std::filesystem::is_empty(world.dir / "proxied"));
}

TEST_CASE("proxy mqtt: what is forgotten while it runs leaves nothing behind") {
  Broker broker;
  Runner runner(broker);
  ProxyWorld world;
  const auto worker = world.worker();
  worker->start(mqtt_work(broker));
  const auto request = runner.await_request();
  CHECK_FALSE(std::filesystem::is_empty(world.dir / "proxied"));
  worker->forget(core::TaskId::parse("task-1").value(), 1);
  runner.answer(request.id, 200, test::stage_done);
  CHECK(world.await_end().status == 200);
  CHECK(std::filesystem::is_empty(world.dir / "proxied"));
}

TEST_CASE("proxy mqtt: marks that a dead process left go when nobody can ask for them any more") {
  ProxyWorld world;
  const auto folder = world.dir / "proxied";
  std::filesystem::create_directory(folder);
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
  };
  write("old-1.begun", "1000");
  write("old-1.ended", "{}");
  write("half-1.ended", "{}");
  write("draft-1.begun.draft", "");
  write("open-1.begun", "99999999999999");
  write("open-1.ended", "{}");
  world.worker();
  std::set<std::string> left;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    left.insert(file.path().filename().string());
  }
  CHECK(left == std::set<std::string>{"open-1.begun", "open-1.ended"});
}

TEST_CASE("proxy mqtt: a config that names no place to ask is refused") {
  struct Row {
    Value config;
    const char* error;
  };
  ProxyWorld world;
  for (const Row& row : std::vector<Row>{
           {Value::object(), "requestTopic"},
           {{{"requestTopic", "a/#"}, {"responseTopic", "b"}}, "requestTopic"},
           {{{"requestTopic", "a"}, {"responseTopic", "b"}}, "brokerAddress"},
           {{{"requestTopic", "a"}, {"responseTopic", "b"}, {"brokerAddress", "http://x"}},
            "unknown scheme"},
           {{{"requestTopic", "a"},
             {"responseTopic", "b"},
             {"brokerAddress", "x:1883"},
             {"timeoutSeconds", -1}},
            "timeoutSeconds"}}) {
    const auto end = world.end_of(ProxyWorld::work("proxy.mqtt", row.config));
    CHECK(end.status == 1000);
    CHECK_MESSAGE(end.error.find(row.error) != std::string::npos, end.error);
  }
}

TEST_CASE("proxy mqtt: Symphony's ways to write a broker's address are understood") {
  CHECK(proxy::broker_uri("tcp://b:1883") == "mqtt://b:1883");
  CHECK(proxy::broker_uri("ssl://b:8883") == "mqtts://b:8883");
  CHECK(proxy::broker_uri("b:1883") == "mqtt://b:1883");
  CHECK(proxy::broker_uri("mqtts://b") == "mqtts://b");
}
