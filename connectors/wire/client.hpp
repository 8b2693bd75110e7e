// SPDX-License-Identifier: MIT
// The requester's side of the protocol: requests as messages to a plane, and what that plane says
// read back into values. `topics` are always the asked plane's.
#pragma once

#include <string>

#include "connectors/bus/bus.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace antiphon::wire {

// The asker's user names the topic's last level; its reply_to, request_id and identity go into the
// payload, and the first also into the MQTT 5 properties, with the correlation.
bus::Outgoing encode(const Topics& topics, const core::ActivateRequest& request);
bus::Outgoing encode(const Topics& topics, const core::VerbRequest& request);
bus::Outgoing encode(const Topics& topics, const core::StepRequest& request);
bus::Outgoing encode(const Topics& topics, const core::VoteRequest& request);
bus::Outgoing encode(const Topics& topics, const core::SignalRequest& request);
bus::Outgoing encode(const Topics& topics, const core::ApplyRequest& request);
bus::Outgoing encode(const Topics& topics, const core::DeleteRequest& request);
bus::Outgoing encode(const Topics& topics, const core::SwitchRequest& request);
bus::Outgoing encode(const Topics& topics, const core::QueryRequest& request);

struct ReceivedAnswer {
  core::Answer answer;  ///< `body` holds all fields besides the envelope's
  std::string request_id;
};

core::Result<ReceivedAnswer> decode_answer(const bus::Received& received);
/// The run is the one of the topic.
core::Result<core::Status> decode_status(const Topics& topics, const bus::Received& received);
core::Result<core::LifeCycle> decode_event(const bus::Received& received);
core::Result<core::Presence> decode_presence(const bus::Received& received);

}  // namespace antiphon::wire
