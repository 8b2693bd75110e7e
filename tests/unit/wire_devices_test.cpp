// SPDX-License-Identifier: MIT
// Devices' messages on topics of their own: any payload and any topic outside the mailbox is one.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "connectors/wire/decode.hpp"
#include "connectors/wire/intake.hpp"
#include "engine/core/limits.hpp"
#include "tests/support/texts.hpp"
#include "tests/unit/wire_samples.hpp"

using namespace antiphon;
using core::Value;
using samples::decode;
using test::repeated;
using wire::Refused;

TEST_CASE("wire: a device's payload is JSON as it came, else text, else base64") {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> rows{
      {R"({ "version" : "2.4.1" })", R"({ "version" : "2.4.1" })"},
      {"42", "42"},
      {"", "\"\""},
      {"start now", "\"start now\""},
      {"{broken", "\"{broken\""},
      {"{\"a\":1,\"a\":2}", R"("{\"a\":1,\"a\":2}")"},
      {"\xEF\xBB\xBF{}", "\"\xEF\xBB\xBF{}\""},
      {"a\0b"s, "\"a\\u0000b\""},
      {"\xFF\xFE"s, "\"//4=\""},
      {repeated("[", 1000), "\"" + repeated("[", 1000) + "\""}};
  for (const auto& [payload, text] : rows) {
    CAPTURE(payload.substr(0, 20));
    const auto decoded = decode("plant/line1/release", payload);
    REQUIRE(decoded);
    CHECK(std::get<core::TopicMessage>(*decoded).payload == text);
  }
}

TEST_CASE("wire: a device's payload is known as JSON, text or bytes") {
  const auto form = [](const std::string& payload) {
    return std::get<core::TopicMessage>(*decode("plant/line1/release", payload)).form;
  };
  CHECK(form("\"a text\"") == core::PayloadForm::json);
  CHECK(form("a text") == core::PayloadForm::text);
  CHECK(form("") == core::PayloadForm::text);
  CHECK(form("\xFF") == core::PayloadForm::binary);
}

TEST_CASE("wire: of user properties those that can be an identity come in, and not too many") {
  bus::Received received = samples::received("plant/line1/release", "{}");
  received.properties = {{"order", "7"}, {"long", std::string(257, 'x')}};
  for (int i = 0; i < 100; ++i) received.properties.emplace("x" + std::to_string(i), "y");
  const auto decoded = wire::decode(samples::mailbox(), received);
  const auto& properties = std::get<core::TopicMessage>(*decoded).properties;
  CHECK(properties.size() == core::limits::list_items);
  CHECK(properties.at("order") == "7");
  CHECK_FALSE(properties.contains("long"));
}

TEST_CASE("wire: a device's message keeps its topic, identity, filters and retained flag") {
  bus::Received received = samples::received("plant/line1/release", "{}");
  received.retained = true;
  received.id = "release-77";
  received.filters = {"plant/+/release"};
  const auto decoded = wire::decode(samples::mailbox(), received);
  REQUIRE(decoded);
  const auto& message = std::get<core::TopicMessage>(*decoded);
  CHECK(message.topic == "plant/line1/release");
  CHECK(message.retained);
  CHECK(message.identity == "release-77");
  CHECK(message.filters == received.filters);

  received.id = std::string(257, 'x');
  CHECK_FALSE(wire::decode(samples::mailbox(), received));
  received.id.reset();
  received.payload = std::string(core::limits::message_bytes + 1, '1');
  const auto huge = wire::decode(samples::mailbox(), received);
  REQUIRE_FALSE(huge);
  CHECK(huge.error().error.status == 413);
  received.payload.clear();
  received.topic = "plant/\xFF";
  CHECK_FALSE(wire::decode(samples::mailbox(), received));
}

TEST_CASE(
    "wire: a copy delivered for a campaign's filter is a device's message, whatever its topic") {
  bus::Received received = samples::received("antiphon/hq/apply", "spec: {}");
  received.filters = {"#"};
  const auto copy = wire::decode(samples::mailbox(), received);
  REQUIRE(copy);
  CHECK(std::holds_alternative<core::TopicMessage>(*copy));
  CHECK(wire::care_of(samples::mailbox(), received) == wire::Care::durable);
  for (const auto& filters : std::vector<std::vector<std::string>>{
           {}, {"antiphon/hq/apply/#"}, {"#", "antiphon/hq/apply/#"}}) {
    received.filters = filters;
    const auto own = wire::decode(samples::mailbox(), received);
    REQUIRE(own);
    CHECK(std::holds_alternative<core::ApplyRequest>(*own));
  }
}

TEST_CASE("wire: what planes say below the topic root is no trigger, however wide the filter") {
  const bus::TopicTree triggers({"#"});
  for (const char* topic :
       {"antiphon/hq/event/activation.ended", "antiphon/hq/activation/a1/status",
        "antiphon/tokyo/command/hq", "antiphon/hq/answer/heartbeat", "antiphon/hq/apply"}) {
    CAPTURE(topic);
    bus::Received received = samples::received(topic, "{}");
    received.filters = {"#"};
    CHECK(wire::take_in(samples::mailbox(), triggers, received).empty());
  }
  bus::Received device = samples::received("plant/line7/release", "{}");
  device.filters = {"#"};
  const auto arrivals = wire::take_in(samples::mailbox(), triggers, device);
  REQUIRE(arrivals.size() == 1);
  CHECK(std::get<core::TopicMessage>(arrivals[0].inbound).filters == triggers.filters());
}
