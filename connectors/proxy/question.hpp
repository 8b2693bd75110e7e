// SPDX-License-Identifier: MIT
// One question to a runner: what is asked, how long its answer is waited for, and how the waiting
// is ended early.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/core/provider.hpp"
#include "engine/core/time.hpp"

namespace antiphon::proxy {

/// Ends the waiting, from any thread, once.
class StopSignal {
 public:
  void stop();
  bool stopped() const;

  /// `wake` is called when it is stopped, at once if it has been; an empty one takes the last back.
  /// No call runs any more when this returns, so `wake` must not call back.
  void on_stop(std::function<void()> wake);

 private:
  mutable std::mutex mutex_;
  bool stopped_ = false;
  std::function<void()> wake_;
};

using SteadyTime = std::chrono::steady_clock::time_point;

struct Question {
  std::string id;       ///< the request-id: the same for the same attempt of the same task
  core::Value config;   ///< the proxy's, evaluated
  std::string body;     ///< ActivationData as JSON
  SteadyTime deadline;  ///< the task's
  StopSignal& stopping;
};

/// Until when to wait, by `timeoutSeconds` and the task's deadline.
struct Wait {
  SteadyTime until;
  core::Duration timeout;    ///< as configured
  bool by_deadline = false;  ///< the task's deadline comes first
};
core::Result<Wait> wait_of(const Question& question);

/// A text of the config; missing: `otherwise`. 1000 if it is no text.
core::Result<std::string> text_in(const core::Value& config, const char* key,
                                  const char* otherwise = nullptr);
/// Whole seconds of the config, as a number or as text.
core::Result<core::Duration> seconds_in(const core::Value& config, const char* key,
                                        core::Duration otherwise);

/// What a state number and a body, as StageStatus or as text, say of the stage.
core::Finished judge_answer(int state, std::string_view body);

core::Finished failed(int status, std::string error);
core::Finished failed(const core::Error& error);
/// The task's deadline has passed.
core::Finished too_late();
/// It was stopped. `sent`: the runner may have the question.
core::Finished stopped(bool sent);

}  // namespace antiphon::proxy
