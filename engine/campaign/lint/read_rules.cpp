// SPDX-License-Identifier: MIT
// Rules about what expressions read: outputs of other stages, inputs of the run.
#include <algorithm>
#include <array>
#include <map>

#include "engine/campaign/lint/rules.hpp"
#include "engine/campaign/lint/values.hpp"
#include "engine/campaign/nearest.hpp"
#include "engine/campaign/problems.hpp"
#include "engine/core/json.hpp"
#include "engine/expression/possible.hpp"

namespace antiphon::campaign::lint {
namespace {

using expression::CallSite;
using expression::Possible;

/// Steps from stage to stage that may be taken to judge the reads of one campaign. A thousand
/// stages that all read each other's outputs need a fiftieth of it; what is left beyond is not
/// judged.
constexpr std::size_t most_steps = 50'000'000;

/// Which stages can have run before which; worked out when somebody asks for the first time.
class Before {
 public:
  explicit Before(const Flow& flow) : flow_(flow) {
    if (flow.first) from_first_ = mark(reachable(flow, *flow.first));
  }

  bool begins_at_first(std::size_t place) const {
    return !from_first_.empty() && from_first_[place];
  }

  /// Can `earlier` have been visited when `later` opens? True if it would take too long to tell.
  bool possible(std::size_t earlier, std::size_t later);

 private:
  std::vector<bool> mark(const std::vector<std::size_t>& places) const {
    std::vector<bool> marked(flow_.stages.size());
    for (const std::size_t place : places) marked[place] = true;
    return marked;
  }

  const Flow& flow_;
  std::vector<bool> from_first_;
  std::map<std::size_t, std::vector<bool>> after_;  ///< by stage: those that can come after it
  std::size_t steps_ = 0;
};

bool Before::possible(std::size_t earlier, std::size_t later) {
  const Ways& ways = flow_.after[earlier];  // mostly a stage reads of the one right before it
  if (ways.others ||
      std::find(ways.stages.begin(), ways.stages.end(), later) != ways.stages.end()) {
    return true;
  }
  auto found = after_.find(earlier);
  if (found == after_.end()) {
    if (steps_ > most_steps) return true;
    const auto met = following(flow_, earlier);
    for (const std::size_t place : met) steps_ += 1 + flow_.after[place].stages.size();
    found = after_.emplace(earlier, mark(met)).first;
  }
  return found->second[later];
}

struct Reading {
  const Subject& subject;
  const core::StageSpec& stage;
  std::size_t place;
  Before& before;
  bool after_work = false;  ///< the selector is read when the stage's own outputs are there
};

/// The text that an argument is, if it can be only one.
std::optional<std::string> only_text(const Possible& values) {
  if (values.others || values.known.size() != 1) return std::nullopt;
  return core::plain_text(values.known.front());
}

/// "a, b" of the stages that can have run before.
std::string earlier_stages(Reading& reading) {
  constexpr std::size_t most = 5;
  std::string list;
  std::size_t count = 0;
  const Flow& flow = reading.subject.flow;
  for (std::size_t i = 0; i < flow.stages.size() && count <= most; ++i) {
    const bool can = reading.before.begins_at_first(i) && reading.before.possible(i, reading.place);
    if (!can || ++count > most) continue;
    list += (list.empty() ? "" : ", ") + flow.stages[i]->name;
  }
  return list.empty() ? "no stage has run before this one"
                      : "before this one can run: " + list + (count > most ? ", ..." : "");
}

void check_output(Reading& reading, const CallSite& call) {
  const Flow& flow = reading.subject.flow;
  for (const core::Value& value : call.arguments.front().known) {
    const std::string name = core::plain_text(value);
    const auto read = flow.find(name);
    const std::string field(call.field);
    if (!read) {
      reading.subject.findings.add(
          "output-of-unknown-stage", reading.stage.name, field,
          "$output reads of " + in_quotes(name) + ", and there is no such stage",
          nearest_hint(name, reading.subject.names, "name a stage of this campaign"));
      continue;
    }
    if (!reading.before.begins_at_first(reading.place)) continue;  // told by unreachable-stage
    if (reading.after_work && *read == reading.place) continue;
    if (reading.before.begins_at_first(*read) && reading.before.possible(*read, reading.place)) {
      continue;
    }
    reading.subject.findings.add("output-before-run", reading.stage.name, field,
                                 "$output reads of " + in_quotes(name) +
                                     ", which cannot have run before " +
                                     in_quotes(reading.stage.name),
                                 earlier_stages(reading));
  }
}

/// Where a text goes on into the value; elsewhere it is only looked at.
bool is_used(const CallSite& call) {
  constexpr std::array<std::string_view, 4> passing{"", "str", "json", "base64encode"};
  return std::find(passing.begin(), passing.end(), call.within) != passing.end();
}

void check_trigger(Reading& reading, const CallSite& call) {
  const auto name = only_text(call.arguments.front());
  const auto fallback = only_text(call.arguments.back());
  if (!name || !fallback || !fallback->empty() || !is_used(call)) return;
  std::vector<std::string> given;
  for (const core::TriggerSpec& trigger : reading.subject.campaign.triggers) {
    if (trigger.inputs.contains(*name)) return;
    for (const auto& [input, value] : trigger.inputs) given.push_back(input);
  }
  reading.subject.findings.add(
      "trigger-without-default", reading.stage.name, std::string(call.field),
      "$trigger(" + *name +
          ", ...) falls back to empty text, and no trigger of this campaign gives " +
          in_quotes(*name),
      nearest_hint(*name, given,
                   "give a default that can be worked with, or that is seen to be one"));
}

void check_value(Reading& reading, const Written& written) {
  reading.after_work = written.after_work;
  expression::each_call(written.value, &written.inputs, {"output", "trigger"},
                        [&](const CallSite& call) {
                          if (call.function == "output") check_output(reading, call);
                          if (call.function == "trigger") check_trigger(reading, call);
                        });
}

}  // namespace

void check_reads(const Subject& subject) {
  Before before(subject.flow);
  for (std::size_t place = 0; place < subject.flow.stages.size(); ++place) {
    const core::StageSpec& stage = *subject.flow.stages[place];
    Reading reading{subject, stage, place, before};
    each_value(stage, [&](const Written& written) { check_value(reading, written); });
  }
}

}  // namespace antiphon::campaign::lint
