// SPDX-License-Identifier: MIT
// From what the runtime says to the message that the broker gets: topic, payload, QoS, retain,
// expiry.
#pragma once

#include <optional>

#include "connectors/bus/bus.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/runtime/messenger.hpp"

namespace antiphon::wire {

/// `topics` are the speaking plane's. Nothing for an answer that nobody waits for.
/// A reply or an answer over limits::reply_bytes goes out as a short `failed` or error with 413 and
/// the size. Nothing over limits::message_bytes leaves, because the broker would cut the
/// connection: an event goes out without its largest values, a status with the beginning of its
/// error; commands are bounded when they are made, and one that is larger all the same is logged
/// and dropped.
std::optional<bus::Outgoing> encode(const Topics& topics, const runtime::Outbound& outbound);

}  // namespace antiphon::wire
