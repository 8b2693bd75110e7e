// SPDX-License-Identifier: MIT
// Joins a plane to its bus: messages are decoded and posted to the loop, what the plane says is
// encoded and published.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/wire/decode.hpp"
#include "engine/runtime/messenger.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::cli {

class BusLink final : public runtime::Messenger {
 public:
  /// `mqtt_version` as in BusOptions: 3.1.1 has no message expiry, so final statuses are cleared
  /// there instead.
  BusLink(bus::Bus& bus, wire::Mailbox mailbox, int mqtt_version);

  /// Begins to connect; the plane must outlive the bus's last callback.
  void start(runtime::Plane& plane);

  void send(runtime::Outbound message) override;
  void listen(std::vector<std::string> filters) override;

 private:
  void received(runtime::Plane& plane, bus::Received message);
  void deliver(runtime::Plane& plane, wire::Inbound inbound, const bus::Received& message);
  void refuse(runtime::Plane& plane, const wire::Refused& refused, const bus::Received& message);
  void post(runtime::Plane& plane, runtime::Inbound inbound, const bus::Received& message);
  std::vector<std::string> trigger_filters(const bus::Received& message);
  std::vector<std::string> with_mailbox(std::vector<std::string> filters) const;

  bus::Bus& bus_;
  wire::Mailbox mailbox_;
  int mqtt_version_;
  std::mutex mutex_;
  std::vector<std::string> triggers_;  ///< guarded by mutex_
};

}  // namespace antiphon::cli
