// SPDX-License-Identifier: MIT
// What a plane makes of devices' messages: which are wanted, as what their payload is taken, which
// tell of one event, and triggers that are turned off.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "tests/unit/trigger_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;
using test::name;
using test::TriggerFixture;

runtime::Envelope bytes_of(std::string payload, core::PayloadForm form) {
  core::TopicMessage message = TriggerFixture::message("plant/line7/alarm", std::move(payload));
  message.form = form;
  return {message, {}, {}};
}

core::SwitchRequest turn(bool enabled, const std::string& trigger = "t") {
  core::SwitchRequest request;
  request.asker.user = name<core::UserName>("ann");
  request.asker.reply_to = "antiphon/hq/answer/ann/1";
  request.name_space = name<core::Namespace>("default");
  request.campaign = name<core::CampaignName>("a");
  request.trigger = trigger;
  request.enabled = enabled;
  return request;
}

}  // namespace

TEST_CASE("triggers: only what when says of payload and topic starts a run") {
  TriggerFixture hq(R"(when: "${{$and($gt($payload('$.temp'),80),$equal($topic(line),line7))}}")");
  CHECK(hq.hear(R"({"temp":81})") == 1);
  CHECK(hq.hear(R"({"temp":80})") == 1);
  CHECK(hq.hear(R"({"temp":99})", "plant/line8/alarm") == 1);
  CHECK(hq.hear(R"({"temp":99})") == 2);
  CHECK(hq.reasons().empty());
}

TEST_CASE("triggers: a when that cannot be told refuses the message, and says why") {
  TriggerFixture hq(R"(when: "${{$payload('$.temp')}}")");
  CHECK(hq.hear(R"({"temp":"warm"})") == 0);
  CHECK(hq.hear(R"({"heat":1})") == 0);
  const auto reasons = hq.reasons();
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].find("when") != std::string::npos);
  CHECK(reasons[1] == "trigger t: when gave 'warm', not true or false");
  CHECK(hq.hear(R"({"temp":true})") == 1);
  CHECK(hq.hear(R"({"temp":"true"})") == 2);
  CHECK(hq.hear(R"({"temp":false})") == 2);
}

TEST_CASE("triggers: a payload is taken as what the trigger says") {
  using core::PayloadForm;
  const std::string json = R"({"n": 1})";
  const std::string words = core::dump("two words");
  const std::string bytes = core::dump("//4=");
  struct Row {
    const char* kind;
    Value of_json, of_text, of_bytes;  ///< null: refused
  };
  const std::vector<Row> rows{
      {"any", {{"n", 1}}, "two words", "//4="},
      {"json", {{"n", 1}}, nullptr, nullptr},
      {"text", json, "two words", nullptr},
      {"binary", core::base64_encode(json), core::base64_encode("two words"), "//4="}};
  for (const Row& row : rows) {
    CAPTURE(row.kind);
    const auto taken = [&](const std::string& payload, PayloadForm form) -> Value {
      TriggerFixture hq(std::string("payload: ") + row.kind);
      std::vector<runtime::Envelope> batch;
      batch.push_back(bytes_of(payload, form));
      hq.step(batch);
      CHECK(hq.runs().size() + hq.reasons().size() == 1);
      if (hq.runs().empty()) return nullptr;
      return core::parse_object(hq.runs()[0].trigger)["payload"];
    };
    CHECK(taken(json, PayloadForm::json) == row.of_json);
    CHECK(taken(words, PayloadForm::text) == row.of_text);
    CHECK(taken(bytes, PayloadForm::binary) == row.of_bytes);
  }
}

TEST_CASE("triggers: an event that its payload names starts one run within its lifetime") {
  TriggerFixture hq("id: {payload: '$.order', lifetime: 1h}");
  CHECK(hq.hear(R"({"order":7})") == 1);
  CHECK(hq.hear(R"({"order":7,"again":true})") == 1);
  CHECK(hq.hear(R"({"order":"7"})") == 1);
  CHECK(hq.hear(R"({"order":8})") == 2);
  hq.advance(core::minutes(59));
  CHECK(hq.hear(R"({"order":7})") == 2);
  hq.restart();
  hq.advance(core::minutes(2));
  CHECK(hq.hear(R"({"order":7})") == 3);
  CHECK(hq.hear(R"({"other":7})") == 3);
  CHECK(hq.hear(R"({"order":{}})") == 3);
  CHECK(hq.hear(R"({"order":""})") == 3);
  CHECK(hq.reasons() ==
        std::vector<std::string>(
            3, "trigger t: the message names no event at '$.order' of the payload"));
}

