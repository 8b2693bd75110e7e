// SPDX-License-Identifier: MIT
// The port Bus over a virtual broker, so that the broker can be held to the contract suite that the
// real one passes. One thread a bus does all: it connects, sends, and calls handlers and answers.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/bus/backoff.hpp"
#include "connectors/bus/bus.hpp"
#include "connectors/bus/send_window.hpp"
#include "connectors/bus/subscriptions.hpp"
#include "tests/sim/virtual_broker.hpp"

namespace antiphon::sim {

/// A virtual broker for buses on threads of their own; its time is the wall's.
class SharedBroker {
 public:
  explicit SharedBroker(BrokerOptions options = {}) : broker_(std::move(options)) {}

  /// Called with each packet of a link, under the broker's mutex: take it and return.
  using Receiver = std::function<void(Packet)>;

  /// A new link of this client id.
  Link open(const std::string& client_id, Receiver receiver);

  /// Nothing is received on it after this.
  void forget(Link link);

  /// What the broker answers to `act` has been received when this returns.
  void call(const std::function<void(VirtualBroker&, core::Instant now)>& act);

 private:
  std::mutex mutex_;
  VirtualBroker broker_;
  std::map<std::string, ClientIndex> clients_;
  std::map<Link, Receiver> receivers_;
  std::uint32_t last_number_ = 0;
};

class VirtualBus final : public bus::Bus {
 public:
  /// `broker` must outlive it. No library under it sleeps, so it needs no heartbeat.
  VirtualBus(SharedBroker& broker, bus::BusOptions options);
  ~VirtualBus() override { stop(core::Duration{}); }

  void start(bus::Handlers handlers, std::vector<std::string> filters) override;
  void subscribe(std::vector<std::string> filters) override;
  void publish(bus::Outgoing message, std::function<void(bus::Published)> done) override;
  bool connected() const override { return connected_; }
  void stop(core::Duration patience) override;

 private:
  using SteadyClock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  void run();
  void live_through_connection(Lock& lock);
  bool do_one_thing(Lock& lock);
  bool work_to_do() const;
  bool may_end() const;
  void settle_answers(Lock& lock);
  void tell_subscriptions(Lock& lock);
  void send(Lock& lock, bus::SendWindow::Send what);
  void take(Lock& lock, const Packet& packet);
  void deliver(Lock& lock, const Deliver& copy);
  void tell_connected(Lock& lock);
  void tell_lost(Lock& lock);
  void pause_before_next_attempt(Lock& lock);

  SharedBroker& broker_;
  const bus::BusOptions options_;
  bus::Backoff backoff_;
  bus::Handlers handlers_;
  std::thread thread_;
  std::atomic<bool> connected_{false};

  /// Guards what follows. Never held round a call of the broker, a handler or a `done`.
  std::mutex mutex_;
  std::condition_variable changed_;
  bus::SendWindow window_;
  bus::Subscriptions subscriptions_;
  std::deque<bus::Answer> answers_;  ///< at most one for each publish whose owner still waits
  bool filters_changed_ = false;
  bool stopping_ = false;
  bool ended_ = false;  ///< nobody is left to call a `done`
  bool told_lost_ = false;
  SteadyClock::time_point stop_by_{};

  // Of the present connection.
  Link link_{};
  std::deque<Packet> inbox_;
  std::optional<Connack> granted_;
  std::size_t unanswered_subscriptions_ = 0;
  bool closed_ = false;
};

}  // namespace antiphon::sim
