// SPDX-License-Identifier: MIT
// The proxy over MQTT: a connection of its own to the config's broker, one COARequest, and the
// COAResponse with its request-id.
#pragma once

#include "connectors/proxy/question.hpp"

namespace antiphon::proxy {

/// Waits for the answer. Config: brokerAddress (tcp://, ssl://, mqtt://, mqtts:// or host:port),
/// requestTopic, responseTopic, user, password, timeoutSeconds, keepAliveSeconds. Errors: 1000 the
/// config, 10027 the request could not be sent, 500 no answer in time, else the runner's own.
core::Finished ask_over_mqtt(const Question& question);

/// `address` as Symphony's documents have it, as a URI of ours.
std::string broker_uri(const std::string& address);

}  // namespace antiphon::proxy
