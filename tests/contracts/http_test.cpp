// SPDX-License-Identifier: MIT
// The http provider against a real server: what goes out, what comes back, every error, and what
// must not happen (secrets to another host, endless bodies, a request sent twice).
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/contracts/http_world.hpp"
#include "tests/support/await.hpp"

using namespace antiphon;
using namespace antiphon::test;
using core::Value;
using Kind = runtime::WorkReport::Kind;

namespace {

Value outputs_of(const runtime::WorkReport& report) {
  return report.outputs.empty() ? Value::object() : Value::parse(report.outputs);
}

bool says(const runtime::WorkReport& report, const std::string& words) {
  return report.error.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("http: method, headers and body go out; code, headers and body come back") {
  HttpWorld world;
  const HttpServer server;
  const auto end = world.end_of(world.work({{"url", "http://nowhere.invalid"},
                                            {"method", "GET"},
                                            {"headers", {{"X-TOKEN", "t0"}, {"x-two", 2}}}},
                                           {{"url", server.url("/echo?a=1")},
                                            {"method", "put"},
                                            {"header.X-Token", "t1"},
                                            {"body", {{"n", 1}}}}));
  CHECK(end.status == 200);
  const Value outputs = outputs_of(end);
  CHECK(outputs["status"] == 200);
  CHECK(outputs["header.X-One"] == Value{"1", "2"});
  const Value told = Value::parse(outputs["body"].get<std::string>());
  CHECK(told["method"] == "PUT");
  CHECK(told["path"] == "/echo?a=1");
  CHECK(told["body"] == R"({"n":1})");
  CHECK(told["headers"]["x-token"] == "t1");
  CHECK(told["headers"]["x-two"] == "2");
  CHECK(told["headers"]["content-type"] == "application/json");
}

TEST_CASE("http: the document's codes decide, and without them the plane does") {
  HttpWorld world;
  const HttpServer server;
  struct Row {
    const char* path;
    Value codes;
    int status;
    int output;
    const char* error;
  };
  for (const Row& row : std::vector<Row>{
           {"/code/200", nullptr, 200, 200, ""},
           {"/code/404", nullptr, 200, 404, ""},  // the core makes a failure of the output
           {"/code/202", {200, 202}, 200, 202, ""},
           {"/code/202", "202", 200, 202, ""},
           {"/code/404", {404}, 200, 200, ""},
           {"/code/500", {200, 202}, 1000, 500, "unexpected status code 500"}}) {
    CAPTURE(row.path);
    const auto end =
        world.end_of(world.work({{"url", server.url(row.path)}, {"successCodes", row.codes}}));
    CHECK(end.status == row.status);
    CHECK(outputs_of(end)["status"] == row.output);
    CHECK(end.error == row.error);
  }
  const auto bytes = outputs_of(world.end_of(world.work({{"url", server.url("/bytes")}})));
  CHECK(bytes["body"] == "/wD+");
  CHECK(bytes["bodyEncoding"] == "base64");
}

TEST_CASE("http: what cannot be asked is refused by name") {
  HttpWorld world;
  world.options.hosts = {"127.0.0.1:1", "*.example.com"};
  world.restart();
  struct Row {
    Value config;
    Value inputs;
    int status;
    const char* error;
  };
  for (const Row& row : std::vector<Row>{
           {Value::object(), Value::object(), 1000, "there is no 'url'"},
           {{{"url", "ftp://127.0.0.1:1/"}}, {}, 10024, "is no URL that starts with http"},
           {{{"url", "file:///etc/passwd"}}, {}, 10024, "is no URL that starts with http"},
           {{{"url", "http://localhost/x?token=1"}},
            {},
            10024,
            "httpHosts does not name localhost"},
           {{{"url", "http://example.com/"}}, {}, 10024, "httpHosts does not name example.com:80"},
           {{{"url", "http://127.0.0.1:1"}, {"method", "A B"}}, {}, 10024, "is no method"},
           {{{"url", "http://127.0.0.1:1"}}, {{"header.A", "b\r\nC: d"}}, 10024, "is no header"},
           {{{"url", "http://127.0.0.1:1"}, {"successCodes", "ok"}}, {}, 1000, "'successCodes'"},
           {{{"url", "http://127.0.0.1:1"}, {"wait.url", "x"}, {"wait.count", -1}},
            {},
            1000,
            "'wait.count'"},
           {{{"url", "http://127.0.0.1:1"}}, {}, 10025, "Failed to connect"}}) {
    const Value inputs = row.inputs.is_null() ? Value::object() : row.inputs;
    const auto end = world.end_of(world.work(row.config, inputs));
    CAPTURE(end.error);
    CHECK(end.status == row.status);
    CHECK(says(end, row.error));
    CHECK(!says(end, "token"));
  }
}

TEST_CASE("http: what is no answer, or too much of one, fails") {
  HttpWorld world;
  const HttpServer server;
  struct Row {
    const char* path;
    int status;
  };
  for (const auto& [path, number] : std::vector<Row>{
           {"/cut", 10026}, {"/huge/1048577", 413}, {"/headers", 413}, {"/loop", 10026}}) {
    const auto end = world.end_of(world.work({{"url", server.url(path)}}));
    CAPTURE(path);
    CAPTURE(end.error);
    CHECK(end.status == number);
  }
  CHECK(server.asked("GET /loop") == 11);
  CHECK(world.end_of(world.work({{"url", server.url("/huge/1048576")}})).status == 200);
}

TEST_CASE("http: a redirect is followed, and takes nothing of the document to another server") {
  HttpWorld world;
  const HttpServer first;
  const HttpServer second;
  const Value token{{"header.Authorization", "Bearer x"}, {"header.X-Key", "k"}};
  const auto headers = [&](const std::string& path) {
    const auto end = world.end_of(world.work({{"url", first.url(path)}}, token));
    const Value outputs = outputs_of(end);
    CHECK(end.status == 200);
    return Value::parse(outputs["body"].get<std::string>())["headers"];
  };
  CHECK(headers("/to/302/" + first.url("/echo"))["x-key"] == "k");
  const Value elsewhere = headers("/to/302/" + second.url("/echo"));
  CHECK(!elsewhere.contains("x-key"));
  CHECK(!elsewhere.contains("authorization"));

  Value with_body = token;
  with_body["body"] = "secret";
  const auto post = [&](const std::string& path) {
    return world.end_of(
        world.work({{"url", first.url(path)}, {"method", "POST"}}, with_body, path.substr(4, 3)));
  };
  CHECK(post("/to/307/" + second.url("/echo")).status == 10026);
  CHECK(second.asked("POST /echo") == 0);
  const auto seen = post("/to/303/" + second.url("/echo"));
  CHECK(Value::parse(outputs_of(seen)["body"].get<std::string>())["method"] == "GET");
  CHECK(post("/to/308/" + first.url("/echo")).status == 200);
  CHECK(first.asked("POST /echo") == 1);

  world.options.hosts = {first.authority()};
  world.restart();
  const auto kept =
      world.end_of(world.work({{"url", first.url("/to/302/" + second.url("/echo"))}}));
  CHECK(kept.status == 10024);
}

TEST_CASE("http: a certificate that nobody vouches for is refused, and taken with its CA") {
  HttpWorld world;
  const std::string key = (world.dir / "key.pem").string();
  const std::string certificate = (world.dir / "certificate.pem").string();
  REQUIRE(run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
               "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
               certificate})
              .exit_code == 0);
  const HttpServer server(certificate, key);
  const auto refused = world.end_of(world.work({{"url", server.url("/code/200")}}));
  CHECK(refused.status == 10025);
  CHECK(says(refused, "certificate"));
  CHECK(server.asked("GET /code/200") == 0);
  world.options.ca = certificate;
  world.restart();
  CHECK(world.end_of(world.work({{"url", server.url("/code/200")}})).status == 200);
  const HttpServer plain;
  const auto down = world.end_of(
      world.work({{"url", server.url("/to/302/" + plain.url("/echo"))}}, {}, "task-2"));
  CHECK(down.status == 10026);
  CHECK(plain.asked("GET /echo") == 0);
}

