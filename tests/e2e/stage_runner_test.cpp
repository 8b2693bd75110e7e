// SPDX-License-Identifier: MIT
// `antiphon runner` and stage proxies as processes on a real broker: our plane and our runner, our
// plane and a runner of somebody else's, somebody else's control plane and our runner.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

class RunnerProcess {
 public:
  RunnerProcess(const World& world, std::vector<std::string> flags)
      : folder_(world.file("runner.d")) {
    std::vector<std::string> argv{
        ANTIPHON_BINARY, "runner",         "--name",    "edge",
        "--files",       folder_.string(), "--scripts", world.scripts().string()};
    argv.insert(argv.end(), flags.begin(), flags.end());
    process_ = std::make_unique<ChildProcess>(argv);
  }

  std::string await_log(const std::string& text) {
    await([&] { return process_->err().find(text) != std::string::npos || !process_->running(); },
          patience, "the runner says " + text);
    REQUIRE_MESSAGE(process_->err().find(text) != std::string::npos, process_->err());
    return process_->err();
  }

  /// Where it listens, of its own choice.
  std::string await_url() {
    const std::string log = await_log("/v1alpha2");
    const auto begin = log.find("http://");
    return log.substr(begin, log.find("/v1alpha2") - begin);
  }

  int runs() const {
    std::ifstream in(folder_ / "data" / "runs");
    int n = 0;
    for (std::string line; std::getline(in, line);) ++n;
    return n;
  }

  ChildProcess& process() { return *process_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<ChildProcess> process_;
};

std::vector<std::string> mqtt_flags(World& world) {
  return {"--broker",  world.broker().uri(), "--request-topic",
          "line7/ask", "--response-topic",   "line7/answer"};
}

std::string mqtt_proxy(World& world, const std::string& more = {}) {
  return "proxy: {provider: providers.stage.proxy.mqtt, config: {brokerAddress: 'tcp://127.0.0.1:" +
         std::to_string(world.broker().port()) +
         "', requestTopic: line7/ask, responseTopic: line7/answer, timeoutSeconds: 60" + more +
         "}}";
}

Json answer_on(Subscription& answers, const std::string& id) {
  const std::string line = answers.await_line("\"" + id + "\"");
  return Json::parse(line.substr(line.find(' ') + 1));
}

/// base64 as everybody else's tool writes it.
std::string base64(const std::string& text) {
  ProcessOptions options;
  options.stdin_text = text;
  return run({"base64", "-w0"}, options).out;
}

std::string decoded(const std::string& text) {
  ProcessOptions options;
  options.stdin_text = text;
  return run({"base64", "-d"}, options).out;
}

std::string question(const std::string& id, const std::string& body) {
  return Json{{"route", "processor"},
              {"method", "POST"},
              {"contentType", "application/json"},
              {"body", base64(body)},
              {"metadata", {{"request-id", id}}}}
      .dump();
}

Json body_of(const Json& answer) {
  return Json::parse(decoded(answer["body"].get<std::string>()));
}

}  // namespace

TEST_CASE("stage runner: a campaign's stages are carried out by our runner over MQTT") {
  World world;
  RunnerProcess runner(world, mqtt_flags(world));
  runner.await_log("on the bus");
  world.hq().serve();
  world.apply(campaign(
      "line", "count",
      "    count: {provider: counter, inputs: {n: 2}, " + mqtt_proxy(world) +
          ", stageSelector: '${{$if($lt($output(count,n),4),count,weld)}}'}\n" +
          "    weld: {provider: script, config: {script: work}, inputs: {stage: weld}, contexts: "
          "[left, right], " +
          mqtt_proxy(world, ", password: hush-hush") + "}\n"));
  world.activate("line", "r1");
  const Json run = world.await_state("r1", "done");
  CHECK(run["history"].size() == 3);
  CHECK(run["tasks"][1]["outputs"]["n"] == 4);
  CHECK(runner.runs() == 2);
  for (const Json& task : world.items({"get", "tasks", "r1"})) {
    CHECK(task["provider"] == "proxy.mqtt");
    CHECK(task["state"] == "done");
  }
  CHECK(run.dump().find("hush") == std::string::npos);
  CHECK(world.hq().log().find("hush") == std::string::npos);
  runner.process().kill(SIGTERM);
  CHECK(runner.process().wait() == 0);
}

