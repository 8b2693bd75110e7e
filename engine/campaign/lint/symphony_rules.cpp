// SPDX-License-Identifier: MIT
// Notes on what behaves here otherwise than in Symphony 0.49, so that nobody who moves a campaign
// has to find it out.
#include <algorithm>
#include <array>

#include "engine/campaign/lint/rules.hpp"
#include "engine/campaign/lint/values.hpp"
#include "engine/campaign/problems.hpp"
#include "engine/core/json.hpp"
#include "engine/expression/possible.hpp"

namespace antiphon::campaign::lint {
namespace {

constexpr std::string_view rule = "differs-from-symphony";

/// Ends the advice where the campaign can have Symphony's value instead. Campaigns that ask for it
/// are not told of what is then the same.
constexpr const char* or_compat = "; with `compat: symphony-0.49` in `spec` it is as there";

/// The value of an input that no run changes.
std::optional<core::Value> constant_input(const core::TemplateMap& inputs, std::string_view name) {
  const auto input = inputs.find(name);
  if (input == inputs.end()) return std::nullopt;
  const auto values = expression::possible_values(*input->second, &inputs);
  if (values.others || values.known.size() != 1) return std::nullopt;
  return values.known.front();
}

/// `path` is of the stage, or of the task, that delays.
void check_delay(const Subject& subject, const core::StageSpec& stage, const std::string& path,
                 const core::TemplateMap& inputs) {
  const auto wait = constant_input(inputs, "delay");
  if (!wait || !wait->is_number()) return;
  subject.findings.add(rule, stage.name, child_path(path + ".inputs", "delay"),
                       "a number is seconds; Symphony does not wait for a number at all",
                       "written as text, '" + core::plain_text(*wait) + "s', it waits in both");
}

void check_delays(const Subject& subject, const core::StageSpec& stage) {
  if (stage.provider == "delay") {
    check_delay(subject, stage, stage_path(stage.name), stage.inputs);
  }
  for (std::size_t i = 0; i < stage.tasks.size(); ++i) {
    const core::PartSpec& part = stage.tasks[i];
    if (part.provider != "delay") continue;
    check_delay(subject, stage, part_path(stage.name, i), part.inputs);
  }
}

void check_status(const Subject& subject, const core::StageSpec& stage) {
  if (stage.provider != "mock" || subject.campaign.compat) return;
  const auto status = constant_input(stage.inputs, "status");
  constexpr std::array<std::string_view, 4> successes{"201", "202", "204", "9996"};
  const std::string text = status ? core::plain_text(*status) : "";
  if (std::find(successes.begin(), successes.end(), text) == successes.end()) return;
  subject.findings.add(rule, stage.name, child_path(stage_path(stage.name) + ".inputs", "status"),
                       "status " + text + " is a success; in Symphony only 200 is",
                       std::string("where both shall agree, give 200") + or_compat);
}

void check_handler(const Subject& subject, const core::StageSpec& stage) {
  if (!stage.handle_errors || subject.campaign.compat) return;
  subject.findings.add(
      rule, stage.name, stage_path(stage.name) + ".handleErrors",
      "the error that is handled stays in the history and is marked as handled; "
      "Symphony records that stage as Done, without its error",
      std::string("nothing has to change, unless somebody reads the old history") + or_compat);
}

/// Tasks of a stage that does not say how many of them run at a time.
void check_concurrency(const Subject& subject, const core::StageSpec& stage) {
  if (stage.parts.count == 0) return;
  const std::string path = stage_path(stage.name);
  const Node* given = subject.findings.field(path + ".taskOption.concurrency");
  if (given != nullptr && given->text != "0") return;
  const std::string count = std::to_string(stage.parts.count);
  subject.findings.add(rule, stage.name, path + (given == nullptr ? ".tasks" : ".taskOption"),
                       "without a concurrency all tasks run at once; Symphony runs none of them, "
                       "and the stage succeeds",
                       "with `taskOption: {concurrency: " + count + "}` they run in both");
}

/// What is read of a stage that runs once per context.
void check_context_output(const Subject& subject, const core::StageSpec& stage,
                          const expression::CallSite& call) {
  for (const core::Value& read : call.arguments.front().known) {
    const auto place = subject.flow.find(core::plain_text(read));
    if (!place) continue;
    const core::StageSpec& from = *subject.flow.stages[*place];
    if (from.contexts == nullptr) continue;
    for (const core::Value& value : call.arguments.back().known) {
      const std::string key = core::plain_text(value);
      if (key.ends_with(".status")) {
        subject.findings.add(rule, stage.name, std::string(call.field),
                             in_quotes(key) +
                                 " is the context's own status; in Symphony it is "
                                 "always 9998, or a text",
                             std::string("compare it with 200") + or_compat);
      } else if (from.provider == "remote" && key.find('.') == std::string::npos &&
                 !key.starts_with("__") && key != "status" && key != "error") {
        subject.findings.add(
            rule, stage.name, std::string(call.field),
            "each site's " + in_quotes(key) + " is kept as 'SITE." + key +
                "'; Symphony keeps the outputs of the site that answered last",
            std::string("read it by the site's name, or all of them as __contexts") + or_compat);
      }
    }
  }
}

/// Stages that a run can get to through a remote one.
std::vector<bool> after_remote(const Flow& flow) {
  std::vector<bool> after(flow.stages.size());
  for (std::size_t place = 0; place < flow.stages.size(); ++place) {
    if (flow.stages[place]->provider != "remote" || after[place]) continue;
    for (const std::size_t later : following(flow, place)) after[later] = true;
  }
  return after;
}

void check_calls(const Subject& subject, const core::StageSpec& stage, bool after) {
  bool told = false;
  const auto look = [&](const Written& written) {
    const bool remote_before = after || (written.after_work && stage.provider == "remote");
    const auto check = [&](const expression::CallSite& call) {
      if (call.function == "output" && !subject.campaign.compat) {
        check_context_output(subject, stage, call);
      }
      if (call.function != "trigger" || !remote_before || told) return;
      told = true;
      subject.findings.add(rule, stage.name, std::string(call.field),
                           "$trigger gives the run's inputs in every stage; Symphony loses them "
                           "after a remote stage, and gives the default",
                           "nothing has to change, unless the default was relied on");
    };
    expression::each_call(written.value, &written.inputs, {"output", "trigger"}, check);
  };
  each_value(stage, look);
}

}  // namespace

void check_symphony(const Subject& subject) {
  const std::vector<bool> after = after_remote(subject.flow);
  for (std::size_t place = 0; place < subject.flow.stages.size(); ++place) {
    const core::StageSpec& stage = *subject.flow.stages[place];
    check_delays(subject, stage);
    check_status(subject, stage);
    check_handler(subject, stage);
    check_concurrency(subject, stage);
    check_calls(subject, stage, after[place]);
  }
}

}  // namespace antiphon::campaign::lint
