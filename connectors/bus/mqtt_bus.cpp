// SPDX-License-Identifier: MIT
// One thread lives through connection after connection and makes every call into Paho: Paho's
// callbacks hold Paho's global mutex, possibly for as long as a commit, so nobody else may ever
// wait for it. Callbacks only note and signal.
#include "connectors/bus/mqtt_bus.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "connectors/bus/backoff.hpp"
#include "connectors/bus/broker_address.hpp"
#include "connectors/bus/connection.hpp"
#include "connectors/bus/send_window.hpp"
#include "connectors/bus/socket_options.hpp"
#include "connectors/bus/subscriptions.hpp"
#include "engine/core/status.hpp"

namespace antiphon::bus {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Cuts Paho's lost wake-ups (up to 1 s) and keeps its receiver from the sleep of 100 ms that it
/// takes after an idle second, for five small packets a second each way.
constexpr std::chrono::milliseconds heartbeat_interval{200};
/// A connection that stood this long was a good one: the next attempts begin with the short delay
/// again. Two clients with one id evict each other at once, and so slow down.
constexpr std::chrono::seconds steady_after{5};
/// Topic, properties and header beside a payload, generously.
constexpr std::size_t packet_overhead_bytes = 1'024;

class MqttBus final : public Bus {
 public:
  MqttBus(BusOptions options, BrokerAddress address)
      : options_(std::move(options)),
        address_(std::move(address)),
        backoff_(options_.reconnect_first, options_.reconnect_most, std::random_device{}()) {}

  ~MqttBus() override { stop(core::Duration{}); }

  void start(Handlers handlers, std::vector<std::string> filters) override;
  void subscribe(std::vector<std::string> filters) override;
  void publish(Outgoing message, std::function<void(Published)> done) override;
  bool connected() const override { return connected_; }
  void stop(core::Duration patience) override;

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// What Paho's callbacks have noted about the present connection.
  struct Notes {
    std::optional<Granted> granted{};
    std::optional<std::string> closed{};
    std::size_t unanswered_subscriptions = 0;
    std::deque<std::pair<std::uint64_t, Published>> answered{};
  };

