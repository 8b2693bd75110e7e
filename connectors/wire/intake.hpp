// SPDX-License-Identifier: MIT
// From a message as it came to what a plane is told of it, and how it has to be received
// (docs/protocol.md, Receiving); and from what a plane says to the messages that carry it.
#pragma once

#include <string>
#include <vector>

#include "connectors/bus/topic_tree.hpp"
#include "connectors/wire/decode.hpp"
#include "engine/runtime/inbound.hpp"
#include "engine/runtime/messenger.hpp"

namespace antiphon::wire {

struct Arrival {
  runtime::Inbound inbound;
  runtime::Delivery delivery{};
  /// It may be acknowledged to the broker only when what became of it is committed. Otherwise who
  /// sent it asks again.
  bool durable = false;
};

/// Empty if the message is nothing for this plane. `triggers`: the filters that it subscribed for
/// its triggers.
std::vector<Arrival> take_in(const Mailbox& mailbox, const bus::TopicTree& triggers,
                             const bus::Received& message);

/// The messages to publish, in their order. `mqtt_version` as in BusOptions: 3.1.1 has no message
/// expiry, so a final status that was retained is cleared there instead.
std::vector<bus::Outgoing> give_out(const Topics& topics, const runtime::Outbound& message,
                                    int mqtt_version);

}  // namespace antiphon::wire
