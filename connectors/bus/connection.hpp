// SPDX-License-Identifier: MIT
// One connection to the broker, from the first attempt to its end: a Paho client that is connected
// only once. Paho would send what was in flight again on its next connection, a message for which
// the broker hangs up as well, for ever; what is owed is in the owner's store and is sent again
// from there. Attempts that fail share a client: Paho 1.3.12 loses the CONNECT's properties, 400
// bytes, with each one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/bus/broker_address.hpp"
#include "connectors/bus/bus.hpp"

namespace antiphon::bus {

/// What the broker's CONNACK said.
struct Granted {
  bool session_present = false;
  std::size_t receive_maximum = 65'535;
  bool subscription_identifiers = false;
  std::optional<std::size_t> packet_bytes_most{};
};

/// What a connection has to tell. The calls come on Paho's threads and under its global mutex: take
/// a note and signal, but never call the connection from inside. Only `message` may take its time;
/// the PUBACK leaves when it returns.
struct ConnectionEvents {
  std::function<void(Granted)> opened;
  std::function<void(std::string reason)> closed;  ///< or never opened
  std::function<void(std::uint64_t ticket, Published)> answered;
  std::function<void(std::string filter, std::string problem)> subscribed;  ///< no problem: empty
  std::function<void(Received, std::vector<std::uint32_t> subscription_ids)> message;
};

class Connection {
 public:
  /// `options` and `address` must outlive it.
  Connection(const BusOptions& options, const BrokerAddress& address, ConnectionEvents events);
  /// Disconnects in good order (no will) if there is still somebody to tell. No event comes after
  /// it.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Begins connecting; `opened` or `closed` follows, the latter also from inside. May be called
  /// again after `closed` if it was never opened.
  void attempt();

  /// These are for one thread, after `opened`, and without any mutex that an event takes.
  void subscribe(const std::string& filter, std::optional<std::uint32_t> subscription_id);
  void unsubscribe(const std::string& filter);
  void publish(std::uint64_t ticket, Outgoing message);

 private:
  class Paho;
  const BusOptions& options_;
  const BrokerAddress& address_;
  const ConnectionEvents events_;
  std::unique_ptr<Paho> paho_;
};

}  // namespace antiphon::bus
