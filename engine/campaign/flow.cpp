// SPDX-License-Identifier: MIT
#include "engine/campaign/flow.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/expression/possible.hpp"

namespace antiphon::campaign {
namespace {

Ways ways_after(const Flow& flow, const core::StageSpec& stage) {
  Ways ways;
  if (stage.selector == nullptr) {
    ways.end = true;
    return ways;
  }
  const auto next = expression::possible_values(*stage.selector, &stage.inputs);
  ways.others = next.others;
  for (const core::Value& value : next.known) {
    std::string name = core::plain_text(value);
    if (name.empty()) {
      ways.end = true;
    } else if (const auto place = flow.find(name)) {
      ways.stages.push_back(*place);
    } else {
      ways.unknown.push_back(std::move(name));
    }
  }
  return ways;
}

}  // namespace

std::optional<std::size_t> Flow::find(std::string_view stage) const {
  const auto found = std::lower_bound(
      stages.begin(), stages.end(), stage,
      [](const core::StageSpec* spec, std::string_view name) { return spec->name < name; });
  if (found == stages.end() || (*found)->name != stage) return std::nullopt;
  return static_cast<std::size_t>(found - stages.begin());
}

Flow flow_of(const core::Campaign& campaign) {
  Flow flow;
  for (const auto& [name, stage] : campaign.stages) flow.stages.push_back(&stage);
  for (const core::StageSpec* stage : flow.stages) flow.after.push_back(ways_after(flow, *stage));
  flow.first = flow.find(campaign.first_stage);
  return flow;
}

std::vector<std::size_t> reachable(const Flow& flow, std::size_t from) {
  std::vector<std::size_t> found{from};
  std::vector<bool> seen(flow.stages.size());
  seen[from] = true;
  bool all = false;
  const auto visit = [&](std::size_t place) {
    if (!seen[place]) found.push_back(place);
    seen[place] = true;
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const std::size_t next : flow.after[found[i]].stages) visit(next);
    if (!flow.after[found[i]].others || all) continue;
    all = true;
    for (std::size_t place = 0; place < flow.stages.size(); ++place) visit(place);
  }
  return found;
}

}  // namespace antiphon::campaign
