// SPDX-License-Identifier: MIT
#include "engine/runtime/usual_times.hpp"

#include <algorithm>

namespace antiphon::runtime {
namespace {

constexpr int runs_looked_at = 30;
constexpr int visits_looked_at = 200;  ///< of one run
constexpr std::size_t least_visits = 3;
constexpr std::int64_t times_longer = 3;
constexpr core::Duration least_wait = core::seconds(10);

}  // namespace

UsualTimes::Times UsualTimes::times_of(const std::string& campaign) {
  Times times;
  for (const core::Activation& run : reader_.activations(
           {campaign, std::string(core::to_text(core::ActivationState::done)), false},
           {"", runs_looked_at})) {
    for (const core::StageRun& visit : reader_.history(run.id, {"", visits_looked_at})) {
      if (!visit.ended_at) continue;
      times[visit.stage].push_back(
          (*visit.ended_at - visit.begins_at.value_or(visit.opened_at)).ms);
    }
  }
  return times;
}

std::optional<core::Duration> UsualTimes::usual(const std::string& campaign,
                                                const std::string& stage) {
  auto known = known_.find(campaign);
  if (known == known_.end()) known = known_.emplace(campaign, times_of(campaign)).first;
  const auto found = known->second.find(stage);
  if (found == known->second.end() || found->second.size() < least_visits) return std::nullopt;
  auto& times = found->second;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return core::Duration{*middle};
}

std::optional<UsualTimes::Wait> UsualTimes::stuck(const core::Activation& run, core::Instant now) {
  if (run.state != core::ActivationState::running || run.run == 0) return std::nullopt;
  const auto visits = reader_.history(run.id, {std::to_string(run.run - 1), 1});
  if (visits.empty() || visits.front().ended_at) return std::nullopt;
  const core::StageRun& visit = visits.front();
  if (visit.state == core::StageRunState::scheduled) return std::nullopt;
  const core::Instant since = visit.begins_at.value_or(visit.opened_at);
  if ((now - since) <= least_wait) return std::nullopt;
  const auto usually = usual(run.campaign.text(), visit.stage);
  if (!usually || (now - since).ms <= times_longer * usually->ms) return std::nullopt;
  return Wait{since, *usually};
}

}  // namespace antiphon::runtime
