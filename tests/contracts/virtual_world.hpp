// SPDX-License-Identifier: MIT
// The world of the simulator's broker: it has to do what Mosquitto does, as far as the port Bus
// shows it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tests/contracts/bus_contract.hpp"
#include "tests/sim/virtual_bus.hpp"

namespace antiphon::test {

template <int version>
class VirtualWorld : public BusWorld {
 public:
  explicit VirtualWorld(bool started = true, sim::BrokerOptions options = {})
      : broker_(std::move(options)) {
    if (!started) stop_broker();
  }

  std::unique_ptr<bus::Bus> make_bus(bus::BusOptions options) override {
    options.mqtt_version = version;
    return std::make_unique<sim::VirtualBus>(broker_, std::move(options));
  }

  void start_broker() override {
    broker_.call([](sim::VirtualBroker& broker, core::Instant) { broker.start(); });
  }
  void stop_broker() override {
    broker_.call([](sim::VirtualBroker& broker, core::Instant now) { broker.stop(now); });
  }
  void kill_broker() override {
    broker_.call([](sim::VirtualBroker& broker, core::Instant) { broker.kill(); });
  }

  void publish(const std::string& topic, const std::string& payload, int qos,
               bool retain) override {
    sim::Message message{topic, payload};
    message.qos = qos;
    message.retain = retain;
    const auto shared = std::make_shared<const sim::Message>(std::move(message));
    broker_.call(
        [&](sim::VirtualBroker& broker, core::Instant now) { broker.publish(shared, now); });
  }

  bool names_filters() const override { return version == 5; }

  sim::SharedBroker& broker() { return broker_; }

 private:
  sim::SharedBroker broker_;
};

using Virtual5 = VirtualWorld<5>;
using Virtual311 = VirtualWorld<4>;

}  // namespace antiphon::test
