// SPDX-License-Identifier: MIT
// Objects on the bus: what is deleted, what reconcilers say, what comes from above, what goes out.
#include <doctest/doctest.h>

#include "connectors/wire/client.hpp"
#include "connectors/wire/encode.hpp"
#include "connectors/wire/intake.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "tests/unit/wire_samples.hpp"

namespace antiphon {
namespace {

wire::Mailbox mailbox() {
  return {*wire::Topics::make("antiphon", samples::plane("tokyo"), {samples::plane("hq")}),
          {"line1/answers"}};
}

samples::Decoded decode(const std::string& topic, const std::string& payload,
                        bool retained = false) {
  auto received = samples::received("antiphon/" + topic, payload);
  received.retained = retained;
  return wire::decode(mailbox(), received);
}

std::string problem(const std::string& topic, const std::string& payload) {
  const auto decoded = decode(topic, payload);
  return decoded ? "none" : decoded.error().error.message;
}

core::DeleteRequest deletion(const std::string& payload) {
  const auto decoded = decode("tokyo/delete/ann", payload);
  REQUIRE(decoded);
  return std::get<core::DeleteRequest>(*decoded);
}

}  // namespace

TEST_CASE("wire: a delete names its object as text or in an object") {
  CHECK(core::to_text(deletion("instance/app").object) == "instance/app");
  CHECK(core::to_text(deletion("Catalogs/app:1@plant").object) == "catalogversion/app-v-1@plant");
  const auto whole =
      deletion(R"({"object":"target/a","requestId":"7","replyTo":"antiphon/tokyo/answer/ann/1"})");
  CHECK(core::to_text(whole.object) == "target/a");
  CHECK(whole.asker.user.text() == "ann");
  CHECK(whole.asker.request_id == "7");
  CHECK(whole.asker.reply_to == "antiphon/tokyo/answer/ann/1");
}

TEST_CASE("wire: a delete of nothing that can be named is refused") {
  CHECK(problem("tokyo/delete/ann", "app") == "'app' names no object");
  CHECK(problem("tokyo/delete/ann", "") == "delete: field 'object': is missing");
  CHECK(problem("tokyo/delete/ann", "{}") == "delete: field 'object': is missing");
  CHECK(problem("tokyo/delete/ann", R"({"object":7})").find("'object'") != std::string::npos);
  CHECK(problem("tokyo/delete/ann", "target/") == "object name is empty");
  CHECK(problem("tokyo/delete/ann", "/a") == "kind is empty");
  CHECK(problem("tokyo/delete/ann", "target/a@").find("namespace is empty") == 0);
  CHECK(problem("tokyo/delete/ann", "target/" + std::string(300, 'a')).find("object name has") ==
        0);
}

TEST_CASE("wire: a reconciler's status comes as it was said, kept at the broker or not") {
  const std::string said = R"({"state":"failed","generation":2,"more":{"a":[1]}})";
  for (const bool retained : {false, true}) {
    const auto decoded = decode("tokyo/object/instance/app@plant/status", said, retained);
    REQUIRE(decoded);
    const auto& report = std::get<core::ObjectReport>(*decoded);
    CHECK(core::to_text(report.object) == "instance/app@plant");
    CHECK(report.status == said);
  }
  const auto nothing = decode("tokyo/object/instance/app/status", "");
  REQUIRE(nothing);
  CHECK(std::get<core::ObjectReport>(*nothing).status.empty());
}

TEST_CASE("wire: a status that nobody could use is refused") {
  const std::string topic = "tokyo/object/instance/app/status";
  CHECK(problem(topic, "{") != "none");
  CHECK(problem(topic, "[]") == "the payload is no JSON object");
  CHECK(problem(topic, R"({"generation":0})").find("'generation'") != std::string::npos);
  CHECK(problem(topic, R"({"state":1})").find("'state'") != std::string::npos);
  const std::string large(core::limits::object_status_bytes, ' ');
  CHECK(problem(topic, "{" + large + "}").find("bytes") != std::string::npos);
}

TEST_CASE("wire: catalogs of a parent come in, kept at the broker or not, and when they go") {
  for (const bool retained : {false, true}) {
    const auto decoded = decode("hq/object/catalogversion/app", R"({"spec":{}})", retained);
    REQUIRE(decoded);
    const auto& catalog = std::get<core::OriginObject>(*decoded);
    CHECK(catalog.origin.text() == "hq");
    CHECK(core::to_text(catalog.object) == "catalogversion/app");
    CHECK(catalog.document == R"({"spec":{}})");
  }
  const auto gone = decode("hq/object/catalogversion/app", "");
  REQUIRE(gone);
  CHECK(std::get<core::OriginObject>(*gone).document.empty());
  CHECK(problem("hq/object/catalogversion/app", "7") == "the payload is no JSON object");
}

TEST_CASE("wire: an object goes out retained, and what is gone leaves nothing at the broker") {
  const auto topics = samples::topics("hq");
  const auto key = *core::object_key("instance/app");
  const auto there = wire::give_out(topics, runtime::ObjectOut{key, R"({"a":1})"}, 5);
  REQUIRE(there.size() == 1);
  CHECK(there[0].topic == "antiphon/hq/object/instance/app");
  CHECK(there[0].payload == R"({"a":1})");
  CHECK(there[0].retain);
  CHECK(there[0].qos == 1);
  const auto gone = wire::give_out(topics, runtime::ObjectOut{key, {}}, 5);
  REQUIRE(gone.size() == 2);
  CHECK(gone[0].topic == "antiphon/hq/object/instance/app");
  CHECK(gone[1].topic == "antiphon/hq/object/instance/app/status");
  for (const auto& message : gone) CHECK((message.retain && message.payload.empty()));
}

TEST_CASE("wire: a client's delete and its query for objects arrive as they were asked") {
  const auto topics = samples::topics("tokyo");
  core::DeleteRequest request{{}, *core::object_key("target/a@plant")};
  request.asker.user = *core::UserName::parse("ann");
  const auto sent = samples::delivered(wire::encode(topics, request));
  CHECK(sent.topic == "antiphon/tokyo/delete/ann");
  const auto taken = wire::decode(mailbox(), sent);
  REQUIRE(taken);
  CHECK(std::get<core::DeleteRequest>(*taken).object == request.object);

  core::QueryRequest query;
  query.what = "objects";
  query.kind = "catalogs";
  query.name_space = "plant";
  query.object = "target/a";
  const auto asked = wire::decode(mailbox(), samples::delivered(wire::encode(topics, query)));
  REQUIRE(asked);
  const auto& read = std::get<core::QueryRequest>(*asked);
  CHECK(read.what == "objects");
  CHECK(read.kind == "catalogs");
  CHECK(read.name_space == "plant");
  CHECK(read.object == "target/a");
}

}  // namespace antiphon
