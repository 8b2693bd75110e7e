// SPDX-License-Identifier: MIT
// Requests of operators, devices and pipelines: who asks, where the answer may go, and what is
// refused with an answer.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "connectors/wire/decode.hpp"
#include "engine/core/limits.hpp"
#include "tests/unit/wire_samples.hpp"

using namespace antiphon;

namespace {

samples::Decoded decode_request(const std::string& topic, const std::string& payload,
                                std::optional<std::string> response_topic = {}) {
  bus::Received received = samples::received("antiphon/hq/" + topic, payload);
  received.response_topic = std::move(response_topic);
  return wire::decode(samples::mailbox(), received);
}

template <class R>
R decoded(const std::string& topic, const std::string& payload) {
  const auto inbound = decode_request(topic, payload);
  REQUIRE(inbound);
  REQUIRE(std::holds_alternative<R>(*inbound));
  return std::get<R>(*inbound);
}

const std::string good_answer_topic = "antiphon/hq/answer/ann/1";

}  // namespace

TEST_CASE("requests: an empty payload activates the newest version with no inputs") {
  const auto request = decoded<core::ActivateRequest>("campaign/rollout/activate", "");
  CHECK(request.campaign.text() == "rollout");
  CHECK(request.version.empty());
  CHECK(request.name_space.text() == "default");
  CHECK(request.activation.empty());
  CHECK(request.stage.empty());
  CHECK(request.inputs == "{}");
  CHECK_FALSE(request.paused);
  CHECK(request.asker.user.empty());
  CHECK_FALSE(request.asker.reply_to);
}

TEST_CASE("requests: what the topic says wins over the payload") {
  const auto request = decoded<core::ActivateRequest>(
      "campaign/rollout:1/activate/ann", R"({"campaign":"other","version":"9","user":"bob"})");
  CHECK(request.campaign.text() == "rollout");
  CHECK(request.version.text() == "1");
  CHECK(request.asker.user.text() == "ann");
}

