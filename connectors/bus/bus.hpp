// SPDX-License-Identifier: MIT
// Port: one client's connection to an MQTT broker. Implementations: mqtt_bus (Paho). Every
// implementation passes the same contract suite (tests/contracts/bus_contract.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/time.hpp"

namespace antiphon::bus {

/// A message as it came. Nothing in it has been checked but that MQTT itself was obeyed.
struct Received {
  std::string topic;
  std::string payload;
  int qos = 0;
  /// The broker had it stored before we subscribed; with `retain_as_published` also if it was
  /// published to be stored.
  bool retained = false;
  bool duplicate = false;  ///< MQTT's DUP flag
  /// MQTT's packet identifier; 0 at QoS 0. A redelivery has that of the first delivery (MQTT 5,
  /// 4.3.2), another message of the session another one, until 65,535 have come.
  std::uint32_t packet_id = 0;
  std::optional<std::string> response_topic;  ///< MQTT 5 only, like all below
  std::optional<std::string> correlation;
  std::optional<std::string> id;  ///< user property `id`
  /// All user properties, the first of each name; what one message may bring is MQTT's packet.
  std::map<std::string, std::string, std::less<>> properties;
  /// The filters of ours that this copy was delivered for; empty: the broker did not say
  /// (MQTT 3.1.1).
  std::vector<std::string> filters;
};

struct Outgoing {
  std::string topic;
  std::string payload;
  int qos = 1;
  bool retain = false;
  std::optional<core::Duration> expiry{};       ///< message expiry, MQTT 5 only
  std::optional<std::string> response_topic{};  ///< MQTT 5 only
  std::optional<std::string> correlation{};     ///< MQTT 5 only
};

/// What became of a publish. `unknown`: the connection or session went away before the broker
/// answered.
enum class Published { acknowledged, refused, unknown };

/// Calls into the owner. They come on the bus's own threads, one at a time, never after stop() has
/// returned.
struct Handlers {
  /// Connected and subscribed. May be called many times.
  std::function<void(bool session_present)> connected;
  /// The connection is gone, or a first attempt failed; the bus goes on trying by itself. `reason`
  /// is for people.
  std::function<void(const std::string& reason)> lost;
  /// A message. **Returning acknowledges it** (QoS 1): whoever must not lose it returns after it is
  /// safe. May block for as long as a commit takes; no other message arrives meanwhile.
  std::function<void(Received)> message;
};

struct Credentials {
  std::string user;
  std::string password;
};

struct TlsFiles {
  std::string ca;
  std::string certificate;
  std::string key;
};

struct BusOptions {
  std::string uri = "mqtt://127.0.0.1:1883";  ///< mqtt://host:port, mqtts://host:port
  std::string client_id;
  int mqtt_version = 5;  ///< 5 or 4 (3.1.1)
  bool persistent_session = true;
  core::Duration session_expiry = core::days(14);
  std::optional<Credentials> credentials{};
  std::optional<TlsFiles> tls{};
  std::optional<Outgoing> will{};  ///< topic, payload, qos and retain of it
  /// Mark also what comes live but was published to be stored (MQTT 5 only), for who judges how
  /// others publish.
  bool retain_as_published = false;
  core::Duration keep_alive = core::seconds(20);
  core::Duration reconnect_first = core::milliseconds(100);
  core::Duration reconnect_most = core::seconds(30);
  /// A topic that nobody reads; empty: none. While nothing else is sent, an empty QoS 1 message
  /// goes there every 200 ms: its answer keeps a client library awake that sleeps or misses
  /// wake-ups (Paho: 100 ms and up to 1 s). A broker that refuses it (MQTT 5 says so) is not asked
  /// again.
  std::string heartbeat_topic{};
};

class Bus {
 public:
  virtual ~Bus() = default;

  /// Begins connecting in the background, with backoff and jitter, for ever. Call once. `filters`
  /// are subscribed at each connect before `connected` is called, each distinct one with a
  /// Subscription Identifier of its own.
  virtual void start(Handlers handlers, std::vector<std::string> filters) = 0;

  /// The whole set of filters from now on; what is new is subscribed, what is gone unsubscribed.
  /// Any thread.
  virtual void subscribe(std::vector<std::string> filters) = 0;

  /// Queues the message; never blocks on the network and may be called from inside a handler.
  /// `done` is called once, on a thread of the bus, for QoS 1 when the broker answered, for QoS 0
  /// when it was handed over. A topic that could make the broker close the connection (wildcards,
  /// NUL, empty, over-long, invalid UTF-8) is refused at once and never sent. While there is no
  /// connection nothing is kept: `unknown`. Who is owed something keeps it in the store.
  virtual void publish(Outgoing message, std::function<void(Published)> done = {}) = 0;

  virtual bool connected() const = 0;

  /// Waits until what was queued has been answered, at most `patience`, then disconnects (no will)
  /// and joins its threads.
  virtual void stop(core::Duration patience) = 0;
};

/// Why `topic` may not be published to, or empty if it may.
std::string topic_problem(const std::string& topic);

/// Why `filter` may not be subscribed, or empty if it may.
std::string filter_problem(const std::string& filter);

/// Does `topic` match `filter`, by MQTT's rules ('$'-topics are not matched by a leading wildcard)?
bool matches(const std::string& filter, const std::string& topic);

/// A set of filters of which no two can match one topic, and that together match all that the given
/// ones match: for clients to which the broker does not name the subscription (protocol.md,
/// Overlapping filters).
std::vector<std::string> disjoint_cover(const std::vector<std::string>& filters);

}  // namespace antiphon::bus
