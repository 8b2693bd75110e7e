// SPDX-License-Identifier: MIT
// The bus's own thread: it connects, subscribes, sends, hands out answers, and begins again after a
// loss.
#include "connectors/bus/paho_bus.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "connectors/bus/socket_options.hpp"

namespace antiphon::bus {
namespace {

/// Cuts Paho's lost wake-ups (up to 1 s) and keeps its receiver from the sleep of 100 ms that it
/// takes after an idle second, for five small packets a second each way.
constexpr std::chrono::milliseconds heartbeat_interval{200};
/// A connection that stood this long was a good one: the next attempts begin with the short delay
/// again. Two clients with one id evict each other at once, and so slow down.
constexpr std::chrono::seconds steady_after{5};
/// Topic, properties and header beside a payload, generously.
constexpr std::size_t packet_overhead_bytes = 1'024;

}  // namespace

void PahoBus::run() {
  std::unique_ptr<Connection> connection;
  while (true) {
    if (!connection) connection = std::make_unique<Connection>(options_, address_, events());
    const std::string reason = live_through(connection);
    Lock lock(mutex_);
    ended_ = stopping_;
    settle_answers(lock);
    if (ended_) return;
    lock.unlock();
    tell_lost(reason);
    pause_before_next_attempt();
  }
}

/// Returns why it ended. A connection that was open is gone afterwards.
std::string PahoBus::live_through(std::unique_ptr<Connection>& connection) {
  connection->attempt();
  if (open(*connection)) {
    const auto since = SteadyClock::now();
    serve(*connection);
    connected_ = false;
    if (SteadyClock::now() - since > steady_after) backoff_.reset();
  }
  Lock lock(mutex_);
  const bool used = stopping_ || notes_.granted;
  lock.unlock();
  if (used) connection.reset();
  lock.lock();
  std::string reason = notes_.closed.value_or("stopped");
  take_answered();
  notes_ = {};
  for (auto& answer : window_.drop_all()) answers_.push_back(std::move(answer));
  return reason;
}

/// From the attempt to `connected`; false if it did not come to that.
bool PahoBus::open(Connection& connection) {
  Lock lock(mutex_);
  if (!wait_settling(lock, [this] { return notes_.granted.has_value(); })) return false;
  const Granted granted = *notes_.granted;
  window_.open(granted.receive_maximum);
  payload_bytes_most_.reset();
  if (granted.packet_bytes_most) {
    payload_bytes_most_ =
        *granted.packet_bytes_most - std::min(*granted.packet_bytes_most, packet_overhead_bytes);
  }
  subscriptions_.connected(granted.subscription_identifiers);
  lock.unlock();

  set_tcp_nodelay(address_.host, address_.port);

  lock.lock();
  tell_subscriptions(connection, lock);
  if (!wait_settling(lock, [this] { return notes_.unanswered_subscriptions == 0; })) return false;
  connected_ = true;
  lock.unlock();

  told_lost_ = false;
  const Lock one_at_a_time(handlers_mutex_);
  if (handlers_.connected) handlers_.connected(granted.session_present);
  return true;
}

/// Until it is enough; false if the connection or this bus came to its end before.
bool PahoBus::wait_settling(Lock& lock, const std::function<bool()>& enough) {
  const auto ended = [this] { return notes_.closed || stopping_; };
  while (!enough() && !ended()) {
    settle_answers(lock);
    changed_.wait(lock, [&] { return enough() || ended() || !answers_.empty(); });
  }
  return !ended();
}

/// Sends and answers until the connection is gone, or stop() and nothing is left to wait for.
void PahoBus::serve(Connection& connection) {
  Lock lock(mutex_);
  last_sent_ = SteadyClock::now();
  while (!notes_.closed && !may_end()) {
    settle_answers(lock);
    if (filters_changed_) tell_subscriptions(connection, lock);
    send_what_fits(connection, lock);
    const auto until = std::min(last_sent_ + heartbeat_interval,
                                stopping_ ? stop_by_ : SteadyClock::time_point::max());
    changed_.wait_until(lock, until, [this] { return work_to_do(); });
    if (SteadyClock::now() >= last_sent_ + heartbeat_interval) beat();
  }
}

bool PahoBus::work_to_do() const {
  return notes_.closed || !notes_.answered.empty() || !answers_.empty() || filters_changed_ ||
         window_.may_send() || may_end();
}

bool PahoBus::may_end() const {
  return stopping_ && (SteadyClock::now() >= stop_by_ ||
                       (window_.idle() && answers_.empty() && notes_.answered.empty()));
}

void PahoBus::take_answered() {
  for (const auto& [ticket, published] : notes_.answered) {
    if (auto answer = window_.answered(ticket, published)) answers_.push_back(std::move(*answer));
  }
  notes_.answered.clear();
}

/// Hands every answer that has come to its owner. What a `done` publishes itself is for the next
/// turn.
void PahoBus::settle_answers(Lock& lock) {
  take_answered();
  std::deque<Answer> ready;
  ready.swap(answers_);
  lock.unlock();
  for (const auto& answer : ready) {
    if (answer.done) answer.done(answer.published);
  }
  lock.lock();
}

void PahoBus::send_what_fits(Connection& connection, Lock& lock) {
  while (!notes_.closed) {
    auto send = window_.next();
    if (!send) return;
    lock.unlock();
    connection.publish(send->ticket, std::move(send->message));
    last_sent_ = SteadyClock::now();
    lock.lock();
  }
}

void PahoBus::tell_subscriptions(Connection& connection, Lock& lock) {
  filters_changed_ = false;
  const bool named = notes_.granted->subscription_identifiers;
  const auto changes = subscriptions_.changes();
  notes_.unanswered_subscriptions += changes.subscribe.size();
  lock.unlock();
  for (const auto& filter : changes.subscribe) {
    connection.subscribe(filter, named ? std::optional(subscription_id(filter)) : std::nullopt);
  }
  for (const auto& filter : changes.unsubscribe) connection.unsubscribe(filter);
  lock.lock();
}

/// At QoS 1, because it is the answer that wakes Paho's receiver; so it takes its place in the
/// window. Refused once it is not tried again: there are brokers that cut a client for it.
void PahoBus::beat() {
  last_sent_ = SteadyClock::now();
  if (options_.heartbeat_topic.empty() || heartbeat_refused_ || stopping_) return;
  Outgoing heartbeat;
  heartbeat.topic = options_.heartbeat_topic;
  Done done = [this](Published published) {
    if (published != Published::refused || std::exchange(heartbeat_refused_, true)) return;
    spdlog::warn("the broker does not let us publish '{}': look at its access list",
                 options_.heartbeat_topic);
  };
  window_.push(heartbeat, done);
}

void PahoBus::tell_lost(const std::string& reason) {
  if (std::exchange(told_lost_, true)) return;
  const Lock one_at_a_time(handlers_mutex_);
  if (handlers_.lost) handlers_.lost(reason);
}

void PahoBus::pause_before_next_attempt() {
  const auto until = SteadyClock::now() + std::chrono::milliseconds(backoff_.next().ms);
  Lock lock(mutex_);
  while (!stopping_ && SteadyClock::now() < until) {
    settle_answers(lock);
    changed_.wait_until(lock, until, [this] { return stopping_ || !answers_.empty(); });
  }
}

}  // namespace antiphon::bus
