// SPDX-License-Identifier: MIT
// Which run's status goes out when: at most one per interval and run, the final one always, and
// only so many kept retained at the broker (docs/protocol.md, Status).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "engine/core/limits.hpp"
#include "engine/core/messages.hpp"
#include "engine/runtime/messenger.hpp"

namespace antiphon::runtime {

class Statuses {
 public:
  using Send = std::function<void(StatusOut)>;

  void offer(const core::Status& status, core::Instant now, const Send& send);

  /// Sends what waited for its interval to pass.
  void pump(core::Instant now, const Send& send);
  std::optional<core::Instant> next() const;

  /// The broker may have lost what it kept: these runs' statuses are sent, and are the retained
  /// ones from now on.
  void restart(const std::vector<core::Status>& open, const Send& send);

 private:
  struct Quiet {
    core::Instant until;
    std::optional<core::Status> waiting;
  };
  StatusOut out(const core::Status& status);

  std::map<core::ActivationId, Quiet> quiet_;
  std::set<std::pair<core::Instant, core::ActivationId>> timers_;
  std::set<core::ActivationId> retained_;
};

}  // namespace antiphon::runtime
