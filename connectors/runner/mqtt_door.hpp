// SPDX-License-Identifier: MIT
// A runner's door to MQTT: COARequests come in on one topic, COAResponses leave on another.
#pragma once

#include <string>

#include "connectors/bus/bus.hpp"
#include "connectors/runner/service.hpp"

namespace antiphon::runner {

struct MqttTopics {
  std::string request;
  std::string response;
};

/// A question is acknowledged when it is in memory: one that a dying process had is lost, and who
/// asked it learns so by his timeout. Retained ones are passed over.
class MqttDoor {
 public:
  MqttDoor(bus::Bus& bus, MqttTopics topics, Service& service)
      : bus_(bus), topics_(std::move(topics)), service_(service) {}

  void open();
  /// Nothing comes in any more; answers still leave.
  void close() { bus_.subscribe({}); }

 private:
  void hear(const bus::Received& message);
  void answer(const symphony::Response& response);

  bus::Bus& bus_;
  const MqttTopics topics_;
  Service& service_;
};

}  // namespace antiphon::runner
