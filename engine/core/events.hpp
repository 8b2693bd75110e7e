// SPDX-License-Identifier: MIT
// What happened: everything that can change a run. Each event has a handler file of its own in
// handlers/.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "engine/core/limits.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/model.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/random.hpp"
#include "engine/core/time.hpp"

namespace antiphon::core {

/// Somebody wants a run. The request's activation id is set; the slice holds the run of that id if
/// there is one, and the campaign version whose content hash this is.
struct ActivationRequested {
  ActivateRequest request;
  std::string hash;
  JsonText trigger;  ///< the message that asked for it (Activation::trigger); empty: none
  std::string author;
};

/// A command for this plane. `deadline` is by our clock. The slice holds the run of (origin, task
/// id) if there is one.
struct CommandReceived {
  PlaneName origin;
  Command command;
  Instant deadline;
};

/// A cancel for a task that `origin` gave, or will give, this plane.
struct CancelReceived {
  PlaneName origin;
  CancelCommand cancel;
};

/// A site's reply to a task of the slice's run; `site` is who may write to the topic it came on.
struct ReplyReceived {
  PlaneName site;
  Reply reply;
};

/// What the worker pool says of a local task. `attempt` and `polls`: of the work it was told to
/// start. Not yet: it wants to be started again after `wait` with `outputs` as its state, and
/// `error` says why (provider.hpp, NotYet).
struct WorkReported {
  enum class Kind { started, finished, uncertain, not_yet };
  Kind kind = Kind::finished;
  int status = 0;
  JsonText outputs;
  std::string error;
  int attempt = 1;
  int polls = 0;
  Duration wait{};
  std::optional<WorkLog> log{};
};

/// An instant that the slice's task, or (no task) its run, waited for has come.
struct DueReached {};

/// An operator's act on a run.
struct VerbRequested {
  Verb verb = Verb::cancel;
  std::string author;
  std::string reason;
  std::optional<Duration> grace{};  ///< of cancel; none: the plane's
  std::string stage{};              ///< of retry, rewind and skip, as in VerbRequest
  JsonText given{};                 ///< of skip and set, as in VerbRequest
};

/// A driver's act on a stepped run.
struct StepRequested {
  StepRequest request;
  std::string author;
};

/// Somebody approves or rejects. The slice's task is the one that is asked about, if it is clear
/// which (voting.hpp).
struct VoteGiven {
  Vote vote;
  std::string context{};
};

/// A signal to the slice's run.
struct SignalGiven {
  Signal signal;
  Duration lifetime = limits::signal_lifetime;
};

/// The site of the slice's task lost its journal: what ran there is known to nobody. Work that may
/// be done twice is owed again, and goes out with all that the shell sends to a site that comes
/// back.
struct JournalLost {};

using Event =
    std::variant<ActivationRequested, CommandReceived, CancelReceived, ReplyReceived, WorkReported,
                 DueReached, VerbRequested, StepRequested, VoteGiven, SignalGiven, JournalLost>;

/// When, and with what randomness, an event is applied.
struct Moment {
  Instant now;
  Seed seed;
};

}  // namespace antiphon::core
