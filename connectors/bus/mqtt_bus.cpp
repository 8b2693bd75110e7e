// SPDX-License-Identifier: MIT
// Checks the options before anything is begun with them.
#include "connectors/bus/mqtt_bus.hpp"

#include <string>
#include <utility>
#include <vector>

#include "connectors/bus/broker_address.hpp"
#include "connectors/bus/paho_bus.hpp"
#include "engine/core/status.hpp"

namespace antiphon::bus {

core::Result<std::unique_ptr<Bus>> make_mqtt_bus(BusOptions options) {
  namespace status = core::status;
  auto address = parse_broker_uri(options.uri);
  if (!address) return tl::unexpected(address.error());
  if (options.mqtt_version != 4 && options.mqtt_version != 5) {
    return core::failure(status::bad_config,
                         "MQTT version " + std::to_string(options.mqtt_version) + " is unknown",
                         "5, or 4 for MQTT 3.1.1");
  }
  if (options.client_id.empty()) {
    return core::failure(status::bad_config, "the client id is empty",
                         "a persistent session needs one of its own");
  }
  std::vector<std::string> topics;
  if (options.will) topics.push_back(options.will->topic);
  if (!options.heartbeat_topic.empty()) topics.push_back(options.heartbeat_topic);
  for (const auto& topic : topics) {
    if (const auto problem = topic_problem(topic); !problem.empty()) {
      return core::failure(status::bad_config, "topic '" + topic + "' " + problem);
    }
  }
  return std::make_unique<PahoBus>(std::move(options), std::move(*address));
}

}  // namespace antiphon::bus
