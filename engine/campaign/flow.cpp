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

/// Visits from stage to stage, the nearest first.
class Spread {
 public:
  explicit Spread(const Flow& flow) : flow_(flow), seen_(flow.stages.size()) {}

  void visit(std::size_t place) {
    if (!seen_[place]) found_.push_back(place);
    seen_[place] = true;
  }

  void visit_after(std::size_t place) {
    for (const std::size_t next : flow_.after[place].stages) visit(next);
    if (!flow_.after[place].others || anywhere_) return;
    anywhere_ = true;
    for (std::size_t any = 0; any < flow_.stages.size(); ++any) visit(any);
  }

  std::vector<std::size_t> all() {
    for (std::size_t i = 0; i < found_.size(); ++i) visit_after(found_[i]);
    return std::move(found_);
  }

 private:
  const Flow& flow_;
  std::vector<std::size_t> found_;
  std::vector<bool> seen_;
  bool anywhere_ = false;
};

/// Tarjan's strongly connected components, without recursion: a campaign can be a chain of many
/// thousand stages.
class Loops {
 public:
  explicit Loops(const Flow& flow)
      : flow_(flow),
        number_(flow.stages.size()),
        low_(flow.stages.size()),
        loop_(flow.stages.size()),
        waits_(flow.stages.size()) {}

  std::vector<std::size_t> find() {
    for (std::size_t place = 0; place < number_.size(); ++place) {
      if (number_[place] == 0) walk(place);
    }
    return std::move(loop_);
  }

 private:
  struct Visit {
    std::size_t place;
    std::size_t next = 0;  ///< of its ways
  };

  void walk(std::size_t from);
  void enter(std::size_t place) {
    number_[place] = low_[place] = ++entered_;
    waiting_.push_back(place);
    waits_[place] = true;
    path_.push_back({place});
  }
  void leave(std::size_t place);

  const Flow& flow_;
  std::vector<std::size_t> number_;  ///< in which order it was entered; 0: not yet
  std::vector<std::size_t> low_;     ///< the earliest that it leads back to
  std::vector<std::size_t> loop_;    ///< named by one of its stages
  std::vector<bool> waits_;          ///< entered, and its loop is not known yet
  std::vector<std::size_t> waiting_;
  std::vector<Visit> path_;
  std::size_t entered_ = 0;
};

void Loops::walk(std::size_t from) {
  enter(from);
  while (!path_.empty()) {
    Visit& visit = path_.back();
    const auto& ways = flow_.after[visit.place].stages;
    if (visit.next == ways.size()) {
      leave(visit.place);
      continue;
    }
    const std::size_t place = visit.place;
    const std::size_t next = ways[visit.next++];
    if (number_[next] == 0) {
      enter(next);
    } else if (waits_[next]) {
      low_[place] = std::min(low_[place], number_[next]);
    }
  }
}

void Loops::leave(std::size_t place) {
  path_.pop_back();
  if (!path_.empty()) low_[path_.back().place] = std::min(low_[path_.back().place], low_[place]);
  if (low_[place] != number_[place]) return;
  std::size_t member = place;
  do {
    member = waiting_.back();
    waiting_.pop_back();
    waits_[member] = false;
    loop_[member] = place;
  } while (member != place);
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
  Spread spread(flow);
  spread.visit(from);
  return spread.all();
}

std::vector<std::size_t> following(const Flow& flow, std::size_t place) {
  Spread spread(flow);
  spread.visit_after(place);
  return spread.all();
}

std::vector<std::size_t> loops_of(const Flow& flow) {
  return Loops(flow).find();
}

}  // namespace antiphon::campaign
