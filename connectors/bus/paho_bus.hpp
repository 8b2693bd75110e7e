// SPDX-License-Identifier: MIT
// The bus over Paho, seen by its own sources only. One thread lives through connection after
// connection and makes every call into Paho: Paho's callbacks hold Paho's global mutex, possibly
// for as long as a commit, so nobody else may ever wait for it. Callbacks only note and signal.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/bus/backoff.hpp"
#include "connectors/bus/broker_address.hpp"
#include "connectors/bus/bus.hpp"
#include "connectors/bus/connection.hpp"
#include "connectors/bus/send_window.hpp"
#include "connectors/bus/subscriptions.hpp"

namespace antiphon::bus {

class PahoBus final : public Bus {
 public:
  PahoBus(BusOptions options, BrokerAddress address)
      : options_(std::move(options)),
        address_(std::move(address)),
        backoff_(options_.reconnect_first, options_.reconnect_most, std::random_device{}()) {}

  ~PahoBus() override { stop(core::Duration{}); }

  void start(Handlers handlers, std::vector<std::string> filters) override;
  void subscribe(std::vector<std::string> filters) override;
  void publish(Outgoing message, std::function<void(Published)> done) override;
  bool connected() const override { return connected_; }
  void stop(core::Duration patience) override;

 private:
  using SteadyClock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  /// What Paho's callbacks have noted about the present connection.
  struct Notes {
    std::optional<Granted> granted{};
    std::optional<std::string> closed{};
    std::size_t unanswered_subscriptions = 0;
    std::deque<std::pair<std::uint64_t, Published>> answered{};
  };

  void run();
  std::string live_through(std::unique_ptr<Connection>& connection);
  bool open(Connection& connection);
  void serve(Connection& connection);
  bool work_to_do() const;
  bool may_end() const;
  bool wait_settling(Lock& lock, const std::function<bool()>& enough);
  void take_answered();
  void settle_answers(Lock& lock);
  void send_what_fits(Connection& connection, Lock& lock);
  void tell_subscriptions(Connection& connection, Lock& lock);
  void beat();
  void tell_lost(const std::string& reason);
  void pause_before_next_attempt();
  void deliver(Received message, const std::vector<std::uint32_t>& ids);
  void take_filters(const std::vector<std::string>& filters);
  ConnectionEvents events();
  bool must_refuse(const Outgoing& message) const;

  const BusOptions options_;
  const BrokerAddress address_;
  Backoff backoff_;
  Handlers handlers_;
  std::thread thread_;
  std::atomic<bool> connected_{false};
  bool told_lost_ = false;
  bool heartbeat_refused_ = false;
  SteadyClock::time_point last_sent_{};

  /// Held round each call into Handlers, so that they come one at a time. Never together with
  /// mutex_.
  std::mutex handlers_mutex_;

  /// Guards what follows. Never held round a call of Paho, a handler or a `done`.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Notes notes_;
  SendWindow window_;
  Subscriptions subscriptions_;
  std::deque<Answer> answers_;  ///< at most one for each publish whose owner still waits
  std::optional<std::size_t> payload_bytes_most_;
  bool filters_changed_ = false;
  bool stopping_ = false;
  bool ended_ = false;  ///< nobody is left to call a `done`
  SteadyClock::time_point stop_by_{};
};

}  // namespace antiphon::bus
