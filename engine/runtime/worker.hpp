// SPDX-License-Identifier: MIT
// Port: providers whose work runs outside the loop (connectors/providers). The runtime says start
// and stop after the commit that asks for it; reports come back as events.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/core/error.hpp"
#include "engine/core/model.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::runtime {

struct Work {
  core::TaskKey key;
  core::TaskId id;  ///< of this plane's task: names the run folder together with the attempt
  int attempt = 1;
  std::string provider;
  core::JsonText request;       ///< {"config", "inputs"}, secrets in plain: nobody may keep it
  core::Duration time_left;     ///< until the deadline; the work may be stopped then by itself
  bool again = false;           ///< what is known of an interrupted earlier try is cleared first
  int polls = 0;                ///< how often it has said `not_yet`; then it is begun once more
  core::JsonText poll_state{};  ///< and what with it the last time
  core::Duration most{};        ///< it may take so long from when it begins; 0: unlimited
  /// Why it cannot be begun: work that has not begun yet is finished with this.
  std::optional<core::Error> unfit{};
};

/// What became of a piece of work.
struct WorkReport {
  enum class Kind {
    started,    ///< it runs
    finished,   ///< status, outputs, error say how
    uncertain,  ///< it was begun and nobody can tell its end
    not_yet,    ///< `wait` long there is nothing to do; then start() comes again, `outputs` with it
  };
  core::TaskKey key;
  core::TaskId id;
  int attempt = 1;
  Kind kind = Kind::finished;
  int status = 0;
  core::JsonText outputs;
  std::string error;  ///< of `not_yet`: what it waits for
  int polls = 0;      ///< as the work that was started has it
  core::Duration wait{};
  std::optional<core::WorkLog> log{};  ///< what it wrote
};

class Worker {
 public:
  using Sink = std::function<void(WorkReport)>;
  virtual ~Worker() = default;

  /// Begins the work, or finds what a process before this one began: its result is reported,
  /// running work is waited for, begun and gone is `uncertain`. So recovery calls start again.
  /// Returns at once; reports come on other threads, and `started` may be missing when the end is
  /// already known.
  virtual void start(const Work& work) = 0;

  /// Ends the work and all its processes, if it runs. A report follows of all that is known here:
  /// what waited or was prepared and never begins is finished with status 20001. Of work never
  /// heard of nothing is said.
  virtual void stop(const core::TaskId& id, int attempt) = 0;

  /// The task is settled and its result stored: what was kept of it may go.
  virtual void forget(const core::TaskId& id, int attempt) = 0;

  /// No reports from now on. Running work goes on by itself and is found again by the next process.
  virtual void close() = 0;
};

}  // namespace antiphon::runtime