TEST_CASE("http: the wait asks again until code and expression say so") {
  HttpWorld world;
  const HttpServer server;
  int tasks = 0;
  const auto waited = [&](Value more) {
    Value config{{"url", server.url("/code/202")}, {"method", "POST"}, {"wait.interval", 0}};
    config.update(more);
    return world.end_of(world.work(config, Value::object(), "task-" + std::to_string(++tasks)));
  };
  const auto ready = waited({{"wait.url", server.url("/later/a/2")}});
  CHECK(ready.status == 200);
  CHECK(ready.polls == 3);
  CHECK(outputs_of(ready)["status"] == 202);
  CHECK(outputs_of(ready)["body"] == "as asked");
  CHECK(outputs_of(ready)["waitBody"] == R"({"state": "ready", "asked": 3})");
  CHECK(server.asked("POST /code/202") == 1);

  const auto spoken = waited({{"wait.url", server.url("/state/b/1")},
                              {"wait.expression", "$equal($val('$.state'),'ready')"}});
  CHECK(spoken.polls == 2);
  CHECK(outputs_of(spoken)["waitResult"] == true);
  const auto path = waited({{"wait.url", server.url("/state/c/1")},
                            {"wait.expression", "$[?(@.state=='ready')].state"},
                            {"wait.expressionType", "jsonpath"}});
  CHECK(path.polls == 2);
  CHECK(outputs_of(path)["waitResult"] == "ready");
}