TEST_CASE("requests: an empty payload is enough for a verb, and a reason may be given") {
  CHECK(decoded<core::VerbRequest>("activation/r-1/pause/ann", "").verb == core::Verb::pause);
  const auto cancel =
      decoded<core::VerbRequest>("activation/r-1/cancel", R"({"reason":"wrong version"})");
  CHECK(cancel.verb == core::Verb::cancel);
  CHECK(!cancel.grace);
  const auto slow = decoded<core::VerbRequest>("activation/r-1/cancel", R"({"grace":"1m30s"})");
  CHECK(slow.grace == core::Duration{90'000});
  CHECK(decoded<core::VerbRequest>("activation/r-1/cancel", R"({"grace":"0s"})").grace ==
        core::Duration{0});
  CHECK(cancel.activation.text() == "r-1");
  CHECK(cancel.reason == "wrong version");
}

TEST_CASE("requests: a step names what it likes, or nothing, or only who drives") {
  const auto bare = decoded<core::StepRequest>("activation/r-1/step", "");
  CHECK(bare.activation.text() == "r-1");
  CHECK(bare.stage.empty());
  CHECK(bare.inputs.empty());
  CHECK(bare.outputs.empty());
  CHECK_FALSE(bare.self_driving.has_value());
  const auto full = decoded<core::StepRequest>(
      "activation/r-1/step/ci",
      R"({"stage":"two","inputs":{"n":7},"outputs":{"m":8},"token":"t1","selfDriving":true})");
  CHECK(full.asker.user.text() == "ci");
  CHECK(full.stage == "two");
  CHECK(full.inputs == R"({"n":7})");
  CHECK(full.outputs == R"({"m":8})");
  CHECK(full.token == "t1");
  CHECK(full.self_driving == true);
  CHECK(
      decoded<core::StepRequest>("activation/r-1/step", R"({"selfDriving":false})").self_driving ==
      false);
  for (const std::string bad :
       {R"({"outputs":[1]})", R"({"inputs":"n=7"})", R"({"stage":7})", R"({"selfDriving":"no"})",
        R"({"selfDriving":false,"stage":"two"})", R"({"selfDriving":false,"outputs":{}})"}) {
    CAPTURE(bad);
    const auto refused = decode_request("activation/r-1/step/ci", bad, good_answer_topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.status == 400);
  }
}

TEST_CASE("requests: a vote has a comment as bare text, or in a field beside the context") {
  const auto bare = decoded<core::VoteRequest>("activation/r-1/approve/ann", "");
  CHECK(bare.approve);
  CHECK(bare.comment.empty());
  CHECK(bare.asker.user.text() == "ann");
  const auto text = decoded<core::VoteRequest>("activation/r-1/reject", "not today");
  CHECK_FALSE(text.approve);
  CHECK(text.comment == "not today");
  CHECK(text.asker.user.empty());
  const auto full = decoded<core::VoteRequest>("activation/r-1/reject/bob",
                                               R"({"comment":"busy","context":"line7","id":"i"})");
  CHECK(full.comment == "busy");
  CHECK(full.context == "line7");
  CHECK(full.asker.identity == "i");
  for (const std::string& bad : {std::string(R"({"comment":7})"), std::string("{"),
                                 std::string("\xff"), std::string(1025, 'x')}) {
    CAPTURE(bad);
    const auto refused = decode_request("activation/r-1/approve/ann", bad, good_answer_topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.status == 400);
  }
}

TEST_CASE("requests: a signal is any payload, or an object that says who wants an answer") {
  const auto payload_of = [](const std::string& payload) {
    return decoded<core::SignalRequest>("activation/r-1/signal/go/press", payload).payload;
  };
  CHECK(payload_of("").empty());
  CHECK(payload_of("7") == "7");
  CHECK(payload_of(R"({"n":7})") == R"({"n":7})");
  CHECK(payload_of("it is ready") == R"("it is ready")");
  CHECK(payload_of("\xff") == R"("/w==")");
  const auto full = decoded<core::SignalRequest>("activation/r-1/signal/go",
                                                 R"({"payload":[1],"lifetime":"2h","id":"i"})");
  CHECK(full.name == "go");
  CHECK(full.payload == "[1]");
  CHECK(full.lifetime == core::hours(2));
  CHECK(full.asker.identity == "i");
  CHECK(full.asker.user.empty());
  for (const auto& [bad, status] :
       {std::pair{std::string(R"({"payload":1,"lifetime":"soon"})"), 400},
        {std::string(R"({"payload":1,"lifetime":"500d"})"), 400},
        {std::string(16 * 1024 + 1, 'x'), 413}}) {
    const auto refused = decode_request("activation/r-1/signal/go/ann", bad, good_answer_topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.status == status);
  }
}

TEST_CASE("requests: a document comes bare, YAML or JSON, or in a field beside who asks") {
  CHECK(decoded<core::ApplyRequest>("apply/ann", "spec:\n  stages: {}\n").document ==
        "spec:\n  stages: {}\n");
  CHECK(decoded<core::ApplyRequest>("apply", R"( {"spec":{"firstStage":"a"}})").document ==
        R"( {"spec":{"firstStage":"a"}})");
  CHECK(decoded<core::ApplyRequest>("apply", "{broken").document == "{broken");
  const auto wrapped = decoded<core::ApplyRequest>(
      "apply", R"({"document":"a: 1\n","file":"a.yaml","requestId":"7","replyTo":")" +
                   good_answer_topic + "\"}");
  CHECK(wrapped.document == "a: 1\n");
  CHECK(wrapped.file == "a.yaml");
  CHECK(wrapped.asker.request_id == "7");
  CHECK(wrapped.asker.reply_to == good_answer_topic);
  const auto versioned = [](const std::string& wish) {
    return decoded<core::ApplyRequest>("apply", R"({"document":"a: 1","newVersion":)" + wish + "}");
  };
  CHECK(versioned("true").new_version);
  CHECK(versioned("true").new_name.empty());
  CHECK(!versioned("false").new_version);
  CHECK(!wrapped.new_version);
  CHECK(versioned(R"("v3")").new_version);
  CHECK(versioned(R"("v3")").new_name.text() == "v3");
  CHECK(decode_request("apply", "a: 1", good_answer_topic));
  for (const auto& bad : std::vector<std::string>{
           "", "a: \xFF", R"({"document":7})", R"({"document":""})", R"({"document":"a","file":7})",
           R"({"document":"a","newVersion":7})", R"({"document":"a","newVersion":"a b"})",
           std::string(core::limits::message_bytes + 1, 'a')}) {
    CAPTURE(bad.substr(0, 20));
    const auto refused = decode_request("apply/ann", bad, good_answer_topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().sender == "ann");
    CHECK(refused.error().asker->reply_to == good_answer_topic);
  }
}

TEST_CASE("requests: a query has filters, a cursor and a bounded limit") {
  const auto plain = decoded<core::QueryRequest>("query/sites", "");
  CHECK(plain.what == "sites");
  CHECK(plain.limit == 100);
  CHECK_FALSE(plain.run);
  const auto tasks = decoded<core::QueryRequest>(
      "query/tasks/ann",
      R"({"activation":"r-1","run":2,"after":"2.5","limit":500,"state":"failed"})");
  CHECK(tasks.activation == "r-1");
  CHECK(tasks.run == 2);
  CHECK(tasks.after == "2.5");
  CHECK(tasks.limit == 500);
  CHECK(tasks.state == "failed");
}

TEST_CASE("requests: a bad field is refused by name, and the asker is answered") {
  struct Row {
    std::string topic;
    std::string payload;
    std::string says;
  };
  const std::string long_text(5000, 'a');
  const std::vector<Row> rows{
      {"campaign/c/activate/ann", R"({"inputs":[]})", "'inputs'"},
      {"campaign/c/activate/ann", R"({"inputs":"x"})", "'inputs'"},
      {"campaign/c/activate/ann", R"({"stage":7})", "'stage'"},
      {"campaign/c/activate/ann", "{\"stage\":\"" + long_text + "\"}", "'stage'"},
      {"campaign/c/activate/ann", R"({"namespace":"a/b"})", "'namespace'"},
      {"campaign/c/activate/ann", R"({"activation":"#"})", "'activation'"},
      {"campaign/c/activate/ann", R"({"activation":"$share"})", "'activation'"},
      {"campaign/c/activate/ann", "{\"activation\":\"" + std::string(62, 'a') + "\"}",
       "'activation'"},
      {"campaign/c/activate/ann", R"({"paused":"yes"})", "'paused'"},
      {"campaign/c/activate/ann", R"({"id":7})", "'id'"},
      {"campaign/c/activate/ann", "{\"id\":\"" + long_text + "\"}", "'id'"},
      {"campaign/c/activate/ann", R"({"requestId":{}})", "'requestId'"},
      {"campaign/c/activate/ann", R"({"v":2})", "'v'"},
      {"campaign/c/activate/ann", "[]", "no JSON object"},
      {"campaign/c/activate/ann", "please", "no JSON at byte 0"},
      {"campaign/c/activate/ann", "{\"a\":1,\"a\":2}", "comes twice"},
      {"campaign/c/activate/ann", std::string(100'000, '['), "nests deeper"},
      {"campaign/c/activate/ann", "\xFF", "no UTF-8"},
      {"activation/r/cancel/ann", R"({"reason":7})", "'reason'"},
      {"activation/r/cancel/ann", "7", "no JSON object"},
      {"query/tasks/ann", R"({"limit":0})", "'limit'"},
      {"query/tasks/ann", R"({"limit":501})", "'limit'"},
      {"query/tasks/ann", R"({"limit":4294967297})", "'limit'"},
      {"query/tasks/ann", R"({"limit":-1})", "'limit'"},
      {"query/tasks/ann", R"({"run":18446744073709551615})", "'run'"},
      {"query/tasks/ann", R"({"activation":"a/b"})", "'activation'"},
      {"query/tasks/ann", R"({"campaign":7})", "'campaign'"},
      {"query/tasks/ann", R"({"state":[]})", "'state'"},
      {"query/tasks/ann", R"({"after":7})", "'after'"}};
  for (const auto& row : rows) {
    CAPTURE(row.payload.substr(0, 40));
    const auto refused = decode_request(row.topic, row.payload, good_answer_topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.status == 400);
    CHECK_MESSAGE(refused.error().error.message.find(row.says) != std::string::npos,
                  refused.error().error.message);
    CHECK(refused.error().sender == "ann");
    CHECK(refused.error().asker->reply_to == good_answer_topic);
    CHECK_FALSE(refused.error().quiet);
  }
}

TEST_CASE("requests: sixteen megabytes are refused with 413, and the asker is answered") {
  const auto refused = decode_request("campaign/c/activate/ann",
                                      std::string(16U * 1024 * 1024, ' '), good_answer_topic);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().error.status == 413);
  CHECK(refused.error().asker->reply_to == good_answer_topic);
}

TEST_CASE("requests: an act on a bad topic is answered where it asks for it") {
  const auto refused =
      decode_request("campaign/roll out/activate", R"({"requestId":"7"})", good_answer_topic);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().error.message.starts_with("topic: campaign name"));
  CHECK(refused.error().asker->reply_to == good_answer_topic);
  CHECK(refused.error().asker->request_id == "7");
}

TEST_CASE(
    "requests: acts of the protocol that are not supported are refused with 405 and an answer") {
  for (const auto* topic : {"activation/r/rollback/ann", "activation/r/promote/ann",
                            "activation/r/hold/ann", "activation/r/abort/ann", "query/stats/ann"}) {
    CAPTURE(topic);
    const auto refused = decode_request(topic, "rollout:1", good_answer_topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.status == 405);
    CHECK(refused.error().error.message.find("not supported yet") != std::string::npos);
    CHECK(refused.error().sender == "ann");
    CHECK(refused.error().asker->reply_to == good_answer_topic);
  }
}

TEST_CASE("requests: answers go only below the plane's answer topic or a configured prefix") {
  const std::vector<std::string> allowed{good_answer_topic, "antiphon/hq/answer/x",
                                         "line1/answers/panel/3"};
  for (const auto& topic : allowed) {
    const auto by_property = decode_request("campaign/c/activate", "", topic);
    REQUIRE(by_property);
    CHECK(std::get<core::ActivateRequest>(*by_property).asker.reply_to == topic);
    const auto by_payload =
        decode_request("campaign/c/activate", "{\"replyTo\":\"" + topic + "\"}");
    REQUIRE(by_payload);
    CHECK(std::get<core::ActivateRequest>(*by_payload).asker.reply_to == topic);
  }
  const std::vector<std::string> forbidden{"antiphon/hq/command/top",
                                           "antiphon/tokyo/command/hq",
                                           "antiphon/hq/presence",
                                           "antiphon/hq/answer",
                                           "antiphon/hq/answer/",
                                           "antiphon/hq/answers/x",
                                           "antiphon/hq/answer/+/x",
                                           "antiphon/hq/answer/#",
                                           "antiphon/hq/answer/a\xFF",
                                           std::string("antiphon/hq/answer/a\0b", 22),
                                           "antiphon/hq/answer/" + std::string(1100, 'a'),
                                           "line1/answers",
                                           "line1/answersheet/x",
                                           "$SYS/x",
                                           "#",
                                           "/"};
  for (const auto& topic : forbidden) {
    CAPTURE(topic.substr(0, 40));
    const auto refused = decode_request("campaign/c/activate/ann", "", topic);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.status == 403);
    CHECK(refused.error().error.hint.find("antiphon/hq/answer/, line1/answers/") !=
          std::string::npos);
    REQUIRE(refused.error().asker);
    CHECK_FALSE(refused.error().asker->reply_to);
  }
}

TEST_CASE(
    "requests: the payload says where the answer goes and who it is before the properties do") {
  bus::Received received = samples::received(
      "antiphon/hq/campaign/c/activate",
      R"({"replyTo":"antiphon/hq/answer/a/1","requestId":"r","id":"from-payload"})");
  received.response_topic = "antiphon/hq/answer/b/2";
  received.correlation = std::string("\0\1", 2);
  received.id = "from-property";
  const auto both = wire::decode(samples::mailbox(), received);
  REQUIRE(both);
  const auto& asker = std::get<core::ActivateRequest>(*both).asker;
  CHECK(asker.reply_to == "antiphon/hq/answer/a/1");
  CHECK(asker.request_id == "r");
  CHECK(asker.correlation == received.correlation);
  CHECK(asker.identity == "from-payload");

  received.payload.clear();
  const auto properties = wire::decode(samples::mailbox(), received);
  REQUIRE(properties);
  const auto& by_property = std::get<core::ActivateRequest>(*properties).asker;
  CHECK(by_property.reply_to == "antiphon/hq/answer/b/2");
  CHECK(by_property.identity == "from-property");
}
