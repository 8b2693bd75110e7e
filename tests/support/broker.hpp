// SPDX-License-Identifier: MIT
// A real Mosquitto of a test's own on a free loopback port, and mosquitto_sub as an ear that hears
// independently of us.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon::test {

/// Lines of mosquitto.conf. Listener, persistence, set_tcp_nodelay and the log are added by the
/// Broker.
struct BrokerConfig {
  std::vector<std::string> global{"allow_anonymous true"};
  std::vector<std::string>
      listener{};  ///< after the `listener` line: TLS and what else belongs to it
};

/// A mosquitto_sub whose lines can be awaited. Movable, so that Broker::subscribe may return it.
class Subscription {
 public:
  explicit Subscription(const std::vector<std::string>& argv);

  /// The first line not yet passed for which `wanted` is true; all lines up to it are passed.
  /// Throws after `timeout`.
  std::string await_line(const std::function<bool(const std::string&)>& wanted,
                         std::chrono::milliseconds timeout = patience);
  /// The same for the next line that contains `text`.
  std::string await_line(const std::string& text, std::chrono::milliseconds timeout = patience);

  /// All complete lines so far, the passed ones included.
  std::vector<std::string> lines() const;

  ChildProcess& process() { return *process_; }

 private:
  std::unique_ptr<ChildProcess> process_;
  std::size_t passed_ = 0;
};

class Broker {
 public:
  /// Starts it and waits until it listens; with `started` false only the port is chosen, until
  /// start().
  explicit Broker(BrokerConfig config = {}, bool started = true);
  ~Broker() = default;
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  int port() const { return port_; }
  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  /// Where its configuration, its persistence and the tests' own files for it (passwords, ACL)
  /// live.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// What it has logged since its last start.
  std::string log() const;

  /// On the same port, with the same persistence.
  void start();
  /// In good order: it writes its persistence.
  void stop();
  void kill9();
  ChildProcess& process() { return *process_; }

  /// Runs mosquitto_pub; throws if that fails. `extra` are more of its arguments: {"-q", "1",
  /// "-r"}.
  void publish(const std::string& topic, const std::string& payload,
               const std::vector<std::string>& extra = {}) const;

  /// Runs mosquitto_sub and waits until the broker has its subscriptions. Each message is one line,
  /// "topic payload" unless `extra` has another -F.
  Subscription subscribe(const std::vector<std::string>& filters,
                         const std::vector<std::string>& extra = {}) const;

 private:
  void write_config() const;
  bool try_start();

  TempDir folder_;
  BrokerConfig config_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace antiphon::test
