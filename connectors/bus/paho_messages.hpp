// SPDX-License-Identifier: MIT
// Messages and MQTT 5 properties between Paho's types and ours. Only connection.cpp includes this.
#pragma once

#include <mqtt/message.h>

#include <cstdint>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/bus/connection.hpp"

namespace antiphon::bus {

Received received(const mqtt::message& message);

/// The Subscription Identifiers that this copy names.
std::vector<std::uint32_t> subscription_ids(const mqtt::message& message);

mqtt::message_ptr paho_message(Outgoing message, int mqtt_version);

mqtt::properties connect_properties(const BusOptions& options);

/// What a CONNACK's properties say, as far as it concerns us.
void read_limits(const mqtt::properties& properties, Granted& granted);

}  // namespace antiphon::bus
