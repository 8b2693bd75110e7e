// SPDX-License-Identifier: MIT
// What the bus over the virtual broker has in common with the Paho bus beyond the port's contract
// (mqtt_bus_test.cpp): properties, denials, evictions, wills.
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/contracts/bus_contract.hpp"
#include "tests/contracts/virtual_world.hpp"

using namespace antiphon::test;
using antiphon::bus::Outgoing;
using antiphon::bus::Published;
namespace core = antiphon::core;
namespace sim = antiphon::sim;

TEST_CASE_TEMPLATE("virtual bus: properties and the mark of what is to be retained are MQTT 5's",
                   World, Virtual5, Virtual311) {
  World world;
  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.retain_as_published = true;
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"t"});
  recorder.await_connected();
  sim::Message sent{"t", "x"};
  sent.retain = true;
  sent.response_topic = "back/here";
  sent.correlation = "42";
  sent.id = "event-7";
  world.broker().call([&](sim::VirtualBroker& broker, core::Instant now) {
    broker.publish(std::make_shared<const sim::Message>(sent), now);
  });
  const auto message = recorder.await_message("t");
  CHECK(message.response_topic.has_value() == world.names_filters());
  CHECK(message.correlation.has_value() == world.names_filters());
  CHECK(message.id.has_value() == world.names_filters());
  CHECK(message.retained == world.names_filters());

  Outgoing out = outgoing("out", "y");
  out.retain = true;
  out.expiry = core::seconds(60);
  out.response_topic = "back/there";
  out.correlation = "43";
  CHECK(publish_and_wait(*bus, out) == Published::acknowledged);
  world.broker().call([&](sim::VirtualBroker& broker, core::Instant) {
    const auto kept = broker.retained("out");
    REQUIRE(kept);
    CHECK(kept->expiry.has_value() == world.names_filters());
    CHECK(kept->response_topic.has_value() == world.names_filters());
    CHECK(kept->correlation.has_value() == world.names_filters());
  });
}

TEST_CASE_TEMPLATE("virtual bus: the broker's denial is seen over MQTT 5 only", World, Virtual5,
                   Virtual311) {
  sim::BrokerOptions denying;
  denying.denies = [](sim::ClientIndex, const std::string& topic, sim::Access) {
    return topic == "closed";
  };
  World world(true, denying);
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"open", "closed"});
  recorder.await_connected();
  CHECK(publish_and_wait(*bus, outgoing("closed", "x")) ==
        (world.names_filters() ? Published::refused : Published::acknowledged));
  CHECK(publish_and_wait(*bus, outgoing("open", "x")) == Published::acknowledged);
  recorder.await_message("open");
  CHECK(recorder.messages_on("closed").empty());
}

TEST_CASE_TEMPLATE("virtual bus: its will is published when it is evicted, and not at stop", World,
                   Virtual5, Virtual311) {
  World world;
  Recorder ear;
  auto listening = world.make_bus(options_for(fresh_client_id()));
  listening->start(ear.handlers(), {"will", "end"});
  ear.await_connected();

  auto options = options_for(fresh_client_id());
  options.persistent_session = false;
  options.will = outgoing("will", "gone");
  Recorder recorder;
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"a"});
  recorder.await_connected();
  // Clients have indexes in the order in which they came.
  world.broker().call([&](sim::VirtualBroker& broker, core::Instant now) {
    broker.connect({1, 1'000}, sim::Connect{}, now);
  });
  recorder.await_lost();
  recorder.await_connected(2);
  bus->stop(core::seconds(1));
  world.publish("end", "", 1, false);
  ear.await_message("end");
  CHECK(ear.messages_on("will").size() == 1);
}
