// SPDX-License-Identifier: MIT
#include "tests/sim/virtual_bus.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <variant>

namespace antiphon::sim {
namespace {

/// What Mosquitto says in its CONNACK.
constexpr std::size_t receive_maximum = 20;
/// As for the Paho bus: two clients with one id evict each other at once, and so slow down.
constexpr std::chrono::seconds steady_after{5};

core::Instant wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

MessagePtr as_message(bus::Outgoing from, int version) {
  Message message{std::move(from.topic), std::move(from.payload)};
  message.qos = from.qos;
  message.retain = from.retain;
  if (version == 5) {
    message.expiry = from.expiry;
    message.response_topic = std::move(from.response_topic);
    message.correlation = std::move(from.correlation);
  }
  return std::make_shared<const Message>(std::move(message));
}

Connect connect_packet(const bus::BusOptions& options) {
  Connect how;
  how.version = options.mqtt_version;
  how.clean_start = !options.persistent_session;
  if (options.persistent_session) how.session_expiry = options.session_expiry;
  if (options.will) how.will = as_message(*options.will, options.mqtt_version);
  return how;
}

bus::Received as_received(const Deliver& copy, int version) {
  bus::Received received;
  received.topic = copy.message->topic;
  received.payload = copy.message->payload;
  received.qos = copy.qos;
  received.retained = copy.retained;
  received.duplicate = copy.duplicate;
  received.packet_id = copy.id;
  if (version == 5) {
    received.response_topic = copy.message->response_topic;
    received.correlation = copy.message->correlation;
    received.id = copy.message->id;
  }
  return received;
}

}  // namespace

Link SharedBroker::open(const std::string& client_id, Receiver receiver) {
  const std::lock_guard lock(mutex_);
  const auto client = static_cast<ClientIndex>(clients_.size());
  const Link link{clients_.emplace(client_id, client).first->second, ++last_number_};
  receivers_.emplace(link, std::move(receiver));
  return link;
}

void SharedBroker::forget(Link link) {
  const std::lock_guard lock(mutex_);
  receivers_.erase(link);
}

void SharedBroker::call(const std::function<void(VirtualBroker&, core::Instant)>& act) {
  const std::lock_guard lock(mutex_);
  act(broker_, wall_now());
  for (auto& [to, packet] : broker_.outbox()) {
    const auto receiver = receivers_.find(to);
    if (receiver != receivers_.end()) receiver->second(std::move(packet));
  }
  broker_.outbox().clear();
}

VirtualBus::VirtualBus(SharedBroker& broker, bus::BusOptions options)
    : broker_(broker),
      options_(std::move(options)),
      backoff_(options_.reconnect_first, options_.reconnect_most, 1) {}

void VirtualBus::start(bus::Handlers handlers, std::vector<std::string> filters) {
  handlers_ = std::move(handlers);
  subscribe(std::move(filters));
  thread_ = std::thread([this] { run(); });
}

void VirtualBus::subscribe(std::vector<std::string> filters) {
  {
    const Lock lock(mutex_);
    subscriptions_.set(filters);
    filters_changed_ = true;
  }
  changed_.notify_all();
}

void VirtualBus::publish(bus::Outgoing message, std::function<void(bus::Published)> done) {
  const bool bad = !bus::topic_problem(message.topic).empty() || message.qos < 0 ||
                   message.qos > 1 ||
                   (message.response_topic && !bus::topic_problem(*message.response_topic).empty());
  {
    const Lock lock(mutex_);
    if (ended_) return;
    if (bad) {
      answers_.push_back({std::move(done), bus::Published::refused});
    } else if (!granted_ || stopping_ || !window_.push(message, done)) {
      answers_.push_back({std::move(done), bus::Published::unknown});
    }
  }
  changed_.notify_all();
}

void VirtualBus::stop(core::Duration patience) {
  {
    const Lock lock(mutex_);
    if (!stopping_) stop_by_ = SteadyClock::now() + std::chrono::milliseconds(patience.ms);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void VirtualBus::run() {
  Lock lock(mutex_);
  while (!stopping_) {
    live_through_connection(lock);
    for (auto& answer : window_.drop_all()) answers_.push_back(std::move(answer));
    if (stopping_) break;
    tell_lost(lock);
    pause_before_next_attempt(lock);
  }
  ended_ = true;
  settle_answers(lock);
}

void VirtualBus::live_through_connection(Lock& lock) {
  const auto since = SteadyClock::now();
  lock.unlock();
  const Link link = broker_.open(options_.client_id, [this](Packet packet) {
    const Lock receiving(mutex_);
    inbox_.push_back(std::move(packet));
    changed_.notify_all();
  });
  broker_.call([&](VirtualBroker& broker, core::Instant now) {
    broker.connect(link, connect_packet(options_), now);
  });
  lock.lock();
  link_ = link;
  while (!closed_ && !may_end()) {
    if (!do_one_thing(lock))
      changed_.wait_until(lock, stopping_ ? stop_by_ : SteadyClock::time_point::max(),
                          [this] { return work_to_do() || may_end(); });
  }
  connected_ = false;
  if (granted_ && SteadyClock::now() - since > steady_after) backoff_.reset();
  lock.unlock();
  broker_.call([&](VirtualBroker& broker, core::Instant now) { broker.disconnect(link, now); });
  broker_.forget(link);
  lock.lock();
  inbox_.clear();
  granted_.reset();
  unanswered_subscriptions_ = 0;
  closed_ = false;
}

/// False: there is nothing to do.
bool VirtualBus::do_one_thing(Lock& lock) {
  if (!answers_.empty()) {
    settle_answers(lock);
  } else if (granted_ && filters_changed_) {
    tell_subscriptions(lock);
  } else if (granted_ && !connected_ && unanswered_subscriptions_ == 0) {
    tell_connected(lock);
  } else if (!inbox_.empty()) {
    const Packet packet = std::move(inbox_.front());
    inbox_.pop_front();
    take(lock, packet);
  } else if (auto next = granted_ ? window_.next() : std::nullopt) {
    send(lock, std::move(*next));
  } else {
    return false;
  }
  return true;
}

bool VirtualBus::work_to_do() const {
  return !answers_.empty() || !inbox_.empty() ||
         (granted_ && (filters_changed_ || window_.may_send()));
}

bool VirtualBus::may_end() const {
  return stopping_ && (SteadyClock::now() >= stop_by_ || (window_.idle() && answers_.empty()));
}

/// What a `done` publishes itself is for the next turn.
void VirtualBus::settle_answers(Lock& lock) {
  std::deque<bus::Answer> ready;
  ready.swap(answers_);
  lock.unlock();
  for (const auto& answer : ready) {
    if (answer.done) answer.done(answer.published);
  }
  lock.lock();
}

void VirtualBus::tell_subscriptions(Lock& lock) {
  filters_changed_ = false;
  const bool named = options_.mqtt_version == 5;
  const auto changes = subscriptions_.changes();
  std::vector<Subscription> wanted;
  for (const auto& filter : changes.subscribe) {
    wanted.push_back({filter, named ? bus::subscription_id(filter) : 0, 1,
                      named && options_.retain_as_published});
  }
  ++unanswered_subscriptions_;
  lock.unlock();
  broker_.call([&](VirtualBroker& broker, core::Instant now) {
    broker.subscribe(link_, 0, std::move(wanted), now);
    broker.unsubscribe(link_, 0, changes.unsubscribe);
  });
  lock.lock();
}

void VirtualBus::send(Lock& lock, bus::SendWindow::Send what) {
  const auto id = static_cast<PacketId>(what.ticket);
  const auto message = as_message(std::move(what.message), options_.mqtt_version);
  lock.unlock();
  broker_.call(
      [&](VirtualBroker& broker, core::Instant now) { broker.publish(link_, id, message, now); });
  lock.lock();
  if (message->qos > 0) return;
  if (auto answer = window_.answered(what.ticket, bus::Published::acknowledged))
    answers_.push_back(std::move(*answer));
}

void VirtualBus::take(Lock& lock, const Packet& packet) {
  if (const auto* copy = std::get_if<Deliver>(&packet)) {
    deliver(lock, *copy);
  } else if (const auto* connack = std::get_if<Connack>(&packet)) {
    granted_ = *connack;
    window_.open(receive_maximum);
    subscriptions_.connected(options_.mqtt_version == 5);
    filters_changed_ = true;
  } else if (const auto* puback = std::get_if<Puback>(&packet)) {
    const bool refused = puback->reason != Reason::success;
    auto answer = window_.answered(
        puback->id, refused ? bus::Published::refused : bus::Published::acknowledged);
    if (answer) answers_.push_back(std::move(*answer));
  } else if (std::holds_alternative<Suback>(packet)) {
    --unanswered_subscriptions_;
  } else if (std::holds_alternative<Closed>(packet)) {
    closed_ = true;
  }
}

/// The broker hears of it when the handler has returned.
void VirtualBus::deliver(Lock& lock, const Deliver& copy) {
  std::vector<std::uint32_t> ids;
  if (copy.subscription) ids.push_back(copy.subscription->id);
  auto recipients = subscriptions_.recipients(copy.message->topic, ids);
  auto received = as_received(copy, options_.mqtt_version);
  lock.unlock();
  if (recipients) {
    received.filters = std::move(*recipients);
    if (handlers_.message) handlers_.message(std::move(received));
  }
  broker_.call(
      [&](VirtualBroker& broker, core::Instant now) { broker.acknowledge(link_, copy.id, now); });
  lock.lock();
}

void VirtualBus::tell_connected(Lock& lock) {
  connected_ = true;
  told_lost_ = false;
  const bool session_present = granted_->session_present;
  lock.unlock();
  if (handlers_.connected) handlers_.connected(session_present);
  lock.lock();
}

void VirtualBus::tell_lost(Lock& lock) {
  if (std::exchange(told_lost_, true)) return;
  lock.unlock();
  if (handlers_.lost) handlers_.lost("the virtual broker hung up");
  lock.lock();
}

void VirtualBus::pause_before_next_attempt(Lock& lock) {
  const auto until = SteadyClock::now() + std::chrono::milliseconds(backoff_.next().ms);
  while (!stopping_ && SteadyClock::now() < until) {
    settle_answers(lock);
    changed_.wait_until(lock, until, [this] { return stopping_ || !answers_.empty(); });
  }
}

}  // namespace antiphon::sim
