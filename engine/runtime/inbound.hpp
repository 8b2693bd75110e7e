// SPDX-License-Identifier: MIT
// What reaches a plane's loop from outside, decoded and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "engine/core/messages.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::runtime {

struct FromSite {
  core::PlaneName site;  ///< who may write to the topic it came on
  std::variant<core::Reply, core::Hello> message;
  std::string topic{};
};

struct FromOrigin {
  core::PlaneName origin;
  std::variant<core::Command, core::CancelCommand, core::UnknownNotice, core::HelloAnswer> message;
  std::string topic{};
};

struct SeenPresence {
  core::PlaneName plane;
  std::optional<core::Presence> presence;  ///< none: its retained message was cleared
  bool retained = false;                   ///< it was said before we listened
};

/// A request of this plane's that the broker has kept.
struct SeenRequest {
  core::ActivationId activation;
  core::TaskId task;
};

/// A message that may not come in. It is counted and kept for people; who sent it is answered where
/// that is possible.
struct RefusedMessage {
  std::string topic;
  std::string sender;
  core::Error error;
  std::size_t size_bytes = 0;
  std::string sample;
  std::optional<core::Asker> asker{};
  struct BadCommand {
    core::PlaneName origin;
    core::TaskId id;
    int attempt = 1;
  };
  std::optional<BadCommand> command{};
};

struct Connected {};
struct Disconnected {};

using Inbound =
    std::variant<core::ActivateRequest, core::VerbRequest, core::StepRequest, core::VoteRequest,
                 core::SignalRequest, core::ApplyRequest, core::DeleteRequest, core::SwitchRequest,
                 core::QueryRequest, core::TopicMessage, core::ObjectReport, core::OriginObject,
                 FromSite, FromOrigin, SeenPresence, SeenRequest, RefusedMessage, WorkReport,
                 Connected, Disconnected>;

/// How a durable message came: what tells a redelivery from a second event (docs/protocol.md,
/// Receiving).
struct Delivery {
  bool duplicate = false;       ///< MQTT's DUP flag
  std::uint32_t packet_id = 0;  ///< MQTT's, the same when it is delivered again
  std::string fingerprint;      ///< topic and payload bytes; empty: not of the durable class
};

/// Tells a delivery without an identity from all others. Not by its bytes alone: of two equal
/// messages the first delivery of the second may be lost, and what comes then is marked as a
/// duplicate.
inline std::string same_delivery(const Delivery& delivery) {
  return "bytes\n" + std::to_string(delivery.packet_id) + "\n" + delivery.fingerprint;
}

}  // namespace antiphon::runtime