TEST_CASE("http: a wait that comes to nothing ends with the number of its cause") {
  HttpWorld world;
  const HttpServer server;
  struct Row {
    Value more;
    int status;
    int polls;
    const char* error;
  };
  const std::string busy = server.url("/code/202");
  const std::string text = server.url("/code/200");
  int tasks = 0;
  for (const Row& row : std::vector<Row>{
           {{{"wait.url", busy}, {"wait.start", {200}}}, 1000, 0, "unexpected status code 202"},
           {{{"wait.url", busy}, {"wait.fail", {202, 500}}}, 1000, 1, "unexpected status code 202"},
           {{{"wait.url", busy}, {"wait.count", 2}}, 10031, 2, "code 202 (asked 2 times)"},
           {{{"wait.url", "nothing"}, {"wait.count", 2}}, 10032, 1, "is no URL"},
           {{{"wait.url", "http://127.0.0.1:1"}, {"wait.count", 2}}, 10033, 2, "Failed to connect"},
           {{{"wait.url", server.url("/cut")}, {"wait.count", 2}}, 10034, 2, "Empty reply"},
           {{{"wait.url", text}, {"wait.count", 1}, {"wait.expression", "$val()"}},
            10035,
            1,
            "is no JSON"},
           {{{"wait.url", server.url("/state/x/9")},
             {"wait.count", 1},
             {"wait.expression", "$equal($val('$.state'),'ready')"}},
            10035,
            1,
            "is false"},
           {{{"wait.url", server.url("/huge/200000")}, {"wait.count", 2}}, 413, 1, "more than"}}) {
    CAPTURE(row.error);
    Value config{{"url", busy}, {"wait.interval", 0}};
    config.update(row.more);
    const auto end =
        world.end_of(world.work(config, Value::object(), "task-" + std::to_string(++tasks)));
    CAPTURE(end.error);
    CHECK(end.status == row.status);
    CHECK(end.polls == row.polls);
    CHECK(says(end, row.error));
  }
}

