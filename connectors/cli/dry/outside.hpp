// SPDX-License-Identifier: MIT
// All that is outside of a plane, played from a script: sites, workers, and time that passes only
// when nothing is left to do.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/campaign/answers.hpp"
#include "engine/core/provider.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/inbox.hpp"
#include "engine/runtime/messenger.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::cli::dry {

/// The same providers, but those that the answers are for are a worker's, whatever they are: what
/// is outside can be answered for.
core::Providers worked_outside(const core::Providers& real, const core::Campaign& campaign,
                               const campaign::Answers& answers);

/// Stages, each with the key of its task or, for its provider, an empty one.
using Answered = std::set<std::pair<std::string, std::string>>;

class Outside final : public runtime::Messenger, public runtime::Worker, public runtime::Clock {
 public:
  using Tell = std::function<void(const core::LifeCycle&)>;

  /// `real` are the providers as they are; of these the pure ones do what no answer is given for.
  /// All but `tell` outlive this.
  Outside(const core::Campaign& campaign, const campaign::Answers& answers,
          const core::Providers& real, const core::PlaneName& self, core::Instant begin, Tell tell)
      : campaign_(campaign),
        answers_(answers),
        real_(real),
        self_(self),
        begin_(begin),
        now_(begin),
        tell_(std::move(tell)) {}

  core::Instant now() const { return now_; }
  void advance_to(core::Instant at) { now_ = at; }
  /// When something arrives next.
  std::optional<core::Instant> next() const;
  /// What has arrived by now, in order.
  std::vector<runtime::Envelope> arrived();

  /// The answer to what was asked last.
  const std::optional<core::Answer>& answer() const { return answer_; }
  /// The work for which there is no answer; nothing more is answered after it.
  const std::optional<core::Error>& missing() const { return missing_; }
  const Answered& answered() const { return answered_; }

  // The ports.
  void send(runtime::Outbound message) override;
  void listen(std::vector<std::string>) override {}
  void start(const runtime::Work& work) override;
  void stop(const core::TaskId& id, int attempt) override;
  void forget(const core::TaskId&, int) override {}
  void close() override {}
  core::Instant wall() override { return begin_; }
  core::Duration monotonic() override { return now_ - begin_; }

 private:
  struct Piece;  ///< of work
  struct Ending {
    core::Finished finished{};
    core::Duration delay{};
    bool never = false;
  };
  struct Visit {
    std::string stage;
    std::int64_t number = 0;  ///< of this stage, from 1
  };

  void note(const core::LifeCycle& event);
  void command(const core::PlaneName& site, const core::Command& command);
  std::optional<Ending> end_of(const Piece& piece);
  std::optional<Ending> really_done(const Piece& piece);
  core::Error no_answer(const Piece& piece) const;
  std::string task_of(const core::TaskKey& key, const Visit& visit) const;
  void later(core::Duration delay, runtime::Inbound inbound);
  void reply(const core::PlaneName& site, const core::Command& command, core::Duration delay,
             core::Reply reply);

  const core::Campaign& campaign_;
  const campaign::Answers& answers_;
  const core::Providers& real_;
  const core::PlaneName& self_;
  core::Instant begin_;
  core::Instant now_;
  Tell tell_;
  std::multimap<core::Instant, runtime::Inbound> agenda_;  ///< of one instant, in order
  std::map<std::int64_t, Visit> visits_;                   ///< by stage run
  std::map<std::string, std::int64_t> visited_;            ///< how often a stage was
  std::map<std::pair<core::TaskId, int>, core::TaskKey> working_;
  std::set<std::pair<core::TaskId, int>> commanded_;
  Answered answered_;
  std::optional<core::Answer> answer_;
  std::optional<core::Error> missing_;
};

}  // namespace antiphon::cli::dry
