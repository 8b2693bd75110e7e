// SPDX-License-Identifier: MIT
// What travels between clients and the virtual broker: MQTT's packets as values. Nothing of a
// message is looked at but its topic, QoS, retain flag, expiry and whether it is empty.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/time.hpp"

namespace antiphon::sim {

/// Stands for an MQTT client id. Small: sessions are held in a vector by it.
using ClientIndex = std::uint32_t;

/// One network connection of a client. `number` is chosen by the world, never 0 and never the same
/// twice for one client: packets of a connection that the broker has closed are told from those of
/// the next one by it, and ignored.
struct Link {
  ClientIndex client = 0;
  std::uint32_t number = 0;
  auto operator<=>(const Link&) const = default;
};

/// MQTT's packet identifier. Those of clients are echoed only, so they may be of any size.
using PacketId = std::uint32_t;

/// Immutable once published and shared by all its copies. A copy for an MQTT 3.1.1 link has none of
/// the optional parts: its reader must not look at them.
struct Message {
  std::string topic;
  std::string payload{};
  std::shared_ptr<const void> body{};  ///< in place of bytes, for who has no use for bytes
  int qos = 1;                         ///< 0 or 1
  bool retain = false;
  std::optional<core::Duration> expiry{};
  std::optional<std::string> response_topic{};
  std::optional<std::string> correlation{};
  std::optional<std::string> id{};  ///< user property `id`
};
using MessagePtr = std::shared_ptr<const Message>;

struct Subscription {
  std::string filter;    ///< a valid one, no shared subscription
  std::uint32_t id = 0;  ///< Subscription Identifier; 0: none
  int qos = 1;
  bool retain_as_published = false;
};
using SubscriptionPtr = std::shared_ptr<const Subscription>;

/// A session that does not end by itself.
inline constexpr core::Duration for_ever{INT64_MAX};

struct Connect {
  int version = 5;  ///< 5 or 4 (3.1.1)
  /// 3.1.1: also that the session ends with the connection; otherwise it lasts for ever.
  bool clean_start = false;
  core::Duration session_expiry{};  ///< MQTT 5: from the end of the connection
  std::uint32_t receive_maximum = 65'535;
  MessagePtr will{};
};

enum class Reason { success, not_authorized };

struct Connack {
  bool session_present = false;
};
struct Suback {
  PacketId id = 0;
};
struct Unsuback {
  PacketId id = 0;
};
struct Puback {
  PacketId id = 0;
  Reason reason = Reason::success;
};
struct Deliver {
  MessagePtr message;
  /// The subscription that this copy came for; null: the broker does not say (3.1.1, or it has no
  /// identifier).
  SubscriptionPtr subscription;
  PacketId id = 0;  ///< 0 at QoS 0
  int qos = 0;
  bool duplicate = false;
  bool retained = false;
};
/// The broker closed the connection, or died, or there is none. Nothing follows on this link.
struct Closed {
  enum class Why { taken_over, malformed_topic, session_dropped, broker_down };
  Why why = Why::broker_down;
};

using Packet = std::variant<Deliver, Puback, Connack, Suback, Unsuback, Closed>;

struct Sent {
  Link to;
  Packet packet;
};

/// What the broker sent, in its order; the world takes it out and clears it.
using Outbox = std::vector<Sent>;

}  // namespace antiphon::sim
