// SPDX-License-Identifier: MIT
// The network between clients and the virtual broker: what is sent takes time, keeps the order of
// its connection, and is lost with it.
#pragma once

#include <functional>
#include <vector>

#include "tests/sim/agenda.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/virtual_broker.hpp"

namespace antiphon::sim {

class Net {
 public:
  using Receive = std::function<void(const Packet&)>;

  /// `now` and `agenda` are the world's.
  Net(const core::Instant& now, Agenda& agenda, std::uint64_t seed, core::Duration latency_most);

  /// A client that has no connection yet.
  ClientIndex add(Receive receive);

  // What clients do. Without a connection nothing happens.
  void connect(ClientIndex client, Connect how);
  void subscribe(ClientIndex client, std::vector<Subscription> wanted);
  void publish(ClientIndex client, PacketId id, MessagePtr message);
  void acknowledge(ClientIndex client, PacketId id);
  void disconnect(ClientIndex client);
  /// Its process is gone, and its connections with it.
  void gone(ClientIndex client);

  // What happens to them.
  /// The connection breaks; each end notices by itself, up to half a minute later.
  void cut(ClientIndex client);
  /// One direction of the client's connections is so much slower from now on.
  void clog(ClientIndex client, bool to_broker, core::Duration delay);
  /// What the client publishes next is lost on its way, and nobody is told.
  void lose_next(ClientIndex client) { clients_[client].loses_next = true; }
  bool connected(ClientIndex client) const { return clients_[client].number != 0; }

  VirtualBroker& broker() { return broker_; }
  /// Sends on what the broker has sent. To be called after everything that is done to the broker
  /// directly.
  void flush();

 private:
  struct Client {
    Receive receive;
    std::uint32_t number = 0;  ///< of its connection as it sees it; 0: none
    std::uint32_t numbers = 0;
    std::uint32_t broken = 0;  ///< the last connection that broke: nothing more passes
    core::Instant up{};        ///< when what was sent last arrives
    core::Instant down{};
    bool loses_next = false;
    core::Duration up_delay{};
    core::Duration down_delay{};
  };

  core::Instant arrival(core::Instant& last, core::Duration delay);
  void to_broker(ClientIndex client, std::function<void(Link)> arrives);
  void to_client(Sent sent);

  const core::Instant& now_;
  Agenda& agenda_;
  Dice dice_;
  core::Duration latency_most_;
  VirtualBroker broker_;
  std::vector<Client> clients_;
};

}  // namespace antiphon::sim