TEST_CASE("stage runner: the same over HTTP, with a user and a password") {
  World world;
  const auto password = world.file("password");
  std::ofstream(password) << "let-me-in\n";
  std::filesystem::permissions(password, std::filesystem::perms::owner_read);
  RunnerProcess runner(world, {"--http", "127.0.0.1:0", "--http-user", "hq", "--http-password-file",
                               password.string()});
  const std::string url = runner.await_url();
  world.hq().serve();
  const auto stage = [&](const std::string& secret) {
    return "provider: script, config: {script: work}, inputs: {stage: weld}, handleErrors: true, "
           "proxy: {provider: proxy.http, config: {baseUrl: '" +
           url + "', user: hq, timeoutSeconds: 60, password: " + secret + "}}";
  };
  world.apply(campaign("line", "wrong",
                       "    wrong: {" + stage("guessed") + ", stageSelector: right}\n    right: {" +
                           stage("let-me-in") + "}\n"));
  world.activate("line", "r1");
  const Json run = world.await_state("r1", "done");
  CHECK(run["tasks"][0]["status"] == 401);
  CHECK(run["tasks"][1]["outputs"]["site"] == "edge");
  CHECK(runner.runs() == 1);
}

TEST_CASE("stage runner: one that serves everybody gives whoever logs in a token all the same") {
  World world;
  RunnerProcess runner(world, {"--http", "127.0.0.1:0"});
  const std::string url = runner.await_url();
  world.hq().serve();
  world.apply(campaign("line", "weld",
                       "    weld: {provider: mock, inputs: {a: 1}, proxy: {provider: proxy.http, "
                       "config: {baseUrl: '" +
                           url + "', user: admin, password: ''}}}\n"));
  world.activate("line", "r1");
  CHECK(world.await_state("r1", "done")["tasks"][0]["outputs"]["a"] == 1);
}

TEST_CASE("stage runner: somebody else's runner, made of mosquitto_sub and jq, serves our stage") {
  World world;
  const std::string port = std::to_string(world.broker().port());
  world.script("their-runner", R"sh(
    mosquitto_sub -p "$1" -q 1 -C 1 -t line7/ask | while read -r question; do
      body=$(echo "$question" | jq -r .body | base64 -d |
        jq -c '{stage, outputs: {welded: .stage, asked: .}, status: 9996}' | base64 -w0)
      echo "$question" | jq -c --arg body "$body" \
        '{state: 200, contentType: "application/json", body: $body, metadata: {"request-id": .metadata["request-id"]}}' |
        mosquitto_pub -p "$1" -q 1 -t line7/answer -l
    done)sh");
  ChildProcess theirs({(world.scripts() / "their-runner").string(), port});
  await([&] { return world.broker().log().find("line7/ask") != std::string::npos; });
  world.hq().serve();
  world.apply(
      campaign("line", "weld",
               "    weld: {provider: providers.stage.acme.weld, config: {heat: 7}, inputs: {part: "
               "p7}, target: t1, schedule: '2020-01-01T00:00:00Z', " +
                   mqtt_proxy(world) + "}\n"));
  world.activate("line", "r1");
  const Json outputs = world.await_state("r1", "done")["tasks"][0]["outputs"];
  CHECK(outputs["welded"] == "weld");
  CHECK(outputs["asked"] == Json{{"campaignversion", "line-v-v1"},
                                 {"namespace", "default"},
                                 {"activation", "r1"},
                                 {"activationGeneration", "1"},
                                 {"stage", "weld"},
                                 {"triggeringStage", "weld"},
                                 {"provider", "providers.stage.acme.weld"},
                                 {"config", {{"heat", 7}}},
                                 {"inputs",
                                  {{"part", "p7"},
                                   {"__campaignversion", "line-v-v1"},
                                   {"__campaign", "line-v-v1"},
                                   {"__namespace", "default"},
                                   {"__activation", "r1"},
                                   {"__activationGeneration", "1"},
                                   {"__stage", "weld"},
                                   {"__previousStage", "weld"},
                                   {"__site", "hq"},
                                   {"__schedule", "2020-01-01T00:00:00Z"},
                                   {"__target", "t1"}}},
                                 {"outputs", Json::object()}});
}

