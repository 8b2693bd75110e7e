// SPDX-License-Identifier: MIT
#include "connectors/runner/mqtt_door.hpp"

#include <spdlog/spdlog.h>

namespace antiphon::runner {

void MqttDoor::open() {
  bus::Handlers handlers;
  handlers.connected = [](bool) { spdlog::info("on the bus"); };
  handlers.lost = [](const std::string& reason) {
    spdlog::warn("no connection to the broker: {}; trying again until there is one", reason);
  };
  handlers.message = [this](const bus::Received& message) { hear(message); };
  bus_.start(std::move(handlers), {topics_.request});
}

void MqttDoor::hear(const bus::Received& message) {
  if (message.retained) {
    spdlog::warn("a retained message on {} was passed over: it was asked of nobody here",
                 message.topic);
    return;
  }
  auto read = symphony::read_request(message.payload);
  if (read.problem) {
    spdlog::warn("a question was refused: {}", read.problem->message);
    return answer(refusal(*read.problem, read.request.id));
  }
  service_.handle(std::move(read.request),
                  [this](const symphony::Response& response) { answer(response); });
}

void MqttDoor::answer(const symphony::Response& response) {
  bus_.publish({topics_.response, to_text(response), 1}, [](bus::Published published) {
    if (published == bus::Published::acknowledged) return;
    spdlog::warn("an answer did not reach the broker; whoever waits for it may ask again");
  });
}

}  // namespace antiphon::runner
