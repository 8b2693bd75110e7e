// SPDX-License-Identifier: MIT
// Rules about where a run can go.
#include <algorithm>

#include "engine/campaign/lint/rules.hpp"
#include "engine/campaign/nearest.hpp"
#include "engine/campaign/problems.hpp"

namespace antiphon::campaign::lint {
namespace {

constexpr std::size_t listed = 5;

std::string list_of(const Flow& flow, const std::vector<std::size_t>& places) {
  std::string text;
  for (std::size_t i = 0; i < places.size() && i < listed; ++i) {
    text += (i == 0 ? "" : ", ") + flow.stages[places[i]]->name;
  }
  return places.size() > listed ? text + ", ..." : text;
}

std::string selector_path(const Flow& flow, std::size_t place) {
  return stage_path(flow.stages[place]->name) + ".stageSelector";
}

std::vector<bool> reached(const Subject& subject) {
  const Flow& flow = subject.flow;
  std::vector<bool> met(flow.stages.size());
  const auto mark = [&](std::size_t from) {
    for (const std::size_t place : reachable(flow, from)) met[place] = true;
  };
  if (flow.first) mark(*flow.first);
  for (const std::string& stage : subject.begun) {
    const auto place = flow.find(stage);
    if (place && !met[*place]) mark(*place);
  }
  return met;
}

void check_reached(const Subject& subject, const std::vector<bool>& met) {
  for (std::size_t place = 0; place < met.size(); ++place) {
    if (met[place]) continue;
    const core::StageSpec& stage = *subject.flow.stages[place];
    subject.findings.add(
        "unreachable-stage", stage.name, stage_path(stage.name),
        "no run that begins at " + in_quotes(subject.campaign.first_stage) + " gets here",
        stage.handle_errors
            ? "name it in the selector of the stage that may fail: an error goes only where that "
              "leads"
            : "name it in a stageSelector, or take it out");
  }
}

void check_names(const Subject& subject, std::size_t place) {
  const Flow& flow = subject.flow;
  const Ways& ways = flow.after[place];
  const std::string& stage = flow.stages[place]->name;
  const bool hopeless = ways.stages.empty() && !ways.end && !ways.others;
  if (hopeless && ways.unknown.empty()) {
    subject.findings.add("unknown-next-stage", stage, selector_path(flow, place),
                         "the selector can only fail", "see `antiphon eval` for what is wrong");
  }
  for (const std::string& name : ways.unknown) {
    subject.findings.add(
        "unknown-next-stage", stage, selector_path(flow, place),
        std::string("the selector ") + (hopeless ? "never names a stage: it " : "") + "can give " +
            in_quotes(name) + ", and there is no such stage",
        nearest_hint(name, subject.names, "give the name of a stage, or '' for the end"));
  }
}

/// Which stages have a way to the end; a run that fails has ended, too.
std::vector<bool> with_way_out(const Flow& flow) {
  std::vector<std::vector<std::size_t>> before(flow.stages.size());
  std::vector<std::size_t> waiting;
  std::vector<bool> out(flow.stages.size());
  for (std::size_t place = 0; place < flow.stages.size(); ++place) {
    const Ways& ways = flow.after[place];
    for (const std::size_t next : ways.stages) before[next].push_back(place);
    if (!ways.end && !ways.others && ways.unknown.empty() && !ways.stages.empty()) continue;
    out[place] = true;
    waiting.push_back(place);
  }
  while (!waiting.empty()) {
    const std::size_t place = waiting.back();
    waiting.pop_back();
    for (const std::size_t earlier : before[place]) {
      if (out[earlier]) continue;
      out[earlier] = true;
      waiting.push_back(earlier);
    }
  }
  return out;
}

bool leads_elsewhere(const Flow& flow, const std::vector<std::size_t>& part_of,
                     const std::vector<std::size_t>& part) {
  return std::any_of(part.begin(), part.end(), [&](std::size_t place) {
    const auto& next = flow.after[place].stages;
    return std::any_of(next.begin(), next.end(),
                       [&](std::size_t to) { return part_of[to] != part_of[place]; });
  });
}

/// Where there is no way out, every path leads into a loop that nothing leaves. Each such loop is
/// told once, at the first of its stages.
void check_loops(const Subject& subject, const std::vector<bool>& met) {
  const Flow& flow = subject.flow;
  const std::vector<bool> out = with_way_out(flow);
  const std::vector<std::size_t> part_of = loops_of(flow);
  std::vector<std::vector<std::size_t>> parts(flow.stages.size());
  for (std::size_t place = 0; place < flow.stages.size(); ++place) {
    if (!out[place] && met[place]) parts[part_of[place]].push_back(place);
  }
  for (const auto& part : parts) {
    if (part.empty() || leads_elsewhere(flow, part_of, part)) continue;
    subject.findings.add(
        "endless-loop", flow.stages[part.front()]->name, selector_path(flow, part.front()),
        part.size() == 1 ? "this stage can only be followed by itself"
                         : "no selector of these stages leads out: " + list_of(flow, part),
        "let one of them give '' or another stage when it is enough");
  }
}

}  // namespace

void check_flow(const Subject& subject) {
  const std::vector<bool> met = reached(subject);
  check_reached(subject, met);
  for (std::size_t place = 0; place < met.size(); ++place) check_names(subject, place);
  check_loops(subject, met);
}

}  // namespace antiphon::campaign::lint
