// SPDX-License-Identifier: MIT
// What goes out: topic, QoS, retain and expiry of each message, what happens at the size bounds,
// and that each message is read back as what was written.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "connectors/wire/client.hpp"
#include "connectors/wire/decode.hpp"
#include "connectors/wire/encode.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "tests/unit/wire_samples.hpp"

using namespace antiphon;
using core::Value;

namespace {

bus::Outgoing encode(const runtime::Outbound& outbound, std::string_view self = "hq") {
  const auto out = wire::encode(samples::topics(self), outbound);
  REQUIRE(out);
  return *out;
}

/// The message as the plane `at` reads it.
wire::Inbound read_at(std::string_view at, const bus::Outgoing& out) {
  const auto decoded = wire::decode(samples::mailbox(at), samples::delivered(out));
  REQUIRE(decoded);
  return *decoded;
}

runtime::ToSite to_tokyo(decltype(runtime::ToSite::message) message) {
  return {samples::plane("tokyo"), std::move(message)};
}

/// Reads the message at the site and writes what was read again.
std::string rewritten(const runtime::ToSite& to) {
  const auto inbound = read_at("tokyo", encode(to));
  const auto& from = std::get<wire::FromOrigin>(inbound);
  CHECK(from.origin.text() == "hq");
  REQUIRE(from.messages.size() == 1);
  runtime::ToSite again{to.site, {}};
  std::visit([&again](const auto& message) { again.message = message; }, from.messages[0]);
  return encode(again).payload;
}

Value payload_of(const bus::Outgoing& out) {
  const auto value = wire::parse_guarded(out.payload, core::limits::message_bytes);
  REQUIRE(value);
  return *value;
}

runtime::AnswerOut answer_out(core::Answer answer) {
  return {samples::asker(), std::move(answer)};
}

}  // namespace

TEST_CASE("encode: each message has its topic, quality, retain flag and expiry") {
  struct Row {
    runtime::Outbound outbound;
    std::string topic;
    int qos;
    bool retain;
    std::optional<core::Duration> expiry;
  };
  const auto hq = samples::plane("hq");
  const std::vector<Row> rows{
      {to_tokyo(samples::command()), "antiphon/tokyo/command/hq", 1, false, core::hours(2)},
      {to_tokyo(core::CancelCommand{samples::task_id(), 1, ""}),
       "antiphon/tokyo/command/hq",
       1,
       false,
       {}},
      {to_tokyo(core::UnknownNotice{samples::task_id()}),
       "antiphon/tokyo/command/hq",
       1,
       false,
       {}},
      {to_tokyo(core::HelloAnswer{}), "antiphon/tokyo/command/hq", 1, false, {}},
      {runtime::ToOrigin{samples::plane("top"), samples::reply()},
       "antiphon/top/reply/hq",
       1,
       false,
       {}},
      {runtime::ToOrigin{samples::plane("top"), core::Hello{}},
       "antiphon/top/hello/hq",
       1,
       false,
       {}},
      {samples::presence(), "antiphon/hq/presence", 1, true, {}},
      {runtime::StatusOut{samples::status(), true, false},
       "antiphon/hq/activation/rollout-4k7d9s2m/status",
       1,
       true,
       {}},
      {runtime::StatusOut{samples::status(), true, true},
       "antiphon/hq/activation/rollout-4k7d9s2m/status", 1, true, core::hours(1)},
      {runtime::StatusOut{samples::status(), false, true},
       "antiphon/hq/activation/rollout-4k7d9s2m/status",
       1,
       false,
       {}},
      {samples::event(), "antiphon/hq/event/task.settled", 0, false, {}},
      {answer_out({}), "antiphon/hq/answer/ann/42", 1, false, {}}};
  for (const auto& row : rows) {
    const auto out = encode(row.outbound);
    CHECK(out.topic == row.topic);
    CHECK(out.qos == row.qos);
    CHECK(out.retain == row.retain);
    CHECK(out.expiry == row.expiry);
    CHECK(payload_of(out).is_object());
  }
}

TEST_CASE("encode: a command past its deadline is worth keeping for a second") {
  core::Command command = samples::command();
  command.deadline = command.at - core::hours(1);
  CHECK(encode(to_tokyo(command)).expiry == core::seconds(1));
}

TEST_CASE("encode: an answer that nobody waits for is no message") {
  core::Asker asker = samples::asker();
  asker.reply_to.reset();
  CHECK_FALSE(wire::encode(samples::topics("hq"), runtime::AnswerOut{asker, {}}));
}