TEST_CASE("stage runner: somebody else's control plane is answered, whatever it asks") {
  World world;
  RunnerProcess runner(world, mqtt_flags(world));
  runner.await_log("on the bus");
  auto answers = world.broker().subscribe({"line7/answer"});
  const auto ask = [&](const std::string& text) {
    world.broker().publish("line7/ask", text, {"-q", "1"});
  };
  ask(file_text(std::string(ANTIPHON_SOURCE_DIR) + "/schemas/examples/coa-request.json"));
  const Json first = answer_on(answers, "4f0f2c1e-8f1b-4d2e-9a55-0d6a5a3c7b11");
  CHECK(first["state"] == 200);
  CHECK(body_of(first)["status"] == 9996);
  CHECK(body_of(first)["outputs"]["val"] == 3);
  CHECK(body_of(first)["outputs"]["__campaignversion"] == "hello-v-1");

  const auto status_of = [&](const std::string& id, const std::string& body) {
    ask(question(id, body));
    return body_of(answer_on(answers, id))["status"];
  };
  CHECK(status_of("q1", R"({"stage":"a","provider":"providers.stage.wait"})") == 400);
  CHECK(status_of("q2", R"({"stage":"a","provider":"remote"})") == 400);
  CHECK(status_of("q3", R"({"stage":"a","provider":"mock","schedule":"2030-01-01T00:00:00Z"})") ==
        9995);
  CHECK(status_of("q4", R"({"provider":"mock","proxy":{"provider":"proxy.http"}})") == 400);
  CHECK(status_of("q5", R"({"provider":"script","config":{"script":"nothing"}})") == 400);
  CHECK(status_of("q6", R"({"provider":"delay","inputs":{"delay":"soon"}})") == 500);
  CHECK(status_of("q7", R"({"provider":"delay","inputs":{"delay":1}})") == 9996);

  ask(R"({"route":"jobs","metadata":{"request-id":"q8"}})");
  CHECK(answer_on(answers, "q8")["state"] == 404);
  ask(question("q9", "no JSON"));
  CHECK(answer_on(answers, "q9")["state"] == 400);
  ask(R"({"route":"processor","body":"%","metadata":{"request-id":"q10"}})");
  CHECK(answer_on(answers, "q10")["state"] == 400);
  ask("no JSON at all");
  CHECK(Json::parse(answers.await_line("\"state\":400").substr(13))["state"] == 400);
}

TEST_CASE("stage runner: a question that comes twice is carried out once and answered twice") {
  World world;
  RunnerProcess runner(world, mqtt_flags(world));
  runner.await_log("on the bus");
  auto answers = world.broker().subscribe({"line7/answer"});
  const std::string body = Json{{"provider", "script"},
                                {"config", {{"script", "work"}}},
                                {"inputs", {{"stage", "s"}, {"gate", world.gate().string()}}}}
                               .dump();
  const auto ask = [&] { world.broker().publish("line7/ask", question("q1", body), {"-q", "1"}); };
  ask();
  await([&] { return runner.runs() == 1; });
  ask();
  world.open_gate();
  const Json first = answer_on(answers, "q1");
  CHECK(answer_on(answers, "q1") == first);
  ask();
  CHECK(answer_on(answers, "q1") == first);
  CHECK(runner.runs() == 1);
  world.broker().publish("line7/ask", question("q1", "{}"), {"-q", "1"});
  CHECK(answer_on(answers, "q1")["state"] == 409);
}

