// SPDX-License-Identifier: MIT
// The contract of the port Bus about topics and filters, for each world of BUS_WORLDS.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/contracts/bus_contract.hpp"
#include "tests/contracts/bus_worlds.hpp"

using namespace antiphon::test;
using antiphon::bus::Outgoing;
using antiphon::bus::Published;

TEST_CASE_TEMPLATE(
    "bus contract: one message over three overlapping filters names each, or comes once", World,
    BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"plant/+/release", "plant/#", "plant/line/+", "end"});
  recorder.await_connected();
  world.publish("plant/line/release", "v1", 1, false);
  world.publish("end", "", 1, false);
  recorder.await_message("end");

  std::vector<std::vector<std::string>> filters;
  for (const auto& copy : recorder.messages_on("plant/line/release"))
    filters.push_back(copy.filters);
  std::sort(filters.begin(), filters.end());
  using Filters = std::vector<std::vector<std::string>>;
  CHECK(filters == (world.names_filters()
                        ? Filters{{"plant/#"}, {"plant/+/release"}, {"plant/line/+"}}
                        : Filters{{}}));
}

TEST_CASE_TEMPLATE("bus contract: what only the common cover of filters matches is not delivered",
                   World, BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"a/+/c", "a/b/+", "end"});
  recorder.await_connected();
  world.publish("a/x/y", "", 1, false);
  world.publish("a/b/y", "", 1, false);
  world.publish("end", "", 1, false);
  recorder.await_message("end");
  CHECK(recorder.messages_on("a/x/y").empty());
  CHECK(recorder.messages_on("a/b/y").size() == 1);
}

TEST_CASE_TEMPLATE("bus contract: a bad topic is refused at once, and the connection stays", World,
                   BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"bad#filter", "good"});
  recorder.await_connected();
  for (const std::string& topic :
       {std::string("a/b#"), std::string("a/+"), std::string(), std::string("a\0b", 3),
        std::string(65'536, 'x'), std::string("a\xFF"), std::string(300, '/')}) {
    CAPTURE(topic.substr(0, 20));
    CHECK(publish_and_wait(*bus, outgoing(topic, "x")) == Published::refused);
  }
  CHECK(publish_and_wait(*bus, outgoing("good", "x", 2)) == Published::refused);
  Outgoing answerable = outgoing("good", "x");
  answerable.response_topic = "no/#";
  CHECK(publish_and_wait(*bus, answerable) == Published::refused);

  CHECK(publish_and_wait(*bus, outgoing("good", "fine")) == Published::acknowledged);
  CHECK(recorder.await_message("good").payload == "fine");
  CHECK(recorder.lost().empty());
  CHECK(recorder.times_connected() == 1);
}

TEST_CASE_TEMPLATE("bus contract: new filters deliver, given up ones do not", World, BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"old", "end"});
  recorder.await_connected();
  bus->subscribe({"new", "end"});
  await(
      [&] {
        world.publish("new", "", 1, false);
        return !recorder.messages_on("new").empty();
      },
      patience, "a message for the new filter");
  world.publish("old", "", 1, false);
  world.publish("end", "", 1, false);
  recorder.await_message("end");
  CHECK(recorder.messages_on("old").empty());
}

TEST_CASE_TEMPLATE("bus contract: filters set without a connection count at the next one", World,
                   BUS_WORLDS) {
  World world(false);
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"old"});
  recorder.await_lost();
  bus->subscribe({"new"});
  world.start_broker();
  recorder.await_connected();
  world.publish("old", "", 1, false);
  world.publish("new", "", 1, false);
  recorder.await_message("new");
  CHECK(recorder.messages_on("old").empty());
}
