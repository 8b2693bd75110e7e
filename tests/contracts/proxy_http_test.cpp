// SPDX-License-Identifier: MIT
// The proxy over HTTP, before a server of the test's own.
#include <doctest/doctest.h>

#include <future>

#include "connectors/proxy/ask_http.hpp"
#include "engine/core/limits.hpp"
#include "tests/contracts/proxy_world.hpp"
#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"

using namespace antiphon;
using core::Value;
using test::HttpAsked;
using test::HttpPeer;
using test::ProxyWorld;

namespace {

runtime::Work http_work(const std::string& url, const Value& more = Value::object()) {
  Value config{{"baseUrl", url}, {"timeoutSeconds", 30}};
  config.update(more);
  return ProxyWorld::work("proxy.http", config);
}

bool is_auth(const HttpAsked& asked) {
  return asked.line.find("/users/auth") != std::string::npos;
}

}  // namespace

TEST_CASE("proxy http: the stage is posted to processor, its StageStatus is the stage's end") {
  HttpPeer peer([](const HttpAsked&) { return HttpPeer::response(200, test::stage_done); });
  ProxyWorld world;
  for (const char* base : {"", "/v1alpha2", "/v1alpha2/"}) {
    const auto end = world.end_of(http_work(peer.url() + base));
    CHECK_MESSAGE(end.status == 200, end.error);
    CHECK(Value::parse(end.outputs) == Value{{"seam", "good"}});
  }
  for (const HttpAsked& asked : peer.asked()) {
    CHECK(asked.line == "POST /v1alpha2/processor HTTP/1.1");
    CHECK(asked.head.find("Content-Type: application/json") != std::string::npos);
    CHECK(asked.head.find("X-Request-Id: task-1-1") != std::string::npos);
    CHECK(asked.head.find("Authorization") == std::string::npos);
    CHECK(Value::parse(asked.body) == Value{{"stage", "weld"}, {"inputs", {{"part", "p7"}}}});
  }
}

TEST_CASE("proxy http: with a user a token is asked for first") {
  HttpPeer peer([](const HttpAsked& asked) {
    return HttpPeer::response(
        200, is_auth(asked) ? R"({"accessToken":"t-1","tokenType":"Bearer"})" : test::stage_done);
  });
  ProxyWorld world;
  const auto end = world.end_of(http_work(peer.url(), {{"user", "ann"}, {"password", "pw"}}));
  CHECK_MESSAGE(end.status == 200, end.error);
  const auto asked = peer.asked();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].line == "POST /v1alpha2/users/auth HTTP/1.1");
  CHECK(Value::parse(asked[0].body) == Value{{"username", "ann"}, {"password", "pw"}});
  CHECK(asked[1].head.find("Authorization: Bearer t-1\r\n") != std::string::npos);
}

TEST_CASE("proxy http: what is no success is an error that says why, and no password") {
  struct Row {
    std::string auth;
    std::string processor;
    int status;
    const char* error;
  };
  const std::string token = HttpPeer::response(200, R"({"accessToken":"t"})");
  ProxyWorld world;
  for (const Row& row : std::vector<Row>{
           {HttpPeer::response(401, ""), "", 401, "answered 401 to user 'ann'"},
           {HttpPeer::response(403, ""), "", 401, "answered 403 to user 'ann'"},
           {HttpPeer::response(200, "{}"), "", 500, "gave no accessToken"},
           {token, HttpPeer::response(500, R"({"status":10036,"errorMessage":"exit code 3"})"),
            10036, "exit code 3"},
           {token, HttpPeer::response(404, "no such route"), 404, "no such route"},
           {token, HttpPeer::response(200, "<html>"), 500, "cannot be read"},
           {token, "", 10026, "/processor: "},
           {HttpPeer::response(200, R"({"accessToken":"a\r\nHost: x"})"), "", 500,
            "gave no accessToken"},
           {token, HttpPeer::response(200, std::string(core::limits::message_bytes + 1, ' ')), 413,
            "more than 1048576 bytes"}}) {
    CAPTURE(row.error);
    HttpPeer peer(
        [&row](const HttpAsked& asked) { return is_auth(asked) ? row.auth : row.processor; });
    const auto end =
        world.end_of(http_work(peer.url(), {{"user", "ann"}, {"password", "hush-hush"}}));
    CHECK(end.status == row.status);
    CHECK_MESSAGE(end.error.find(row.error) != std::string::npos, end.error);
    CHECK(end.error.find("hush") == std::string::npos);
  }
}

TEST_CASE("proxy http: nobody there, a silent runner, no URL") {
  ProxyWorld world;
  const std::string nowhere = "http://127.0.0.1:" + std::to_string(test::free_port());
  CHECK(world.end_of(http_work(nowhere)).status == 10025);
  CHECK(world.end_of(http_work("ftp://x/")).status == 10024);
  CHECK(world.end_of(ProxyWorld::work("proxy.http", Value::object())).status == 1000);
  std::promise<void> over;
  HttpPeer silent([&over](const HttpAsked&) {
    over.get_future().wait();
    return std::string();
  });
  const auto end = world.end_of(http_work(silent.url(), {{"timeoutSeconds", 1}}));
  CHECK(end.status == 500);
  CHECK_MESSAGE(end.error.find("within 1s") != std::string::npos, end.error);
  over.set_value();
}

TEST_CASE("proxy http: a stopped one is not waited for") {
  std::promise<void> over;
  ProxyWorld world;
  HttpPeer silent([&over](const HttpAsked&) {
    over.get_future().wait();
    return std::string();
  });
  const auto worker = world.worker();
  worker->start(http_work(silent.url()));
  test::await([&] { return silent.asked().size() == 1; });
  worker->stop(core::TaskId::parse("task-1").value(), 1);
  CHECK(world.await_end().status == 20001);
  over.set_value();
}

TEST_CASE("proxy http: codes become Symphony's state numbers") {
  for (const auto& [code, state] : std::vector<std::pair<int, int>>{{200, 200},
                                                                    {201, 200},
                                                                    {202, 202},
                                                                    {400, 400},
                                                                    {401, 401},
                                                                    {403, 401},
                                                                    {404, 404},
                                                                    {405, 405},
                                                                    {409, 409},
                                                                    {413, 413},
                                                                    {418, 400},
                                                                    {500, 500},
                                                                    {502, 500},
                                                                    {503, 503}}) {
    CHECK(proxy::state_of(code) == state);
  }
}
