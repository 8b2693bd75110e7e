// SPDX-License-Identifier: MIT
// The world of the real thing: the Paho bus and a Mosquitto of the test's own.
#pragma once

#include <stdexcept>

#include "connectors/bus/mqtt_bus.hpp"
#include "tests/contracts/bus_contract.hpp"
#include "tests/support/broker.hpp"

namespace antiphon::test {

template <int version>
class MqttWorld : public BusWorld {
 public:
  explicit MqttWorld(bool started = true, BrokerConfig config = {})
      : broker_(std::move(config), started) {}

  std::unique_ptr<bus::Bus> make_bus(bus::BusOptions options) override {
    options.uri = broker_.uri();
    options.mqtt_version = version;
    auto bus = bus::make_mqtt_bus(std::move(options));
    if (!bus) throw std::runtime_error(bus.error().message);
    return std::move(*bus);
  }

  void start_broker() override { broker_.start(); }
  void stop_broker() override { broker_.stop(); }
  void kill_broker() override { broker_.kill9(); }

  void publish(const std::string& topic, const std::string& payload, int qos,
               bool retain) override {
    std::vector<std::string> extra{"-q", std::to_string(qos)};
    if (retain) extra.push_back("-r");
    broker_.publish(topic, payload, extra);
  }

  bool names_filters() const override { return version == 5; }

  Broker& broker() { return broker_; }

 private:
  Broker broker_;
};

using Mqtt5 = MqttWorld<5>;
using Mqtt311 = MqttWorld<4>;

}  // namespace antiphon::test