TEST_CASE("encode: what planes say is read back as what was written") {
  core::Command confidential = samples::command();
  confidential.config = R"({"token":"Bearer s3cret"})";
  confidential.secrets = {{"/token", 7, 6}};
  for (const auto& to : {to_tokyo(samples::command()), to_tokyo(confidential),
                         to_tokyo(core::CancelCommand{samples::task_id(), 3, "not wanted"}),
                         to_tokyo(core::UnknownNotice{samples::task_id()}),
                         to_tokyo(core::HelloAnswer{samples::noon(), 4, "journal"})}) {
    CHECK(rewritten(to) == encode(to).payload);
  }
  const auto hq = samples::plane("hq");
  for (const auto state : {core::ReplyState::accepted, core::ReplyState::progress,
                           core::ReplyState::done, core::ReplyState::rejected}) {
    core::Reply reply = samples::reply();
    reply.state = state;
    const auto out = encode(runtime::ToOrigin{hq, reply}, "tokyo");
    const auto from = std::get<wire::FromSite>(read_at("hq", out));
    CHECK(from.site.text() == "tokyo");
    const auto& read = std::get<std::vector<core::Reply>>(from.said).at(0);
    CHECK(encode(runtime::ToOrigin{hq, read}, "tokyo").payload == out.payload);
  }
  const core::Hello hello{"journal", 3, 2, samples::noon()};
  const auto out = encode(runtime::ToOrigin{hq, hello}, "tokyo");
  const auto from = std::get<wire::FromSite>(read_at("hq", out));
  CHECK(encode(runtime::ToOrigin{hq, std::get<core::Hello>(from.said)}, "tokyo").payload ==
        out.payload);
}

TEST_CASE("encode: presence is read back by planes and by clients") {
  for (const bool online : {true, false}) {
    core::Presence presence = samples::presence();
    presence.online = online;
    const auto out = encode(presence, "tokyo");
    const auto seen = std::get<wire::SeenPresence>(read_at("hq", out));
    CHECK(seen.plane.text() == "tokyo");
    CHECK(encode(*seen.presence, "tokyo").payload == out.payload);
    const auto by_client = wire::decode_presence(samples::delivered(out));
    REQUIRE(by_client);
    CHECK(encode(*by_client, "tokyo").payload == out.payload);
  }
}

TEST_CASE("encode: a client reads a status back, and its counts add up") {
  const auto out = encode(runtime::StatusOut{samples::status(), true, false});
  const auto object = payload_of(out);
  CHECK(object["counts"] == Value{{"total", 3}, {"done", 1}, {"failed", 1}, {"open", 1}});
  CHECK(object["status"] == 9994);
  CHECK(object["statusMessage"] == "Running");
  const auto read = wire::decode_status(samples::topics("hq"), samples::delivered(out));
  REQUIRE(read);
  CHECK(encode(runtime::StatusOut{*read, true, false}).payload == out.payload);

  auto elsewhere = samples::delivered(out);
  elsewhere.topic = "antiphon/hq/activation/another/status";
  CHECK_FALSE(wire::decode_status(samples::topics("hq"), elsewhere));
}

TEST_CASE("encode: a status without a number shows the one of its state") {
  core::Status status = samples::status();
  status.state = core::ActivationState::paused;
  CHECK(payload_of(encode(runtime::StatusOut{status}))["status"] == 9995);
  status.state = core::ActivationState::done;
  status.status = 9996;
  CHECK(payload_of(encode(runtime::StatusOut{status}))["statusMessage"] == "Done");
}

TEST_CASE("encode: a life-cycle event is a CloudEvent, and a client reads it back") {
  const auto out = encode(samples::event());
  const auto object = payload_of(out);
  CHECK(object["specversion"] == "1.0");
  CHECK(object["source"] == "antiphon/hq");
  CHECK(object["subject"] == "rollout-4k7d9s2m");
  CHECK(object["data"]["site"] == "tokyo");
  const auto read = wire::decode_event(samples::delivered(out));
  REQUIRE(read);
  CHECK(encode(*read).payload == out.payload);
  CHECK(read->type == "task.settled");
  CHECK(read->at == samples::noon());
}

TEST_CASE(
    "encode: an answer carries its envelope, its body beside it, and gives the correlation back") {
  const auto ok = encode(answer_out({200, "", "", R"({"items":[1],"next":"1","ok":"mine"})"}));
  CHECK(ok.payload == R"({"ok":true,"status":200,"requestId":"42","items":[1],"next":"1"})");
  CHECK(ok.correlation == samples::asker().correlation);
  const auto read = wire::decode_answer(samples::delivered(ok));
  REQUIRE(read);
  CHECK(read->request_id == "42");
  CHECK(read->answer.status == 200);
  CHECK(read->answer.body == R"({"items":[1],"next":"1"})");

  const auto refused = encode(answer_out({404, "no such run", "see get activations", ""}));
  CHECK(refused.payload == R"({"ok":false,"status":404,"requestId":"42",)"
                           R"("error":"no such run","hint":"see get activations"})");
  const auto read_refusal = wire::decode_answer(samples::delivered(refused));
  REQUIRE(read_refusal);
  CHECK(read_refusal->answer.error == "no such run");
  CHECK(read_refusal->answer.hint == "see get activations");
  CHECK(read_refusal->answer.body == "{}");
}

TEST_CASE("encode: an answer may hold what was as deep as the guard lets in") {
  const std::string deep = std::string(63, '[') + std::string(63, ']');
  const auto out =
      encode(answer_out({200, "", "", "{\"items\":[{\"outputs\":{\"x\":" + deep + "}}]}"}));
  CHECK(wire::decode_answer(samples::delivered(out)));
}

