// SPDX-License-Identifier: MIT
// Joins a plane to its bus: messages are decoded and posted to the loop, what the plane says is
// encoded and published.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/bus/topic_tree.hpp"
#include "connectors/wire/decode.hpp"
#include "engine/runtime/loop.hpp"
#include "engine/runtime/messenger.hpp"

namespace antiphon::cli {

class BusLink final : public runtime::Messenger {
 public:
  /// `mqtt_version` as in BusOptions.
  BusLink(bus::Bus& bus, wire::Mailbox mailbox, int mqtt_version);

  /// Begins to connect, with these trigger filters; the loop must outlive the bus's last callback.
  void start(runtime::Loop& loop, std::vector<std::string> triggers);

  void send(runtime::Outbound message) override;
  void listen(std::vector<std::string> filters) override;

 private:
  void received(runtime::Loop& loop, const bus::Received& message);
  std::vector<std::string> with_mailbox(std::vector<std::string> filters) const;

  bus::Bus& bus_;
  wire::Mailbox mailbox_;
  int mqtt_version_;
  std::mutex mutex_;
  bus::TopicTree triggers_;  ///< guarded by mutex_
};

}  // namespace antiphon::cli
