// SPDX-License-Identifier: MIT
// What every Bus must do, in a world where a broker can be switched on and off. An implementation
// plugs in with a BusWorld of its own, named in bus_worlds.hpp.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "tests/support/await.hpp"

namespace antiphon::test {

class BusWorld {
 public:
  virtual ~BusWorld() = default;

  /// The world's own version of MQTT and address are filled in.
  virtual std::unique_ptr<bus::Bus> make_bus(bus::BusOptions options) = 0;

  virtual void start_broker() = 0;
  /// In good order: sessions and retained messages are kept.
  virtual void stop_broker() = 0;
  /// Without any order.
  virtual void kill_broker() = 0;

  /// Somebody else publishes; returns when the broker has it.
  virtual void publish(const std::string& topic, const std::string& payload, int qos,
                       bool retain) = 0;

  /// Does a copy name the filter that it came for?
  virtual bool names_filters() const = 0;
};

/// Handlers that note everything, for one life of a bus. It must outlive the bus.
class Recorder {
 public:
  /// With a `during`, that runs in each message handler, after the message was noted.
  bus::Handlers handlers(std::function<void(const bus::Received&)> during = {});

  void await_connected(std::size_t times = 1);
  void await_lost(std::size_t times = 1);
  /// The first message on `topic` that has come or comes.
  bus::Received await_message(const std::string& topic);

  std::size_t times_connected() const;
  std::vector<std::string> lost() const;
  std::vector<bus::Received> messages() const;
  std::vector<bus::Received> messages_on(const std::string& topic) const;
  bool last_session_present() const;

  /// Two handlers ran at once: never.
  bool overlapped() const { return overlapped_; }

 private:
  mutable std::mutex mutex_;
  std::size_t connected_ = 0;
  bool session_present_ = false;
  std::vector<std::string> lost_;
  std::vector<bus::Received> messages_;
  std::atomic<int> running_{0};
  std::atomic<bool> overlapped_{false};
};

/// A client id that no other test has.
std::string fresh_client_id();

bus::BusOptions options_for(const std::string& client_id);

bus::Outgoing outgoing(const std::string& topic, const std::string& payload, int qos = 1);

/// Publishes and waits for what became of it.
bus::Published publish_and_wait(bus::Bus& bus, const bus::Outgoing& message);

}  // namespace antiphon::test
