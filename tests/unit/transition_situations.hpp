// SPDX-License-Identifier: MIT
// The situations in which the table of states and events is tested: one run, its stage run, a task
// the event is about and one beside it, in every combination that the invariants let stand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/campaign.hpp"
#include "engine/core/invariants.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::test {

inline constexpr core::Instant made_at{1'000'000};
inline constexpr core::Instant turn_at{1'005'000};
inline constexpr core::Instant send_at{1'010'000};
inline constexpr core::Instant wake_at{1'020'000};
inline constexpr core::Instant deadline_at{1'030'000};

/// The attempt that the rows know; so there is an older and a newer one.
inline constexpr int known_attempt = 2;
inline constexpr int known_polls = 3;

/// Who does the task: our worker, nobody (it waits for an instant), a site, a pure function, one
/// that fails, one that says "not yet", or a provider that this program does not know. `part`: our
/// worker does one of the stage's parts, whose failure the stage tolerates.
enum class Place { worker, wait, site, pure, flaky, ask, unknown, part };

/// The other task of the stage run.
enum class Beside { nobody, failed, open };

/// What follows the stage: nothing, or a stage that is done, fails, cannot open, waits for a site,
/// waits for an instant, waits for its next attempt, is scheduled, or has more tasks than one
/// chunk. What is scheduled already, without a task, is that stage itself.
enum class Next { nothing, done, failed, broken, site, wait, retry, scheduled, wide };

struct Situation {
  std::optional<core::ActivationState> run{};
  bool commanded = false;
  bool turn = false;        ///< the run wants its turn
  bool terminated = false;  ///< it is being cancelled, and the grace is over
  bool stepped = false;
  bool awaits = false;  ///< its step
  std::optional<core::StageRunState> stage{};
  int left = 1;   ///< opening: contexts without a task
  int first = 0;  ///< settled tasks before the one that counts
  std::optional<core::TaskState> task{};
  Place place = Place::worker;
  bool idempotent = false;
  bool sends = false;       ///< is sent again at send_at
  bool wakes = false;       ///< has something to wait for until wake_at
  bool retries = false;     ///< its stage grants more attempts
  bool polls = false;       ///< its work has said "not yet" known_polls times
  bool more_polls = false;  ///< and will say so once more
  Beside beside = Beside::nobody;
  Next next = Next::nothing;

  bool alone() const { return beside == Beside::nobody && !idempotent && !retries; }
  bool is_wide() const { return left > 1 || first > 0; }
  /// Of the task that counts, among the rows.
  std::size_t task_index() const {
    return static_cast<std::size_t>(first) + (place == Place::part ? 1U : 0U);
  }
};

std::string to_text(const Situation& situation);

/// The plane "hq" with the standard providers; `parent`: it obeys the plane "above".
const core::Plane& plane(bool parent);

core::CampaignPtr campaign(const Situation& situation);

/// The rows of it; none for a run that there is not yet.
std::optional<core::RunRecord> record_of(const Situation& situation);

/// Every combination that the invariants let stand, with nothing following.
std::vector<Situation> sound_situations();

}  // namespace antiphon::test