  void run();
  std::string live_through_one_connection();
  bool open(Connection& connection);
  void serve(Connection& connection);
  bool work_to_do() const;
  bool may_end() const;
  bool wait_settling(Lock& lock, const std::function<bool()>& enough);
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

void MqttBus::start(Handlers handlers, std::vector<std::string> filters) {
  handlers_ = std::move(handlers);
  take_filters(filters);
  thread_ = std::thread([this] { run(); });
}

void MqttBus::subscribe(std::vector<std::string> filters) {
  take_filters(filters);
}

void MqttBus::take_filters(const std::vector<std::string>& filters) {
  std::vector<std::string> refused;
  {
    const Lock lock(mutex_);
    refused = subscriptions_.set(filters);
    filters_changed_ = true;
  }
  changed_.notify_all();
  for (const auto& filter : refused) {
    spdlog::warn("filter '{}' {}: not subscribed", filter, filter_problem(filter));
  }
}

bool MqttBus::must_refuse(const Outgoing& message) const {
  return !topic_problem(message.topic).empty() || message.qos < 0 || message.qos > 1 ||
         (message.response_topic && !topic_problem(*message.response_topic).empty()) ||
         (payload_bytes_most_ && message.payload.size() > *payload_bytes_most_);
}

void MqttBus::publish(Outgoing message, std::function<void(Published)> done) {
  {
    const Lock lock(mutex_);
    if (ended_) return;
    if (must_refuse(message)) {
      if (done) answers_.push_back({std::move(done), Published::refused});
    } else if (!connected_ || stopping_ || !window_.push(message, done)) {
      if (done) answers_.push_back({std::move(done), Published::unknown});
    }
  }
  changed_.notify_all();
}

void MqttBus::stop(core::Duration patience) {
  {
    const Lock lock(mutex_);
    if (!stopping_) stop_by_ = SteadyClock::now() + std::chrono::milliseconds(patience.ms);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MqttBus::run() {
  while (true) {
    const std::string reason = live_through_one_connection();
    Lock lock(mutex_);
    ended_ = stopping_;
    settle_answers(lock);
    if (ended_) return;
    lock.unlock();
    tell_lost(reason);
    pause_before_next_attempt();
  }
}

/// Returns why it ended.
std::string MqttBus::live_through_one_connection() {
  std::optional<Connection> connection;
  connection.emplace(options_, address_, events());
  if (open(*connection)) {
    const auto since = SteadyClock::now();
    serve(*connection);
    connected_ = false;
    if (SteadyClock::now() - since > steady_after) backoff_.reset();
  }
  connection.reset();
  const Lock lock(mutex_);
  const auto reason = notes_.closed.value_or("stopped");
  notes_ = {};
  for (auto& answer : window_.drop_all()) answers_.push_back(std::move(answer));
  return reason;
}

ConnectionEvents MqttBus::events() {
  const auto note = [this](auto change) {
    {
      const Lock lock(mutex_);
      change();
    }
    changed_.notify_all();
  };
  ConnectionEvents events;
  events.opened = [this, note](Granted granted) { note([&] { notes_.granted = granted; }); };
  events.closed = [this, note](const std::string& reason) {
    note([&] { notes_.closed = reason; });
  };
  events.answered = [this, note](std::uint64_t ticket, Published published) {
    note([&] { notes_.answered.emplace_back(ticket, published); });
  };
  events.subscribed = [this, note](const std::string& filter, const std::string& problem) {
    note([&] { --notes_.unanswered_subscriptions; });
    if (!problem.empty()) spdlog::warn("filter '{}': {}", filter, problem);
  };
  events.message = [this](Received message, const std::vector<std::uint32_t>& ids) {
    deliver(std::move(message), ids);
  };
  return events;
}

/// From the attempt to `connected`; false if it did not come to that.
bool MqttBus::open(Connection& connection) {
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
bool MqttBus::wait_settling(Lock& lock, const std::function<bool()>& enough) {
  const auto ended = [this] { return notes_.closed || stopping_; };
  while (!enough() && !ended()) {
    settle_answers(lock);
    changed_.wait(lock, [&] { return enough() || ended() || !answers_.empty(); });
  }
  return !ended();
}

/// Sends and answers until the connection is gone, or stop() and nothing is left to wait for.
void MqttBus::serve(Connection& connection) {
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

bool MqttBus::work_to_do() const {
  return notes_.closed || !notes_.answered.empty() || !answers_.empty() || filters_changed_ ||
         window_.may_send() || may_end();
}

bool MqttBus::may_end() const {
  return stopping_ && (SteadyClock::now() >= stop_by_ ||
                       (window_.idle() && answers_.empty() && notes_.answered.empty()));
}

/// Hands every answer that has come to its owner. What a `done` publishes itself is for the next
/// turn.
void MqttBus::settle_answers(Lock& lock) {
  for (const auto& [ticket, published] : notes_.answered) {
    if (auto answer = window_.answered(ticket, published)) answers_.push_back(std::move(*answer));
  }
  notes_.answered.clear();
  std::deque<Answer> ready;
  ready.swap(answers_);
  lock.unlock();
  for (const auto& answer : ready) {
    if (answer.done) answer.done(answer.published);
  }
  lock.lock();
}

void MqttBus::send_what_fits(Connection& connection, Lock& lock) {
  while (!notes_.closed) {
    auto send = window_.next();
    if (!send) return;
    lock.unlock();
    connection.publish(send->ticket, std::move(send->message));
    last_sent_ = SteadyClock::now();
    lock.lock();
  }
}

void MqttBus::tell_subscriptions(Connection& connection, Lock& lock) {
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
/// window.
void MqttBus::beat() {
  last_sent_ = SteadyClock::now();
  if (options_.heartbeat_topic.empty() || stopping_) return;
  Outgoing heartbeat;
  heartbeat.topic = options_.heartbeat_topic;
  Done nobody_waits;
  window_.push(heartbeat, nobody_waits);
}

void MqttBus::tell_lost(const std::string& reason) {
  if (std::exchange(told_lost_, true)) return;
  const Lock one_at_a_time(handlers_mutex_);
  if (handlers_.lost) handlers_.lost(reason);
}

void MqttBus::pause_before_next_attempt() {
  const auto until = SteadyClock::now() + std::chrono::milliseconds(backoff_.next().ms);
  Lock lock(mutex_);
  while (!stopping_ && SteadyClock::now() < until) {
    settle_answers(lock);
    changed_.wait_until(lock, until, [this] { return stopping_ || !answers_.empty(); });
  }
}

void MqttBus::deliver(Received message, const std::vector<std::uint32_t>& ids) {
  {
    const Lock lock(mutex_);
    auto recipients = subscriptions_.recipients(message.topic, ids);
    if (!recipients) return;
    message.filters = std::move(*recipients);
  }
  const Lock one_at_a_time(handlers_mutex_);
  if (handlers_.message) handlers_.message(std::move(message));
}

}  // namespace

core::Result<std::unique_ptr<Bus>> make_mqtt_bus(BusOptions options) {
  namespace status = core::status;
  auto address = parse_broker_uri(options.uri);
  if (!address) return tl::unexpected(address.error());
  if (options.mqtt_version != 4 && options.mqtt_version != 5) {
    return core::failure(status::bad_config,
                         "MQTT version " + std::to_string(options.mqtt_version) + " is unknown",
                         "5, or 4 for MQTT 3.1.1");
  }
  if (options.client_id.empty()) {
    return core::failure(status::bad_config, "the client id is empty",
                         "a persistent session needs one of its own");
  }
  std::vector<std::string> topics;
  if (options.will) topics.push_back(options.will->topic);
  if (!options.heartbeat_topic.empty()) topics.push_back(options.heartbeat_topic);
  for (const auto& topic : topics) {
    if (const auto problem = topic_problem(topic); !problem.empty()) {
      return core::failure(status::bad_config, "topic '" + topic + "' " + problem);
    }
  }
  return std::make_unique<MqttBus>(std::move(options), std::move(*address));
}

}  // namespace antiphon::bus