TEST_CASE("http: a stop ends what runs and what waits") {
  HttpWorld world;
  world.options.max_running = 1;
  world.restart();
  const HttpServer server;
  const auto running = world.work({{"url", server.url("/hang")}});
  const auto waiting = world.work({{"url", server.url("/echo")}}, Value::object(), "task-2");
  world.worker->start(running);
  world.worker->start(waiting);
  server.await_asked("GET /hang");
  world.worker->stop(waiting.id, 1);
  CHECK(world.await_report().status == 20001);
  world.worker->stop(running.id, 1);
  CHECK(world.await_report().status == 20001);
  CHECK(server.asked("GET /echo") == 0);

  auto late = world.work({{"url", server.url("/hang")}}, Value::object(), "task-3");
  late.time_left = core::milliseconds(300);
  CHECK(world.end_of(late).status == 10025);
  late.time_left = core::milliseconds(0);
  CHECK(world.end_of(late).status == 11004);
}

TEST_CASE("http: after a restart what only reads is asked again, and the rest is uncertain") {
  HttpWorld world;
  const HttpServer server;
  const auto get = world.work({{"url", server.url("/hang")}});
  auto post = world.work({{"url", server.url("/hang")}, {"method", "POST"}}, Value::object(), "p");
  world.worker->start(get);
  world.worker->start(post);
  server.await_asked("GET /hang");
  server.await_asked("POST /hang");
  world.restart();
  world.worker->start(get);
  world.worker->start(post);
  CHECK(world.await_report().kind == Kind::uncertain);
  await([&] { return server.asked("GET /hang") == 2; });
  CHECK(server.asked("POST /hang") == 1);
  post.again = true;
  world.worker->start(post);
  await([&] { return server.asked("POST /hang") == 2; });
  world.worker->forget(post.id, 1);

  auto poll = world.work(
      {{"url", server.url("/code/202")}, {"method", "POST"}, {"wait.url", server.url("/echo")}},
      Value::object(), "w");
  world.worker->start(poll);
  auto report = world.await_report();
  REQUIRE(report.kind == Kind::not_yet);
  world.restart();
  poll.polls = 1;
  poll.poll_state = report.outputs;
  CHECK(world.end_of(poll).status == 200);
  CHECK(server.asked("POST /code/202") == 1);
}

TEST_CASE("http: what is unfit to begin ends with the reason, unless it may have been sent") {
  HttpWorld world;
  const HttpServer server;
  const core::Error gone{1001, "$secret(a, b): it is gone"};
  const auto unfit = [&gone](runtime::Work work) {
    work.unfit = gone;
    return work;
  };
  const auto get = world.work({{"url", server.url("/hang")}}, Value::object(), "g");
  const auto post = world.work({{"url", server.url("/hang")}, {"method", "POST"}});
  const auto never =
      world.work({{"url", server.url("/echo")}, {"method", "POST"}}, Value::object(), "n");
  world.worker->start(get);
  world.worker->start(post);
  server.await_asked("GET /hang");
  server.await_asked("POST /hang");
  world.restart();
  for (const auto& work : {get, never}) {
    const auto end = world.end_of(unfit(work));
    CHECK(end.kind == Kind::finished);
    CHECK(end.status == 1001);
    CHECK(end.error == gone.message);
  }
  world.worker->start(unfit(post));
  CHECK(world.await_report().kind == Kind::uncertain);
  auto once_more = unfit(post);
  once_more.again = true;
  CHECK(world.end_of(once_more).status == 1001);

  auto poll = unfit(world.work(
      {{"url", server.url("/echo")}, {"method", "POST"}, {"wait.url", server.url("/echo")}},
      Value::object(), "w"));
  poll.polls = 1;
  CHECK(world.end_of(poll).status == 1001);
  CHECK(server.asked("GET /hang") == 1);
  CHECK(server.asked("POST /hang") == 1);
  CHECK(server.asked("POST /echo") == 0);
}
