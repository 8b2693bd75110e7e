// SPDX-License-Identifier: MIT
// What planes say, decoded: every kind of bad byte and field is refused by name, good ones count.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "connectors/wire/decode.hpp"
#include "connectors/wire/encode.hpp"
#include "connectors/wire/intake.hpp"
#include "engine/core/limits.hpp"
#include "tests/support/texts.hpp"
#include "tests/unit/wire_samples.hpp"

using namespace antiphon;
using core::Value;
using samples::decode;
using samples::Decoded;
using test::repeated;
using wire::FromOrigin;
using wire::FromSite;
using wire::Refused;

namespace {

Decoded on_command(const std::string& payload) {
  return decode("antiphon/tokyo/command/hq", payload);
}
Decoded on_reply(const std::string& payload) {
  return decode("antiphon/tokyo/reply/dock", payload);
}
Decoded on_hello(const std::string& payload) {
  return decode("antiphon/tokyo/hello/dock", payload);
}
Decoded on_presence(const std::string& payload) {
  return decode("antiphon/dock/presence", payload);
}

std::string encoded(const runtime::Outbound& outbound) {
  return wire::encode(samples::topics("hq"), outbound)->payload;
}

Value good_command() {
  return Value::parse(encoded(runtime::ToSite{samples::plane("tokyo"), samples::command()}));
}
Value good_reply() {
  return Value::parse(encoded(runtime::ToOrigin{samples::plane("hq"), samples::reply()}));
}

/// A field with values that must be refused.
struct BadField {
  std::string field;
  std::vector<std::string> values;
};

void check_bad_fields(const Value& good, const std::vector<BadField>& rows,
                      Decoded (*decode_one)(const std::string&)) {
  REQUIRE(decode_one(good.dump()));
  for (const auto& [field, values] : rows) {
    for (const auto& value : values) {
      Value bad = good;
      bad.erase(field);
      if (!value.empty()) bad[field] = Value::parse(value);
      CAPTURE(field);
      CAPTURE(value.substr(0, 60));
      const auto decoded = decode_one(bad.dump());
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error().error.status == 400);
      CHECK(decoded.error().error.message.find("'" + field + "'") != std::string::npos);
      CHECK_FALSE(decoded.error().quiet);
    }
  }
}

const std::string long_name = "\"" + std::string(62, 'a') + "\"";
const std::string long_text = "\"" + std::string(5000, 'a') + "\"";

}  // namespace

