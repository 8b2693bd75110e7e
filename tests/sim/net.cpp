// SPDX-License-Identifier: MIT
#include "tests/sim/net.hpp"

#include <utility>

namespace antiphon::sim {
namespace {

constexpr core::Duration noticed_most = core::seconds(30);  // keep-alive and a half

}  // namespace

Net::Net(const core::Instant& now, Agenda& agenda, std::uint64_t seed, core::Duration latency_most)
    : now_(now), agenda_(agenda), dice_(seed, "net"), latency_most_(latency_most) {}

ClientIndex Net::add(Receive receive) {
  Client client;
  client.receive = std::move(receive);
  clients_.push_back(std::move(client));
  return static_cast<ClientIndex>(clients_.size() - 1);
}

/// Never before what was sent before it.
core::Instant Net::arrival(core::Instant& last, core::Duration delay) {
  const core::Duration takes{1 + dice_.below(latency_most_.ms) + delay.ms};
  last = std::max(last, now_ + takes);
  return last;
}

void Net::to_broker(ClientIndex index, std::function<void(Link)> arrives) {
  Client& client = clients_[index];
  if (client.number == 0) return;
  const Link link{index, client.number};
  agenda_.put(arrival(client.up, client.up_delay), [this, link, arrives = std::move(arrives)] {
    if (clients_[link.client].broken >= link.number) return;
    arrives(link);
    flush();
  });
}

void Net::flush() {
  Outbox sent = std::move(broker_.outbox());
  broker_.outbox().clear();
  for (Sent& one : sent) to_client(std::move(one));
}

void Net::to_client(Sent sent) {
  Client& client = clients_[sent.to.client];
  agenda_.put(arrival(client.down, client.down_delay), [this, sent = std::move(sent)] {
    Client& receiver = clients_[sent.to.client];
    if (receiver.broken >= sent.to.number || receiver.number != sent.to.number) return;
    if (std::holds_alternative<Closed>(sent.packet)) receiver.number = 0;
    receiver.receive(sent.packet);
  });
}

void Net::connect(ClientIndex index, Connect how) {
  Client& client = clients_[index];
  client.number = ++client.numbers;
  to_broker(index, [this, how = std::move(how)](Link link) { broker_.connect(link, how, now_); });
}

void Net::subscribe(ClientIndex client, std::vector<Subscription> wanted) {
  to_broker(client, [this, wanted = std::move(wanted)](Link link) {
    broker_.subscribe(link, 1, wanted, now_);
  });
}

void Net::publish(ClientIndex client, PacketId id, MessagePtr message) {
  if (std::exchange(clients_[client].loses_next, false)) return;
  to_broker(client, [this, id, message = std::move(message)](Link link) {
    broker_.publish(link, id, message, now_);
  });
}

void Net::acknowledge(ClientIndex client, PacketId id) {
  to_broker(client, [this, id](Link link) { broker_.acknowledge(link, id, now_); });
}

void Net::disconnect(ClientIndex index) {
  to_broker(index, [this](Link link) { broker_.disconnect(link, now_); });
  clients_[index].number = 0;
}

/// What it had sent arrives; then its machine says that nobody is there.
void Net::gone(ClientIndex index) {
  to_broker(index, [this](Link link) { broker_.lose(link, now_); });
  clients_[index].number = 0;
}

void Net::cut(ClientIndex index) {
  Client& client = clients_[index];
  client.loses_next = false;
  if (client.number == 0) return;
  const Link link{index, client.number};
  client.broken = link.number;
  agenda_.put(now_ + core::Duration{dice_.below(noticed_most.ms)}, [this, link] {
    broker_.lose(link, now_);
    flush();
  });
  agenda_.put(now_ + core::Duration{dice_.below(noticed_most.ms)}, [this, link] {
    Client& cut_off = clients_[link.client];
    if (cut_off.number != link.number) return;
    cut_off.number = 0;
    cut_off.receive(Closed{});
  });
}

void Net::clog(ClientIndex client, bool to_broker, core::Duration delay) {
  (to_broker ? clients_[client].up_delay : clients_[client].down_delay) = delay;
}

}  // namespace antiphon::sim
