// SPDX-License-Identifier: MIT
// The bus over Eclipse Paho: MQTT 5 and 3.1.1. No header of Paho is seen from here.
#pragma once

#include <memory>

#include "connectors/bus/bus.hpp"
#include "engine/core/error.hpp"

namespace antiphon::bus {

/// A bus that does nothing until start(), or what is wrong in the options.
///
/// Beyond the port's contract:
/// - `connected`, `lost` and every `done` come on one thread of the bus's own, `message` on Paho's.
/// A `done` may run while
///   another handler does. A handler that blocks delays this bus's sending, and the messages of
///   every other bus of the process; it never delays publish().
/// - A persistent session may bring messages before `connected`; they may be answered at once.
/// - A copy for which no filter of ours stands (any more) is acknowledged and not delivered:
/// start() with the whole set of
///   filters, or what the session kept for the others is gone.
/// - `lost` comes once until the next `connected`, however many attempts fail in between.
/// - What waits is bounded (send_window.hpp); a publish beyond it is `unknown`, as one without a
/// connection.
/// - stop() must not be called from a handler, and waits for one that runs. What is published after
/// it is dropped, without
///   a `done`.
core::Result<std::unique_ptr<Bus>> make_mqtt_bus(BusOptions options);

}  // namespace antiphon::bus
