// SPDX-License-Identifier: MIT
#include "tests/contracts/bus_contract.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace antiphon::test {
namespace {

/// Notices when a second handler begins before the first has ended.
class Turn {
 public:
  Turn(std::atomic<int>& running, std::atomic<bool>& overlapped) : running_(running) {
    if (++running_ > 1) overlapped = true;
  }
  ~Turn() { --running_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::atomic<int>& running_;
};

}  // namespace

bus::Handlers Recorder::handlers(std::function<void(const bus::Received&)> during) {
  bus::Handlers handlers;
  handlers.connected = [this](bool session_present) {
    const Turn turn(running_, overlapped_);
    const std::lock_guard lock(mutex_);
    ++connected_;
    session_present_ = session_present;
  };
  handlers.lost = [this](const std::string& reason) {
    const Turn turn(running_, overlapped_);
    const std::lock_guard lock(mutex_);
    lost_.push_back(reason);
  };
  handlers.message = [this, during = std::move(during)](bus::Received message) {
    const Turn turn(running_, overlapped_);
    {
      const std::lock_guard lock(mutex_);
      messages_.push_back(message);
    }
    if (during) during(message);
  };
  return handlers;
}

void Recorder::await_connected(std::size_t times) {
  await([&] { return times_connected() >= times; }, patience, "the bus is connected");
}

void Recorder::await_lost(std::size_t times) {
  await([&] { return lost().size() >= times; }, patience,
        "the bus says that its connection is lost");
}

bus::Received Recorder::await_message(const std::string& topic) {
  await([&] { return !messages_on(topic).empty(); }, patience, "a message on " + topic);
  return messages_on(topic).front();
}

std::size_t Recorder::times_connected() const {
  const std::lock_guard lock(mutex_);
  return connected_;
}

std::vector<std::string> Recorder::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::vector<bus::Received> Recorder::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<bus::Received> Recorder::messages_on(const std::string& topic) const {
  auto found = messages();
  std::erase_if(found, [&](const auto& message) { return message.topic != topic; });
  return found;
}

bool Recorder::last_session_present() const {
  const std::lock_guard lock(mutex_);
  return session_present_;
}

std::string fresh_client_id() {
  static std::atomic<int> counter{0};
  return "test-bus-" + std::to_string(getpid()) + "-" + std::to_string(++counter);
}

bus::BusOptions options_for(const std::string& client_id) {
  bus::BusOptions options;
  options.client_id = client_id;
  options.reconnect_first = core::milliseconds(10);
  options.reconnect_most = core::milliseconds(100);
  options.heartbeat_topic = "heartbeat";
  return options;
}

bus::Outgoing outgoing(const std::string& topic, const std::string& payload, int qos) {
  bus::Outgoing message;
  message.topic = topic;
  message.payload = payload;
  message.qos = qos;
  return message;
}

bus::Published publish_and_wait(bus::Bus& bus, const bus::Outgoing& message) {
  auto answer = std::make_shared<std::promise<bus::Published>>();
  auto future = answer->get_future();
  bus.publish(message, [answer](bus::Published published) { answer->set_value(published); });
  if (future.wait_for(patience) != std::future_status::ready) {
    throw std::runtime_error("no answer to a publish on " + message.topic);
  }
  return future.get();
}

}  // namespace antiphon::test
