// SPDX-License-Identifier: MIT
// What waits to be published and what the broker has not answered yet. Paho stalls when its own
// window is full (a PUBACK does not wake its sender), so this one is kept smaller than the broker's
// and driven by answers. Not thread-safe: the bus holds its mutex round each call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "connectors/bus/bus.hpp"

namespace antiphon::bus {

/// More in flight carries no more messages a second, only more to send again after a loss.
inline constexpr std::size_t window_messages = 100;
/// Bytes in flight at once: what a slow link carries in some seconds, so that keep-alives still get
/// through between.
inline constexpr std::size_t window_bytes = std::size_t{512} * 1024;
/// Waiting behind the window: ten times the commands that one session may owe
/// (core::limits::in_flight). Who is refused here has a burst that belongs into the store.
inline constexpr std::size_t waiting_messages = 8'192;
/// The same in bytes: a plane is to live in a small machine.
inline constexpr std::size_t waiting_bytes = std::size_t{64} * 1024 * 1024;

using Done = std::function<void(Published)>;

/// An answer for an owner; `done` may be empty.
struct Answer {
  Done done;
  Published published = Published::unknown;
};

class SendWindow {
 public:
  struct Send {
    std::uint64_t ticket;  ///< names this publish until it is answered; never used twice
    Outgoing message;
  };

  /// A new connection, on which the broker takes at most `receive_maximum` unanswered QoS 1
  /// messages (0 counts as 1).
  void open(std::size_t receive_maximum);

  /// False: full; nothing was taken, `message` and `done` are untouched.
  bool push(Outgoing& message, Done& done);

  /// The next message that may be sent now; from here on it is in flight.
  std::optional<Send> next();
  bool may_send() const;

  /// The broker answered; nothing if the ticket is not in flight (any more).
  std::optional<Answer> answered(std::uint64_t ticket, Published published);

  /// The connection is gone: all that waited or was in flight, each once, as unknown.
  std::vector<Answer> drop_all();

  bool idle() const { return waiting_.empty() && in_flight_.empty(); }
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Waiting {
    Outgoing message;
    Done done;
  };
  struct InFlight {
    std::size_t bytes;
    Done done;
  };

  std::deque<Waiting> waiting_;
  std::map<std::uint64_t, InFlight> in_flight_;
  std::size_t waiting_bytes_ = 0;
  std::size_t in_flight_bytes_ = 0;
  std::size_t window_ = window_messages;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace antiphon::bus
