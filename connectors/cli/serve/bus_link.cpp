// SPDX-License-Identifier: MIT
#include "connectors/cli/serve/bus_link.hpp"

#include <spdlog/spdlog.h>

#include "connectors/wire/intake.hpp"

namespace antiphon::cli {

BusLink::BusLink(bus::Bus& bus, wire::Mailbox mailbox, int mqtt_version)
    : bus_(bus), mailbox_(std::move(mailbox)), mqtt_version_(mqtt_version) {}

std::vector<std::string> BusLink::with_mailbox(std::vector<std::string> filters) const {
  const auto own = mailbox_.topics().subscriptions();
  filters.insert(filters.end(), own.begin(), own.end());
  return filters;
}

void BusLink::start(runtime::Loop& loop, std::vector<std::string> triggers) {
  triggers_ = bus::TopicTree(triggers);
  bus::Handlers handlers;
  handlers.connected = [&loop](bool session_present) {
    spdlog::info("on the bus{}", session_present ? ", session resumed" : "");
    loop.post(runtime::Connected{});
  };
  handlers.lost = [&loop](const std::string& reason) {
    spdlog::warn("no connection to the broker: {}; trying again until there is one", reason);
    loop.post(runtime::Disconnected{});
  };
  handlers.message = [this, &loop](const bus::Received& message) { received(loop, message); };
  bus_.start(std::move(handlers), with_mailbox(std::move(triggers)));
}

void BusLink::listen(std::vector<std::string> filters) {
  {
    const std::lock_guard lock(mutex_);
    if (triggers_.filters() == filters) return;
    triggers_ = bus::TopicTree(filters);
  }
  bus_.subscribe(with_mailbox(std::move(filters)));
}

void BusLink::send(runtime::Outbound message) {
  for (auto& outgoing : wire::give_out(mailbox_.topics(), message, mqtt_version_)) {
    bus_.publish(std::move(outgoing));
  }
}

/// Durable messages are acknowledged by returning, so after the commit.
void BusLink::received(runtime::Loop& loop, const bus::Received& message) {
  std::vector<wire::Arrival> arrivals;
  {
    const std::lock_guard lock(mutex_);
    arrivals = wire::take_in(mailbox_, triggers_, message);
  }
  for (wire::Arrival& arrival : arrivals) {
    if (arrival.durable) {
      loop.post_durable(std::move(arrival.inbound), std::move(arrival.delivery));
    } else {
      loop.post(std::move(arrival.inbound), std::move(arrival.delivery));
    }
  }
}

}  // namespace antiphon::cli
