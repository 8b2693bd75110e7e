// SPDX-License-Identifier: MIT
// What the shell is asked to do, after the commit. Each effect names the row it is repeated from
// when a crash ate it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/messages.hpp"
#include "engine/core/model.hpp"
#include "engine/core/object.hpp"

namespace antiphon::core {

/// From the unsettled task row with a site. `repeat`: the task was sent before.
struct SendCommand {
  PlaneName site;
  Command command;
  bool repeat = false;
};

/// From the task row in state cancelling.
struct SendCancel {
  PlaneName site;
  CancelCommand cancel;
};

/// From the commanded activation's row: the origin asks again. Journal, boot and `at` are the
/// shell's to fill in.
struct SendReply {
  PlaneName origin;
  Reply reply;
};

/// From the unsettled local task row whose provider is a worker's. `attempt`: tasks.hpp,
/// work_attempt.
struct StartWork {
  TaskKey key;
  TaskId id;
  int attempt = 1;
  std::string provider;
  JsonText request;
  Duration time_left;
  bool again = false;
  int polls = 0;          ///< how often it has said "not yet"
  JsonText poll_state{};  ///< and what with it the last time
  Duration most{};        ///< it may take so long from when it begins; 0: unlimited
};

/// From the task row in state cancelling, or the deadline that the work keeps by itself.
struct StopWork {
  TaskKey key;
  TaskId id;
  int attempt = 1;
};

/// Lossy: a run folder that stays behind costs disk only.
struct ForgetWork {
  TaskKey key;
  TaskId id;
  int attempt = 1;
};

/// The site has this task (or it is settled): nothing of it is in flight any more. Recomputed at
/// start.
struct Arrived {
  PlaneName site;
  TaskId id;
};

/// From the activation row while it is open; the final one is lossy (`antiphon get` has it).
struct PublishStatus {
  Status status;
};

/// An object has changed or is gone. From its row, after each connect.
struct PublishObject {
  Object object;
};

/// What people are asked, while the task waits for their votes; empty: they no longer are. From the
/// waiting task's row, after each connect.
struct PublishRequest {
  ActivationId activation;
  TaskId task;
  JsonText request;  ///< an object
};

/// Lossy: a crash may eat it.
struct PublishOnce {
  std::string topic;
  JsonText payload;
};

/// Lossy by declaration.
struct Publish {
  LifeCycle event;
};

using Effect =
    std::variant<SendCommand, SendCancel, SendReply, StartWork, StopWork, ForgetWork, Arrived,
                 PublishStatus, PublishObject, PublishRequest, PublishOnce, Publish>;

/// All that came of an event.
struct Outcome {
  std::vector<Effect> effects;
  /// For who asked; only requests have one.
  std::optional<Answer> answer{};
  /// Why the event changed nothing though it should not have been sent (forged, too late to be a
  /// repeat); to be counted.
  std::optional<Error> refused{};
};

}  // namespace antiphon::core
