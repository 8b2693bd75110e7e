// SPDX-License-Identifier: MIT
// A process with one bus, for tests that kill it: bus_client <uri> <mqtt version> <client id>
// <filter> <hold|return>. It prints "connected", and the payload and packet identifier of each
// message before its handler returns; `hold` never returns. Its will goes to "will/<client id>".
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "connectors/bus/mqtt_bus.hpp"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  antiphon::bus::BusOptions options;
  options.uri = argv[1];
  options.mqtt_version = std::atoi(argv[2]);
  options.client_id = argv[3];
  options.will.emplace();
  options.will->topic = "will/" + options.client_id;
  options.will->payload = "gone";
  const bool hold = std::string(argv[5]) == "hold";

  auto bus = antiphon::bus::make_mqtt_bus(options);
  if (!bus) return 2;
  antiphon::bus::Handlers handlers;
  handlers.connected = [](bool) { std::cout << "connected" << std::endl; };
  handlers.message = [hold](const antiphon::bus::Received& message) {
    std::cout << message.payload << " as " << message.packet_id << std::endl;
    while (hold) pause();
  };
  (*bus)->start(handlers, {argv[4]});
  std::string line;
  while (true) pause();
}
