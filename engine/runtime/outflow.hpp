// SPDX-License-Identifier: MIT
// Commands on their way: at most so many in flight to one site and in all, sent again until
// somebody says that they arrived (docs/protocol.md, Re-sending). Keeps in memory only what is in
// flight; the backlog is the store's unsettled rows.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "engine/core/effects.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/random.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

class Outflow {
 public:
  using Send = std::function<void(const core::PlaneName& site, const core::Task& task)>;
  explicit Outflow(core::Seed seed) : draws_(seed) {}

  /// A fresh task of the site. True: send it now, it counts as in flight; false: it stays in the
  /// site's backlog.
  bool take(const core::PlaneName& site, const core::TaskId& task, core::Instant now);
  /// The same for a further attempt of a task, which may be older than others that were sent.
  bool take_again(const core::PlaneName& site, const core::TaskId& task, core::Instant now);

  /// The site has it, or it is settled.
  void arrived(const core::PlaneName& site, const core::TaskId& task);

  /// Everything the site is owed goes out again, from the first on: it said hello, or we came
  /// (back) to the bus.
  void restart(const core::PlaneName& site);

  void presence(const core::PlaneName& site, bool online);

  /// Sends what is due again and what the backlogs hold, as far as the windows allow.
  void pump(store::Transaction& rows, core::Instant now, const Send& send);

  /// Something waits for room.
  bool has_backlog() const { return !backlogs_.empty() && counted_ < core::limits::in_flight; }

  void each_flight(const std::function<void(const core::PlaneName& site, const core::TaskId& task)>&
                       visit) const;

  /// When pump wants to be called next, if nothing else happens.
  std::optional<core::Instant> next() const;

 private:
  struct Flight {
    core::Instant again;
    int sends = 0;
    bool counted = true;  ///< an unanswered repeat no longer holds back other sites
  };
  struct Lane {
    std::map<core::TaskId, Flight> flights;
    std::optional<core::TaskId> last;  ///< of the backlog, what was sent last
    bool backlog = false;
    std::set<core::TaskId> passed;  ///< have to be sent, and `last` may lie behind them
    bool online = false;
  };

  void fly(const core::PlaneName& site, Lane& lane, const core::TaskId& task, core::Instant now);
  void drop(Lane& lane, std::map<core::TaskId, Flight>::iterator flight);
  void repeat_due(store::Transaction& rows, core::Instant now, const Send& send);
  void pull_passed(const core::PlaneName& site, Lane& lane, store::Transaction& rows,
                   core::Instant now, const Send& send);
  void pull(const core::PlaneName& site, Lane& lane, store::Transaction& rows, core::Instant now,
            const Send& send);
  std::size_t room(const Lane& lane) const;

  core::Draws draws_;
  std::map<core::PlaneName, Lane> lanes_;
  std::set<std::tuple<core::Instant, core::PlaneName, core::TaskId>> timers_;
  std::set<core::PlaneName> backlogs_;
  std::size_t counted_ = 0;
};

}  // namespace antiphon::runtime
