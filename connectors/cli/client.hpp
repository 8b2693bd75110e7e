// SPDX-License-Identifier: MIT
// The requester: one connection to the broker, on which requests to a plane are answered and its
// messages are watched.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/cli/client_options.hpp"
#include "connectors/wire/client.hpp"
#include "engine/core/messages.hpp"

namespace antiphon::cli {

/// Why a command cannot go on, with the exit code that says so.
struct Failure {
  int exit_code;
  core::Error error;
  core::JsonText body{};  ///< what a plane said besides, an object; empty: nothing
};

template <class T>
using Reached = tl::expected<T, Failure>;

/// Why the broker could not be reached: it refused us, or (`reason` empty) did not answer.
Failure no_connection(const std::string& reason, const ClientOptions& options);

/// Whether `reason`, as the bus gives it, is the broker's own no: asking again changes nothing.
bool is_refusal(const std::string& reason);

class Client {
 public:
  /// Connects and subscribes the user's answers and `filters`; fails when the broker refuses us or
  /// does not answer in time. A connection that is lost later, and its return, are said on stderr.
  static Reached<std::unique_ptr<Client>> connect(const ClientOptions& options,
                                                  std::vector<std::string> filters = {});
  ~Client();

  const wire::Topics& topics() const { return topics_; }
  const core::UserName& user() const { return user_; }

  /// Sends the request and waits for its answer. An answer with a status of 400 and more is a
  /// Failure: refused; so is a request that the broker does not let through.
  template <class Request>
  Reached<core::Answer> ask(Request request) {
    request.asker = next_asker();
    return wait_for_answer(wire::encode(topics_, request), request.asker.request_id);
  }

  /// The next message on one of the filters given to connect; none after `patience`.
  std::optional<bus::Received> next(core::Duration patience);

 private:
  Client(wire::Topics topics, core::UserName user, core::Duration timeout);
  core::Asker next_asker();
  Reached<core::Answer> wait_for_answer(bus::Outgoing request, const std::string& id);
  void received(bus::Received message);
  void connected();
  void lost(const std::string& reason);
  Failure no_answer(const std::string& topic) const;
  void published(int request, bus::Published what);

  wire::Topics topics_;
  core::UserName user_;
  core::Duration timeout_;
  std::string broker_;
  std::string session_;  ///< names this process in its answer topics
  int requests_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false;  ///< it was at least once
  std::string lost_;        ///< why the last connection went away, or never came
  bus::Published published_ = bus::Published::acknowledged;  ///< the last request
  std::deque<bus::Received> messages_;
  std::optional<wire::ReceivedAnswer> answer_;

  std::unique_ptr<bus::Bus> bus_;  ///< last: its threads call into the rest
};

/// "antiphon: what (hint)" on stderr, as JSON on stdout with --json; gives the exit code.
int report(const Failure& failure, const ClientOptions& options);

}  // namespace antiphon::cli
