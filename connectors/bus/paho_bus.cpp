// SPDX-License-Identifier: MIT
// What comes in from outside: the owner's calls, and what Paho's callbacks tell. Nothing here calls
// Paho.
#include "connectors/bus/paho_bus.hpp"

#include <spdlog/spdlog.h>

namespace antiphon::bus {

void PahoBus::start(Handlers handlers, std::vector<std::string> filters) {
  handlers_ = std::move(handlers);
  take_filters(filters);
  thread_ = std::thread([this] { run(); });
}

void PahoBus::subscribe(std::vector<std::string> filters) {
  take_filters(filters);
}

void PahoBus::take_filters(const std::vector<std::string>& filters) {
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

bool PahoBus::must_refuse(const Outgoing& message) const {
  return !topic_problem(message.topic).empty() || message.qos < 0 || message.qos > 1 ||
         (message.response_topic && !topic_problem(*message.response_topic).empty()) ||
         (payload_bytes_most_ && message.payload.size() > *payload_bytes_most_);
}

/// Taken as soon as the broker lets us in: what waited in the session arrives before the
/// subscriptions are answered, and whoever asked wants an answer.
void PahoBus::publish(Outgoing message, std::function<void(Published)> done) {
  {
    const Lock lock(mutex_);
    if (ended_) return;
    if (must_refuse(message)) {
      if (done) answers_.push_back({std::move(done), Published::refused});
    } else if (!notes_.granted || stopping_ || !window_.push(message, done)) {
      if (done) answers_.push_back({std::move(done), Published::unknown});
    }
  }
  changed_.notify_all();
}

void PahoBus::stop(core::Duration patience) {
  {
    const Lock lock(mutex_);
    if (!stopping_) stop_by_ = SteadyClock::now() + std::chrono::milliseconds(patience.ms);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

ConnectionEvents PahoBus::events() {
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

void PahoBus::deliver(Received message, const std::vector<std::uint32_t>& ids) {
  {
    const Lock lock(mutex_);
    auto recipients = subscriptions_.recipients(message.topic, ids);
    if (!recipients) return;
    message.filters = std::move(*recipients);
  }
  const Lock one_at_a_time(handlers_mutex_);
  if (handlers_.message) handlers_.message(std::move(message));
}

}  // namespace antiphon::bus