TEST_CASE("wire: bad bytes are refused on every topic of other planes, with the sender's name") {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, int>> rows{{repeated("[", 100'000), 400},
                                                      {repeated("{\"id\":", 100'000), 400},
                                                      {std::string(16U * 1024 * 1024, ' '), 413},
                                                      {"{\"id\":\"\xFF\"}", 400},
                                                      {"{}\0"s, 400},
                                                      {"{\"id\":\"\\ud800\"}", 400},
                                                      {"\xEF\xBB\xBF{}", 400},
                                                      {"{\"id\":\"a\",\"id\":\"b\"}", 400},
                                                      {"not json", 400},
                                                      {"7", 400},
                                                      {"\"text\"", 400},
                                                      {"null", 400},
                                                      {"[7]", 400},
                                                      {"{}", 400},
                                                      {R"({"v":2,"id":"a"})", 400}};
  for (const auto& [bytes, status] : rows) {
    CAPTURE(bytes.substr(0, 30));
    for (const auto& [topic, sender] :
         std::vector<std::pair<std::string, std::string>>{{"antiphon/tokyo/command/hq", "hq"},
                                                          {"antiphon/tokyo/reply/dock", "dock"},
                                                          {"antiphon/tokyo/hello/dock", "dock"},
                                                          {"antiphon/dock/presence", "dock"}}) {
      const auto decoded = decode(topic, bytes);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error().error.status == status);
      CHECK(decoded.error().sender == sender);
      CHECK_FALSE(decoded.error().error.message.empty());
    }
  }
  for (const auto* topic :
       {"antiphon/tokyo/command/hq", "antiphon/tokyo/reply/dock", "antiphon/tokyo/hello/dock"}) {
    CHECK_FALSE(decode(topic, ""));
  }
}

TEST_CASE("wire: each field of a command is checked for presence, type and range") {
  check_bad_fields(
      good_command(),
      {{"v", {"2", "0", "\"1\"", "[]"}},
       {"id", {"", "null", "7", "\"\"", "\"a b\"", "\"a/b\"", "\"-a\"", long_name, "{}"}},
       {"attempt", {"", "0", "-1", "1.5", "4294967297", "18446744073709551615", "\"1\"", "{}"}},
       {"activation", {"7", "[]", long_text}},
       {"campaign", {"false", long_text}},
       {"stage", {"7", long_text, "\"a\\u0000b\""}},
       {"run", {"-1", "1.5", "18446744073709551615", "\"1\""}},
       {"context", {"7", "{}", long_text}},
       {"provider", {"", "\"\"", "7", long_text}},
       {"config", {"[]", "\"x\"", "7"}},
       {"inputs", {"[]", "\"x\"", "true"}},
       {"deadline", {"", "\"soon\"", "-1", "1e300", "true"}},
       {"at", {"", "\"now\"", "18446744073709551615", "[]"}},
       {"idempotent", {"\"yes\"", "1"}},
       {"depth", {"-1", "4294967297", "\"1\""}},
       {"path", {"\"hq\"", "[7]", "[\"a b\"]", "[\"\"]", "{}"}},
       {"secrets",
        {"{}", "[7]", R"([{"at":"/none","from":0,"bytes":1}])",
         R"([{"at":"/script","from":0,"bytes":100}])", R"([{"at":"/script","from":-1,"bytes":1}])",
         R"([{"at":"/script","bytes":1}])", R"([{"at":7,"from":0,"bytes":1}])"}}},
      on_command);
}

TEST_CASE("wire: a command says where in its config secrets stand") {
  Value command = good_command();
  command["config"] = {{"token", "Bearer s3cret"}};
  command["secrets"] = {{{"at", "/token"}, {"from", 7}, {"bytes", 6}}};
  const auto decoded = on_command(command.dump());
  REQUIRE(decoded);
  const auto& from = std::get<FromOrigin>(*decoded);
  CHECK(std::get<core::Command>(from.messages.at(0)).secrets ==
        std::vector<core::SecretSpan>{{"/token", 7, 6}});
}

TEST_CASE("wire: of a refused command nothing is kept or shown that could be a secret") {
  Value command = good_command();
  command["config"] = {{"token", "s3cret"}};
  command["deadline"] = "soon";
  for (const std::string& payload :
       {command.dump(), Value::array({command}).dump(), command.dump() + "}"}) {
    CAPTURE(payload);
    const auto arrivals = take_in(samples::mailbox("tokyo"), {},
                                  samples::received("antiphon/tokyo/command/hq", payload));
    REQUIRE(arrivals.size() == 1);
    const auto& refused = std::get<runtime::RefusedMessage>(arrivals[0].inbound);
    CHECK(refused.sample.empty());
    CHECK(refused.size_bytes == payload.size());
    CHECK(refused.error.message.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("wire: each field of a reply is checked for presence, type and range") {
  check_bad_fields(good_reply(),
                   {{"v", {"2", "\"1\""}},
                    {"id", {"", "7", "\"\"", "\"a+b\"", long_name}},
                    {"attempt", {"", "0", "-1", "1.5", "4294967297", "18446744073709551615"}},
                    {"state", {"", "\"finished\"", "\"\"", "7"}},
                    {"status", {"", "-1", "100000", "4294967297", "\"200\"", "200.5"}},
                    {"outputs", {"[]", "\"x\"", "7"}},
                    {"error", {"7", "{}"}},
                    {"journal", {"", "\"\"", "7", long_text}},
                    {"boot", {"", "-1", "1.5", "18446744073709551615", "\"7\""}},
                    {"at", {"", "\"now\"", "-1"}},
                    {"progress", {"7", "[]"}}},
                   on_reply);
  for (const auto* bad : {R"({"done":"3"})", R"({"unit":7})", R"({"note":{}})"}) {
    Value reply = good_reply();
    reply["progress"] = Value::parse(bad);
    CHECK_FALSE(on_reply(reply.dump()));
  }
}

TEST_CASE("wire: each field of hello, presence, cancel and hello-answer is checked") {
  const auto site = samples::plane("hq");
  check_bad_fields(Value::parse(encoded(runtime::ToOrigin{site, core::Hello{"j", 1, 2, {}}})),
                   {{"v", {"2"}},
                    {"journal", {"", "\"\"", "7"}},
                    {"boot", {"", "-1", "18446744073709551615"}},
                    {"unsettled", {"-1", "\"2\""}},
                    {"at", {"", "\"now\""}}},
                   on_hello);
  check_bad_fields(Value::parse(encoded(samples::presence())),
                   {{"v", {"2"}},
                    {"state", {"", "\"here\"", "true"}},
                    {"journal", {"", "7"}},
                    {"boot", {"", "-1"}},
                    {"version", {"1", "[]"}},
                    {"parents", {"\"hq\"", "[\"a/b\"]", "[1]"}},
                    {"labels", {"[]", R"({"a":1})"}},
                    {"offers", {"{}", "[1]"}},
                    {"arrays", {"1", "\"true\""}},
                    {"since", {"\"now\"", "-1"}}},
                   on_presence);
  check_bad_fields(
      Value::parse(encoded(
          runtime::ToSite{site, core::CancelCommand{samples::task_id(), 1, "no longer wanted"}})),
      {{"id", {"", "7", "\"a b\""}}, {"attempt", {"", "0"}}, {"reason", {"7", long_text}}},
      on_command);
  check_bad_fields(
      Value::parse(encoded(runtime::ToSite{site, core::HelloAnswer{samples::noon(), 3, "j"}})),
      {{"at", {"", "\"now\""}}, {"owed", {"-1"}}, {"journal", {"", "7"}}}, on_command);
  check_bad_fields(
      Value::parse(encoded(runtime::ToSite{site, core::UnknownNotice{samples::task_id()}})),
      {{"id", {"", "7"}}}, on_command);
}

TEST_CASE("wire: fields that nobody knows yet are ignored, and null is no value") {
  Value command = good_command();
  command["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  command["priority"] = {{"of", "a newer sender"}};
  command["stage"] = nullptr;
  const auto decoded = on_command(command.dump());
  REQUIRE(decoded);
  const auto& from = std::get<FromOrigin>(*decoded);
  CHECK(std::get<core::Command>(from.messages.at(0)).stage.empty());
}

TEST_CASE("wire: a whole campaign in a command is refused as not supported, with the task's id") {
  for (const auto* field : {"campaignDocument", "campaignRef"}) {
    Value command = good_command();
    command[field] = "rollout:1";
    const auto decoded = on_command(command.dump());
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().error.status == 405);
    CHECK(decoded.error().command->id == samples::task_id());
  }
}

TEST_CASE("wire: the origin of a bad command hears of it whenever its id can be read") {
  struct Row {
    std::string payload;
    int status;
    bool is_readable;
    int attempt;
  };
  const std::string filler(core::limits::message_bytes, 'x');
  const std::vector<Row> rows{
      {R"({"id":"t1","attempt":3})", 400, true, 3},
      {R"({"attempt":3,"id":"t1","provider":7})", 400, true, 3},
      {R"({"id":"t1","attempt":-1})", 400, true, 1},
      {R"({"id":"t1","attempt":4294967297})", 400, true, 1},
      {R"({"id":"t1"})", 400, true, 1},
      {R"({"v":2,"id":"t1","attempt":3})", 400, true, 3},
      {R"({"id":"t1","attempt":3,"inputs":{"a":[1,2)", 400, true, 3},
      {"{\"id\":\"t1\",\"attempt\":3,\"inputs\":" + repeated("[", 100'000), 400, true, 3},
      {"{\"id\":\"t1\",\"attempt\":3,\"stage\":\"\xFF\"}", 400, true, 3},
      {"{\"id\":\"t1\",\"attempt\":3,\"stage\":\"" + filler + "\"}", 413, true, 3},
      {"{\"stage\":\"" + filler + "\",\"id\":\"t1\",\"attempt\":3}", 413, false, 0},
      {R"({"inputs":{"id":"t2","attempt":9}})", 400, false, 0},
      {R"({"inputs":[{"id":"t2"}]})", 400, false, 0},
      {R"({"id":7})", 400, false, 0},
      {R"({"id":"a b"})", 400, false, 0},
      {"nothing like it", 400, false, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.payload.substr(0, 60));
    const auto decoded = on_command(row.payload);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().error.status == row.status);
    REQUIRE(decoded.error().command.has_value() == row.is_readable);
    if (!row.is_readable) continue;
    CHECK(decoded.error().command->origin.text() == "hq");
    CHECK(decoded.error().command->id.text() == "t1");
    CHECK(decoded.error().command->attempt == row.attempt);
  }
}

TEST_CASE("wire: in an array each bad command is refused by itself and the good ones count") {
  Value bad = good_command();
  bad["id"] = "t-bad";
  bad["inputs"] = 7;
  const Value cancel{{"v", 1}, {"id", "t3"}, {"attempt", 1}, {"cancel", true}};
  const auto decoded = on_command(Value::array({good_command(), bad, 7, cancel}).dump());
  REQUIRE(decoded);
  const auto& from = std::get<FromOrigin>(*decoded);
  REQUIRE(from.messages.size() == 2);
  CHECK(std::get<core::Command>(from.messages[0]).id == samples::task_id());
  CHECK(std::get<core::CancelCommand>(from.messages[1]).id.text() == "t3");
  REQUIRE(from.refused.size() == 2);
  CHECK(from.refused[0].command->id.text() == "t-bad");
  CHECK(from.refused[0].error.message.find("'inputs'") != std::string::npos);
  CHECK_FALSE(from.refused[1].command);
}

TEST_CASE("wire: in an array each bad reply is refused by itself and the good ones count") {
  Value bad = good_reply();
  bad.erase("state");
  const auto decoded = on_reply(Value::array({bad, good_reply(), bad}).dump());
  REQUIRE(decoded);
  const auto& from = std::get<FromSite>(*decoded);
  CHECK(from.site.text() == "dock");
  CHECK(std::get<std::vector<core::Reply>>(from.said).size() == 1);
  CHECK(from.refused.size() == 2);
}

TEST_CASE("wire: an array has a bounded number of elements, and may be empty") {
  const auto array_of = [](std::size_t count) {
    return Value(std::vector<Value>(count, good_reply())).dump();
  };
  const auto full = on_reply(array_of(core::limits::message_items));
  REQUIRE(full);
  CHECK(std::get<std::vector<core::Reply>>(std::get<FromSite>(*full).said).size() ==
        core::limits::message_items);
  const auto over = on_reply(array_of(core::limits::message_items + 1));
  REQUIRE_FALSE(over);
  CHECK(over.error().error.status == 413);
  CHECK(on_reply("[]"));
}

TEST_CASE(
    "wire: a reply whose outputs are too large to carry on settles its task as failed with 413") {
  Value reply = good_reply();
  reply["outputs"] = {{"log", std::string(core::limits::reply_bytes, 'x')}};
  const auto decoded = on_reply(reply.dump());
  REQUIRE(decoded);
  const auto& read = std::get<std::vector<core::Reply>>(std::get<FromSite>(*decoded).said).at(0);
  CHECK(read.state == core::ReplyState::failed);
  CHECK(read.status == 413);
  CHECK(read.outputs.empty());
  CHECK(read.error.find("262154 bytes") != std::string::npos);
  reply["state"] = "started";
  const auto started = on_reply(reply.dump());
  REQUIRE(started);
  const auto& kept = std::get<std::vector<core::Reply>>(std::get<FromSite>(*started).said).at(0);
  CHECK(kept.state == core::ReplyState::started);
  CHECK(kept.outputs.empty());
}

TEST_CASE("wire: a reply that ends nothing needs no status") {
  Value reply = good_reply();
  reply.erase("status");
  reply["state"] = "accepted";
  CHECK(on_reply(reply.dump()));
  reply["state"] = "cancelled";
  CHECK_FALSE(on_reply(reply.dump()));
}

TEST_CASE("wire: a cleared presence is seen as none") {
  const auto decoded = on_presence("");
  REQUIRE(decoded);
  const auto& seen = std::get<wire::SeenPresence>(*decoded);
  CHECK(seen.plane.text() == "dock");
  CHECK_FALSE(seen.presence);
}

TEST_CASE("wire: who speaks is who the topic names, whatever the payload says") {
  Value command = good_command();
  command["origin"] = "somebody-else";
  const auto decoded = decode("antiphon/tokyo/command/hq", command.dump());
  REQUIRE(decoded);
  CHECK(std::get<FromOrigin>(*decoded).origin.text() == "hq");
}

TEST_CASE(
    "wire: retained messages are no commands, replies, hellos or acts, and nobody is answered") {
  for (const auto* topic :
       {"antiphon/tokyo/command/hq", "antiphon/tokyo/reply/dock", "antiphon/tokyo/hello/dock",
        "antiphon/tokyo/campaign/c/activate", "antiphon/tokyo/campaign/-/activate",
        "antiphon/tokyo/activation/r/cancel", "antiphon/tokyo/apply", "antiphon/tokyo/query/sites",
        "antiphon/tokyo/delete", "antiphon/tokyo/activation/r/signal/s"}) {
    CAPTURE(topic);
    bus::Received received = samples::received(topic, good_command().dump());
    received.retained = true;
    received.response_topic = "antiphon/tokyo/answer/ann/1";
    const auto decoded = wire::decode(samples::mailbox("tokyo"), received);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().quiet);
    CHECK_FALSE(decoded.error().asker);
    CHECK_FALSE(decoded.error().command);
  }
  bus::Received presence =
      samples::received("antiphon/dock/presence", encoded(samples::presence()));
  presence.retained = true;
  CHECK(wire::decode(samples::mailbox("tokyo"), presence));
}
