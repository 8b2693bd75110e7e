// SPDX-License-Identifier: MIT
// A property that is not there makes mqtt::get throw, so each is looked for first.
#include "connectors/bus/paho_messages.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace antiphon::bus {
namespace {

/// The packet identifier is in the C message that Paho's keeps to itself (its getter is compiled
/// for its own tests only). An explicit instantiation may name a private member ([temp.spec],
/// access).
using Inner = MQTTAsync_message mqtt::message::*;
template <class Tag, Inner member>
struct Reveal {
  friend Inner inner(Tag) { return member; }
};
struct InnerMessage {
  friend Inner inner(InnerMessage);
};
template struct Reveal<InnerMessage, &mqtt::message::msg_>;

using mqtt::property;

template <class T>
std::optional<T> find(const mqtt::properties& properties, property::code code) {
  if (properties.count(code) == 0) return std::nullopt;
  return mqtt::get<T>(properties, code);
}

std::map<std::string, std::string, std::less<>> user_properties(
    const mqtt::properties& properties) {
  std::map<std::string, std::string, std::less<>> found;
  for (std::size_t i = 0; i < properties.count(property::USER_PROPERTY); ++i) {
    auto [key, value] = mqtt::get<mqtt::string_pair>(properties, property::USER_PROPERTY, i);
    found.emplace(std::move(key), std::move(value));
  }
  return found;
}

/// MQTT's intervals are whole seconds in 32 bits; Paho takes them as a signed number of the same
/// bits.
std::int32_t interval(core::Duration duration) {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::int32_t>(
      static_cast<std::uint32_t>(std::clamp<std::int64_t>((duration.ms + 999) / 1000, 0, most)));
}

}  // namespace

Received received(const mqtt::message& message) {
  const auto& properties = message.get_properties();
  Received result;
  result.topic = message.get_topic();
  result.payload = message.get_payload_str();
  result.qos = message.get_qos();
  result.retained = message.is_retained();
  result.duplicate = message.is_duplicate();
  if (result.qos > 0)
    result.packet_id = static_cast<std::uint32_t>((message.*inner(InnerMessage{})).msgid);
  result.response_topic = find<std::string>(properties, property::RESPONSE_TOPIC);
  result.correlation = find<std::string>(properties, property::CORRELATION_DATA);
  result.properties = user_properties(properties);
  const auto id = result.properties.find("id");
  if (id != result.properties.end()) result.id = id->second;
  return result;
}

std::vector<std::uint32_t> subscription_ids(const mqtt::message& message) {
  const auto& properties = message.get_properties();
  std::vector<std::uint32_t> ids;
  for (std::size_t i = 0; i < properties.count(property::SUBSCRIPTION_IDENTIFIER); ++i) {
    ids.push_back(mqtt::get<std::uint32_t>(properties, property::SUBSCRIPTION_IDENTIFIER, i));
  }
  return ids;
}

mqtt::message_ptr paho_message(Outgoing message, int mqtt_version) {
  mqtt::properties properties;
  if (mqtt_version >= 5) {
    if (message.expiry)
      properties.add({property::MESSAGE_EXPIRY_INTERVAL, interval(*message.expiry)});
    if (message.response_topic) properties.add({property::RESPONSE_TOPIC, *message.response_topic});
    if (message.correlation) properties.add({property::CORRELATION_DATA, *message.correlation});
  }
  return mqtt::message::create(std::move(message.topic), std::move(message.payload), message.qos,
                               message.retain, properties);
}

mqtt::properties connect_properties(const BusOptions& options) {
  mqtt::properties properties;
  if (options.persistent_session) {
    properties.add({property::SESSION_EXPIRY_INTERVAL, interval(options.session_expiry)});
  }
  return properties;
}

void read_limits(const mqtt::properties& properties, Granted& granted) {
  if (const auto most = find<std::uint16_t>(properties, property::RECEIVE_MAXIMUM)) {
    granted.receive_maximum = *most;
  }
  granted.subscription_identifiers =
      find<std::uint8_t>(properties, property::SUBSCRIPTION_IDENTIFIERS_AVAILABLE).value_or(1) != 0;
  if (const auto most = find<std::uint32_t>(properties, property::MAXIMUM_PACKET_SIZE)) {
    granted.packet_bytes_most = *most;
  }
}

}  // namespace antiphon::bus