TEST_CASE("stage runner: asked to stop it ends what it has begun, and answers") {
  World world;
  RunnerProcess runner(world, mqtt_flags(world));
  runner.await_log("on the bus");
  auto answers = world.broker().subscribe({"line7/answer"});
  const Json inputs{{"stage", "s"}, {"gate", world.gate().string()}};
  world.broker().publish(
      "line7/ask",
      question("q1",
               Json{{"provider", "script"}, {"config", {{"script", "work"}}}, {"inputs", inputs}}
                   .dump()),
      {"-q", "1"});
  await([&] { return runner.runs() == 1; });
  runner.process().kill(SIGTERM);
  runner.await_log("stopping");
  world.open_gate();
  CHECK(body_of(answer_on(answers, "q1"))["status"] == 9996);
  CHECK(runner.process().wait() == 0);
}

TEST_CASE("stage runner: a plane killed while the runner works cannot tell how it ended") {
  World world;
  RunnerProcess runner(world, mqtt_flags(world));
  runner.await_log("on the bus");
  world.hq().serve();
  const std::string stage =
      "provider: script, config: {script: work}, inputs: {stage: weld, gate: '" +
      world.gate().string() + "'}, " + mqtt_proxy(world);
  world.apply(campaign("line", "weld",
                       "    weld: {" + stage + ", stageSelector: twice}\n    twice: {" + stage +
                           ", idempotent: true, handleErrors: true}\n"));
  world.activate("line", "r1");
  await([&] { return runner.runs() == 1; });
  world.hq().kill9();
  world.hq().serve();
  await([&] { return runner.runs() == 2; }, run_patience);
  world.hq().kill9();
  world.hq().serve();
  world.open_gate();
  const Json run = world.await_state("r1", "done");
  CHECK(run["tasks"][0]["status"] == 20002);
  CHECK(run["tasks"][1]["status"] == 200);
  // The second stage was asked for again under its request-id, and the runner knew it.
  CHECK(runner.runs() == 2);
}

TEST_CASE("stage runner: the example gives what it promises") {
  World world;
  RunnerProcess runner(world, mqtt_flags(world));
  runner.await_log("on the bus");
  world.hq().serve();
  const std::string examples = std::string(ANTIPHON_SOURCE_DIR) + "/examples/";
  const auto applied = world.antiphon({"apply", "-f", examples + "stage-runner.yaml"});
  REQUIRE_MESSAGE(applied.exit_code == 0, applied.err);
  world.ask({"activate", "stage-runner", "--id", "r1", "--input",
             "broker=tcp://127.0.0.1:" + std::to_string(world.broker().port())});
  const Json run = world.await_state("r1", "done");
  Json shown{{"campaign", run["item"]["campaign"]},
             {"state", run["item"]["state"]},
             {"text", run["item"]["outputs"]["text"]}};
  for (const Json& stage : run["history"]) shown["stages"].push_back(stage["stage"]);
  for (const Json& task : run["tasks"]) {
    if (task["provider"] == "proxy.mqtt") shown["runner gave"].push_back(task["outputs"]);
  }
  CHECK(shown == Json::parse(file_text(examples + "expected/stage-runner.json")));
}

TEST_CASE("stage runner: --check prints what it would do, and all that is wrong at once") {
  const auto check = [](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {ANTIPHON_BINARY, "runner", "--check"});
    return run(flags);
  };
  const auto good = check({"--http", "127.0.0.1:8082", "--running", "4"});
  CHECK(good.exit_code == 0);
  CHECK(good.out.find("http: 127.0.0.1:8082\n") != std::string::npos);
  CHECK(good.out.find("running: 4\n") != std::string::npos);
  const auto nobody = check({});
  CHECK(nobody.exit_code == 2);
  CHECK_MESSAGE(nobody.err.find("nobody could ask this runner") != std::string::npos, nobody.err);
  const auto bad = check({"--request-topic", "a/#", "--http", "8082", "--running", "0", "--timeout",
                          "soon", "--scripts", "/nowhere", "--log-format", "xml"});
  CHECK(bad.exit_code == 2);
  for (const char* problem : {"--response-topic: is missing", "--request-topic: 'a/#'",
                              "--http: '8082'", "--running: '0'", "--timeout: 'soon'",
                              "--scripts: there is no folder /nowhere", "--log-format: 'xml'"}) {
    CHECK_MESSAGE(bad.err.find(problem) != std::string::npos, bad.err);
  }
}
