// SPDX-License-Identifier: MIT
// One client's session in the virtual broker: what it has subscribed, and the copies on their way
// to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/virtual_packets.hpp"

namespace antiphon::sim {

/// Bytes of a filter before its first wildcard.
std::size_t literal_bytes(std::string_view filter);

/// bus::matches() for a valid filter of which `literal_bytes` is known.
bool topic_matches(std::string_view filter, std::size_t literal, std::string_view topic);

/// A subscription, prepared: each message is held against each of them.
class Route {
 public:
  explicit Route(Subscription subscription);

  const SubscriptionPtr& subscription() const { return subscription_; }
  const std::string& filter() const { return subscription_->filter; }
  std::size_t literal() const { return literal_; }

  bool matches(std::string_view topic) const {
    return !differs_at_a_glance(topic) && topic_matches(filter(), literal_, topic);
  }

 private:
  /// Most topics are another plane's or of another kind: the end of the literal part shows it.
  bool differs_at_a_glance(std::string_view topic) const {
    if (topic.size() < literal_) return topic.size() + 1 < literal_;
    return literal_ >= sizeof tail_ && tail_of(topic.substr(0, literal_)) != tail_;
  }
  static std::uint64_t tail_of(std::string_view text) {
    std::uint64_t tail = 0;
    std::memcpy(&tail, text.data() + text.size() - sizeof tail, sizeof tail);
    return tail;
  }

  SubscriptionPtr subscription_;
  std::size_t literal_;
  std::uint64_t tail_ = 0;
};

/// Copies that nobody will get, and whom nobody told.
struct Drops {
  std::uint64_t full = 0;     ///< beyond the queue's limit
  std::uint64_t offline = 0;  ///< QoS 0 to nobody
  std::uint64_t expired = 0;
  std::uint64_t denied = 0;
};

/// Where the copies of a session go, and how many of them.
struct Flow {
  std::size_t queue_limit;  ///< 0: none
  core::Instant now;
  Drops& drops;
  Outbox& outbox;
};

struct Copy {
  MessagePtr message;
  SubscriptionPtr subscription;  ///< named in the copy; null: none is
  std::optional<core::Instant> expires_at{};
  PacketId id = 0;
  int qos = 1;
  bool retained = false;
};

struct Session {
  bool exists = false;
  Link link{};  ///< number 0: nobody is connected
  int version = 5;
  core::Duration expiry{};                    ///< from the end of a connection; 0: with it
  std::optional<core::Instant> expires_at{};  ///< without a connection; none: never
  std::size_t window = 0;
  MessagePtr will{};
  std::vector<Route> routes{};
  std::deque<Copy> in_flight{};  ///< in the order in which they were sent first
  std::deque<Copy> queued{};     ///< empty while the window has room and a client is there
  PacketId last_id = 0;

  bool online() const { return link.number != 0; }
};

/// A new copy: to the client, into the queue, or away.
void offer(Session& session, Copy copy, const Flow& flow);

/// The client's PUBACK; the queue moves up. An unknown id is ignored.
void acknowledge(Session& session, PacketId id, const Flow& flow);

/// A new connection: what is in flight again with DUP, then the queue.
void resume(Session& session, const Flow& flow);

/// The latest copy in flight again with DUP; false: none is in flight.
bool send_again(Session& session, Outbox& outbox);

}  // namespace antiphon::sim