TEST_CASE("encode: a reply over the bound becomes a short failed one with the size") {
  core::Reply reply = samples::reply();
  reply.outputs = "{\"log\":\"" + std::string(core::limits::reply_bytes, 'x') + "\"}";
  const auto out = encode(runtime::ToOrigin{samples::plane("top"), reply});
  CHECK(out.payload.size() < 1000);
  const auto object = payload_of(out);
  CHECK(object["state"] == "failed");
  CHECK(object["status"] == 413);
  const auto error = object["error"].get<std::string>();
  CHECK(error.starts_with("the reply has 262"));
  CHECK(error.ends_with(" bytes, more than 262144"));
  CHECK(object["attempt"] == 2);
  CHECK_FALSE(object.contains("outputs"));

  reply.outputs = R"({"log":""})";
  const auto empty_size = encode(runtime::ToOrigin{samples::plane("top"), reply}).payload.size();
  reply.outputs = "{\"log\":\"" + std::string(core::limits::reply_bytes - empty_size, 'x') + "\"}";
  const auto fitting = encode(runtime::ToOrigin{samples::plane("top"), reply});
  CHECK(fitting.payload.size() == core::limits::reply_bytes);
  CHECK(payload_of(fitting)["state"] == "done");
}

TEST_CASE("encode: progress over the bound loses its text, not its state") {
  core::Reply reply = samples::reply();
  reply.state = core::ReplyState::progress;
  reply.progress->note = std::string(core::limits::reply_bytes, 'x');
  const auto object = payload_of(encode(runtime::ToOrigin{samples::plane("top"), reply}));
  CHECK(object["state"] == "progress");
  CHECK_FALSE(object.contains("progress"));
}

TEST_CASE("encode: an answer over the bound says so instead") {
  const auto out = encode(answer_out(
      {200, "", "", "{\"items\":[\"" + std::string(core::limits::reply_bytes, 'x') + "\"]}"}));
  const auto read = wire::decode_answer(samples::delivered(out));
  REQUIRE(read);
  CHECK(read->answer.status == 413);
  CHECK(read->answer.error.find("more than 262144") != std::string::npos);
  CHECK(read->request_id == "42");
}

TEST_CASE("encode: an event that no broker would take leaves its largest values out") {
  core::LifeCycle event = samples::event();
  const std::string text(700'000, 'x');
  event.data =
      R"({"activation":"a1","outputs":{"log":")" + text + R"(","n":1},"error":")" + text + "\"}";
  const auto out = encode(event);
  CHECK(out.payload.size() <= core::limits::message_bytes);
  const auto data = payload_of(out)["data"];
  CHECK(data["activation"] == "a1");
  const Value omitted{{"omitted", 700'002}};
  CHECK((data["error"] == omitted) != (data["outputs"]["log"] == omitted));
  CHECK(data["outputs"]["n"] == 1);
}

TEST_CASE("encode: a status that no broker would take has the beginning of its error") {
  core::Status status = samples::status();
  status.error = "no room: " + std::string(core::limits::message_bytes, 'x');
  const auto out = encode(runtime::StatusOut{status});
  CHECK(out.payload.size() < 10'000);
  const auto error = payload_of(out)["error"].get<std::string>();
  CHECK(error.starts_with("no room: x"));
  CHECK(error.ends_with("x (the first of 1048585 bytes)"));
}

TEST_CASE("encode: a command that no broker would take is not sent, and the largest is") {
  core::Command command = samples::command();
  command.context = std::string(core::limits::context_bytes, '\x01');
  command.stage = std::string(core::limits::stage_name_bytes, '\x01');
  command.provider = std::string(core::limits::list_item_bytes, '\x01');
  command.path = std::vector<std::string>(core::limits::command_depth,
                                          std::string(core::limits::name_bytes, 'x'));
  command.config = "{}";
  const std::size_t shell =
      core::dump({{"config", Value::object()}, {"inputs", {{"x", ""}}}}).size();
  command.inputs = "{\"x\":\"" + std::string(core::limits::request_bytes - shell, 'x') + "\"}";
  CHECK(encode(to_tokyo(command)).payload.size() <= core::limits::message_bytes);
  command.inputs = "{\"x\":\"" + std::string(core::limits::message_bytes, 'x') + "\"}";
  CHECK_FALSE(wire::encode(samples::topics("hq"), to_tokyo(command)));
}

TEST_CASE("encode: text that is no UTF-8 is replaced, never thrown about") {
  core::Reply reply = samples::reply();
  reply.error = "cannot read \xFF\xFE caf\xE9";
  const auto object = payload_of(encode(runtime::ToOrigin{samples::plane("top"), reply}));
  CHECK(object["error"] == "cannot read \xEF\xBF\xBD\xEF\xBF\xBD caf\xEF\xBF\xBD");
  core::Status status = samples::status();
  status.waits_for = std::string("a\0b\xC0", 4);
  CHECK(payload_of(encode(runtime::StatusOut{status}))["waitsFor"] ==
        std::string("a\0b\xEF\xBF\xBD", 6));
}
