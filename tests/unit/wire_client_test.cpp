// SPDX-License-Identifier: MIT
// What clients of a plane say and hear: requests as the plane reads them, and what is no answer.
#include <doctest/doctest.h>

#include <string>

#include "connectors/wire/client.hpp"
#include "connectors/wire/decode.hpp"
#include "tests/unit/wire_samples.hpp"

using namespace antiphon;

namespace {

/// The request as the plane reads it.
wire::Inbound taken(const bus::Outgoing& out) {
  const auto decoded = wire::decode(samples::mailbox("hq"), samples::delivered(out));
  REQUIRE(decoded);
  return *decoded;
}

}  // namespace

TEST_CASE("client: requests are read by the plane as what was asked") {
  const auto topics = samples::topics("hq");
  const auto activate_out = wire::encode(topics, samples::activate());
  CHECK(activate_out.topic == "antiphon/hq/campaign/rollout:1/activate/ann");
  CHECK(activate_out.qos == 1);
  CHECK_FALSE(activate_out.retain);
  CHECK(activate_out.response_topic == samples::asker().reply_to);
  const auto activate = std::get<core::ActivateRequest>(taken(activate_out));
  CHECK(wire::encode(topics, activate).payload == activate_out.payload);
  CHECK(activate.asker.correlation == samples::asker().correlation);
  CHECK(activate.name_space.text() == "plants");

  const core::VerbRequest verb{samples::asker(), samples::name<core::ActivationId>("r-1"),
                               core::Verb::resume, "fixed"};
  const auto verb_out = wire::encode(topics, verb);
  CHECK(verb_out.topic == "antiphon/hq/activation/r-1/resume/ann");
  const auto verb_read = std::get<core::VerbRequest>(taken(verb_out));
  CHECK(verb_read.verb == core::Verb::resume);
  CHECK(wire::encode(topics, verb_read).payload == verb_out.payload);

  core::StepRequest step{samples::asker(), verb.activation};
  CHECK(wire::encode(topics, step).topic == "antiphon/hq/activation/r-1/step/ann");
  step = {samples::asker(), verb.activation, "two", R"({"n":7})", R"({"m":8})", "t1", true};
  const auto step_read = std::get<core::StepRequest>(taken(wire::encode(topics, step)));
  CHECK(step_read.self_driving == true);
  CHECK(wire::encode(topics, step_read).payload == wire::encode(topics, step).payload);

  const core::ApplyRequest apply{samples::asker(), "spec:\n  note: \"\xE2\x9C\x93\"\n", "a.yaml"};
  const auto apply_out = wire::encode(topics, apply);
  CHECK(apply_out.topic == "antiphon/hq/apply/ann");
  const auto apply_read = std::get<core::ApplyRequest>(taken(apply_out));
  CHECK(apply_read.document == apply.document);
  CHECK(wire::encode(topics, apply_read).payload == apply_out.payload);
  core::ApplyRequest next = apply;
  next.new_version = true;
  CHECK(std::get<core::ApplyRequest>(taken(wire::encode(topics, next))).new_version);
  next.new_name = samples::name<core::VersionName>("v3");
  CHECK(std::get<core::ApplyRequest>(taken(wire::encode(topics, next))).new_name == next.new_name);

  const auto query_out = wire::encode(topics, samples::query());
  CHECK(query_out.topic == "antiphon/hq/query/tasks/ann");
  const auto query_read = std::get<core::QueryRequest>(taken(query_out));
  CHECK(wire::encode(topics, query_read).payload == query_out.payload);
}

TEST_CASE("client: requests that ask for nothing special are small") {
  core::ActivateRequest request;
  request.campaign = samples::name<core::CampaignName>("rollout");
  const auto out = wire::encode(samples::topics("hq"), request);
  CHECK(out.topic == "antiphon/hq/campaign/rollout/activate");
  CHECK(out.payload == "{}");
  CHECK_FALSE(out.response_topic);
}

TEST_CASE("client: what is no answer, status or event is refused, not believed") {
  const auto topics = samples::topics("hq");
  for (const auto* payload :
       {"", "[]", "7", "{", "{}", R"({"status":200})", R"({"ok":true,"status":"200"})",
        R"({"ok":false,"status":-1})", R"({"ok":1,"status":200})",
        R"({"ok":true,"status":200,"error":7})", R"({"ok":true,"status":200,"requestId":7})"}) {
    CAPTURE(payload);
    CHECK_FALSE(wire::decode_answer(samples::received("antiphon/hq/answer/ann/1", payload)));
  }
  const std::string topic = "antiphon/hq/activation/r/status";
  for (const auto* payload :
       {"", "[]", "{}", R"({"v":2,"activation":"r","seq":1,"state":"done","status":9996})",
        R"({"activation":"r","seq":1,"state":"finished","status":9996})",
        R"({"activation":"r","seq":1,"state":"done","status":9996,"counts":7})",
        R"({"activation":"r","seq":1,"state":"done","status":9996,"counts":{"total":-1}})",
        R"({"activation":"r","seq":-1,"state":"done","status":9996})",
        R"({"activation":"r","seq":1,"state":"done"})"}) {
    CAPTURE(payload);
    CHECK_FALSE(wire::decode_status(topics, samples::received(topic, payload)));
  }
  CHECK(wire::decode_status(
      topics,
      samples::received(topic,
                        R"({"activation":"r","seq":1,"state":"done","status":9996,"counts":{}})")));
  for (const auto* payload :
       {"", "{}",
        R"({"specversion":"0.3","id":"1","source":"a","type":"a","subject":"r","time":1})",
        R"({"specversion":"1.0","id":"1","type":"a","subject":"r","time":1})",
        R"({"specversion":"1.0","id":"1","source":"a","type":"a","subject":"r/x","time":1})",
        R"({"specversion":"1.0","id":"1","source":"a","type":"a",)"
        R"("subject":"r","time":1,"data":[]})"}) {
    CAPTURE(payload);
    CHECK_FALSE(wire::decode_event(samples::received("antiphon/hq/event/a", payload)));
  }
  CHECK_FALSE(
      wire::decode_presence(samples::received("antiphon/hq/presence", R"({"state":"online"})")));
}