TEST_CASE("triggers: an event that a user property names starts one run") {
  TriggerFixture hq("id: {property: order}");
  const auto with = [](const char* order) {
    auto message = TriggerFixture::message("plant/line7/alarm", "{}");
    if (order != nullptr) message.properties = {{"order", order}};
    return message;
  };
  CHECK(hq.hear(with("7")) == 1);
  CHECK(hq.hear(with("7")) == 1);
  CHECK(hq.hear(with("8")) == 2);
  CHECK(hq.hear(with(nullptr)) == 2);
  CHECK(hq.reasons() ==
        std::vector<std::string>{
            "trigger t: the message names no event in the MQTT 5 user property 'order'"});
}

TEST_CASE("triggers: a CloudEvent is told by source and id, in its payload or beside it") {
  TriggerFixture hq("id: {cloudEvent: true}");
  const std::string one = R"({"specversion":"1.0","id":"1","source":"press","type":"x"})";
  CHECK(hq.hear(one) == 1);
  CHECK(hq.hear(one) == 1);
  CHECK(hq.hear(R"({"specversion":"1.0","id":"1","source":"lathe","type":"x"})") == 2);
  auto beside = TriggerFixture::message("plant/line7/alarm", "{}");
  beside.identity = "1";
  beside.properties = {{"id", "1"}, {"source", "press"}};
  CHECK(hq.hear(beside) == 2);
  beside.properties["id"] = "2";
  CHECK(hq.hear(beside) == 3);
  CHECK(hq.hear(R"({"specversion":"1.0","id":"3"})") == 3);
  CHECK(hq.reasons().size() == 1);
}

TEST_CASE(
    "triggers: what is retained starts a run only where asked, and not again when it comes again") {
  const auto kept = [](const std::string& payload) {
    auto message = TriggerFixture::message("plant/line7/alarm", payload);
    message.retained = true;
    return message;
  };
  TriggerFixture ignoring("retained: ignore");
  CHECK(ignoring.hear(kept("1")) == 0);
  TriggerFixture using_it("retained: use");
  CHECK(using_it.hear(kept("1")) == 1);
  CHECK(using_it.hear(kept("1")) == 1);
  using_it.restart();
  using_it.advance(core::days(300));
  CHECK(using_it.hear(kept("1")) == 1);
  using_it.advance(core::days(300));
  CHECK(using_it.hear(kept("1")) == 1);
  CHECK(using_it.hear(kept("2")) == 2);
  CHECK(using_it.hear("3") == 3);
  CHECK(using_it.hear(kept("3")) == 3);  // heard live, and again at the next subscription
  CHECK(using_it.hear("3") == 4);
}

TEST_CASE("triggers: one that is not enabled is not subscribed and starts nothing") {
  TriggerFixture hq("enabled: false");
  CHECK(hq.plane().trigger_filters().empty());
  CHECK(hq.hear("{}") == 0);
  CHECK(hq.reasons().empty());
}

TEST_CASE(
    "triggers: an operator's word on one counts before its document, also of the next version") {
  TriggerFixture hq("retained: ignore");
  CHECK(hq.hear("{}") == 1);
  CHECK(hq.ask(turn(false)).status == 200);
  CHECK(hq.plane().trigger_filters().empty());
  CHECK(hq.hear("{}") == 1);
  hq.restart();
  CHECK(hq.hear("{}") == 1);
  hq.apply_version("2", "enabled: true");
  CHECK(hq.hear("{}") == 1);
  const auto answer = hq.ask(turn(true));
  CHECK(answer.body == R"({"campaign":"a","enabled":true,"trigger":"t"})");
  CHECK(hq.hear("{}") == 2);
  CHECK(hq.plane().check_memory().empty());
}

TEST_CASE("triggers: turning one that there is not names those that there are") {
  TriggerFixture hq("retained: ignore");
  const auto answer = hq.ask(turn(false, "x"));
  CHECK(answer.status == 404);
  CHECK(answer.error == "campaign a has no trigger x in namespace default");
  CHECK(answer.hint == "its triggers are t");
}

}  // namespace antiphon
