// SPDX-License-Identifier: MIT
// From what the runtime says to the message that the broker gets: topic, payload, QoS, retain,
// expiry.
#pragma once

#include <optional>

#include "connectors/bus/bus.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/runtime/messenger.hpp"

namespace antiphon::wire {

/// `topics` are the speaking plane's. Nothing only for an answer that nobody waits for.
/// A reply or an answer over limits::reply_bytes goes out as a short `failed` or error with 413 and
/// the size.
std::optional<bus::Outgoing> encode(const Topics& topics, const runtime::Outbound& outbound);

}  // namespace antiphon::wire
