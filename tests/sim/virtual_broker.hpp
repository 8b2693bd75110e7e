// SPDX-License-Identifier: MIT
// An MQTT broker without network, thread, clock or dice: calls are what reached it from its
// clients, its outbox is what it sends. Its rules, and what it loses, are those of Mosquitto
// (protocol.md, architecture.md); it passes the contract suite of the port Bus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/virtual_packets.hpp"
#include "tests/sim/virtual_session.hpp"

namespace antiphon::sim {

enum class Access { read, write };

struct BrokerOptions {
  /// QoS 1 copies on their way to one client; its own Receive Maximum may be smaller.
  std::size_t in_flight = 20;
  /// Copies kept for one client beyond those; the next ones are dropped silently. 0: no limit.
  std::size_t queue_limit = 1'000;
  /// May this client not write, or not read, this topic? None: all is allowed. A denied write is
  /// refused in the PUBACK to an MQTT 5 client and looks like a success to a 3.1.1 client; a denied
  /// read lets the subscription stand and gives no copies.
  std::function<bool(ClientIndex, const std::string& topic, Access)> denies{};
};

/// What a killed broker loses of its file, besides all that was not yet in it.
struct Loss {
  bool sessions = false;
  bool retained = false;
};

/// Instants never decrease from call to call. Calls on a link that is not open are ignored: what a
/// client sent before it knew. Copies go out in the order of client indexes and, to one client, of
/// its subscriptions.
class VirtualBroker {
 public:
  explicit VirtualBroker(BrokerOptions options = {}) : options_(std::move(options)) {}

  // What clients do.

  /// CONNACK, then the copies that the session holds: those in flight again with DUP, then the
  /// queue. An open connection of the same client is closed; its will is published only if the
  /// session ends with it. While the broker is down: closed.
  void connect(Link link, const Connect& how, core::Instant now);

  /// SUBACK, then the retained messages of each filter, one after the other. A filter that was
  /// subscribed before is replaced.
  void subscribe(Link link, PacketId id, std::vector<Subscription> wanted, core::Instant now);

  void unsubscribe(Link link, PacketId id, const std::vector<std::string>& filters);

  /// The copies, then the PUBACK (QoS 1). A topic that no client may publish to closes the link.
  void publish(Link link, PacketId id, const MessagePtr& message, core::Instant now);

  /// The client's PUBACK for a copy; a place in its window is free.
  void acknowledge(Link link, PacketId id, core::Instant now);

  /// In good order. The will is discarded, unless the client said DISCONNECT with will.
  void disconnect(Link link, core::Instant now, bool with_will = false);

  /// The connection is gone without a word: the will is published.
  void lose(Link link, core::Instant now);

  /// Somebody publishes whose connection does not matter; nobody asks whether he may.
  void publish(const MessagePtr& message, core::Instant now);

  /// To be emptied by its reader.
  Outbox& outbox() { return outbox_; }

  // What happens to the broker.

  /// It writes its file: sessions that outlive their connection, with their copies, and the
  /// retained messages.
  void persist();

  /// In good order: wills, persist(), all links closed.
  void stop(core::Instant now);

  /// All since the last persist() is lost, what had been acknowledged too; all links are closed.
  void kill(Loss loss = {});

  /// With what its file holds. Expiry of sessions counts again from their next connection on, as
  /// with Mosquitto.
  void start();

  /// Forgets one client's session; its link is closed.
  void drop_session(ClientIndex client, core::Instant now);

  /// Counts for what comes from now on.
  void set_queue_limit(std::size_t limit) { options_.queue_limit = limit; }

  /// Sends the latest copy that the client has not acknowledged once more, with DUP. False: there
  /// is none.
  bool duplicate(ClientIndex client);

  // What a test may look at.

  bool running() const { return running_; }
  /// Null: none.
  const Session* session(ClientIndex client) const;
  /// Null: none.
  MessagePtr retained(const std::string& topic) const;
  const Drops& drops() const { return drops_; }

 private:
  struct Retained {
    MessagePtr message;
    std::optional<core::Instant> expires_at;
  };
  struct State {
    std::vector<Session> sessions;  ///< by client
    std::map<std::string, Retained, std::less<>> retained;
  };

  Flow flow(core::Instant now) { return {options_.queue_limit, now, drops_, outbox_}; }
  /// Null: the link is not open.
  Session* open_session(Link link);
  bool may(ClientIndex client, const std::string& topic, Access access);
  void close(Session& session, Closed::Why why, bool with_will, core::Instant now);
  void end_connection(Session& session, bool with_will, core::Instant now);
  void go_down();
  void copy_each(Session& session, const MessagePtr& message, core::Instant now);
  void copy_once(Session& session, const MessagePtr& message, core::Instant now);
  void give_retained(Session& session, const Route& route, core::Instant now);

  BrokerOptions options_;
  State state_;
  State file_;
  Outbox outbox_;
  Drops drops_;
  bool running_ = true;
};

}  // namespace antiphon::sim
