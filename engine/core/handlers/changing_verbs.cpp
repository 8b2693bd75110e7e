// SPDX-License-Identifier: MIT
#include "engine/core/handlers/changing_verbs.hpp"

#include <utility>

#include "engine/core/drive.hpp"
#include "engine/core/given.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {
namespace {

/// A run that has ended goes on.
void reopen(Slice& slice) {
  Activation& activation = *slice.activation;
  activation.state = ActivationState::running;
  activation.status = 0;
  activation.error.clear();
  activation.ended_at.reset();
  slice.touch_activation();
  tell(slice, "activation.reopened");
}

std::optional<Answer> refusal_while_open(const Slice& slice, const std::string& hint) {
  if (!slice.run || ended(slice.run->state)) return std::nullopt;
  return conflict(*slice.activation, "has stage " + slice.run->stage + " open", hint);
}

/// Who did what, and why, is kept for the stage run that is opened next.
void record(Activation& activation, const VerbRequested& event) {
  const bool first = activation.act.empty() || activation.act.size() > limits::reason_bytes;
  activation.act = (first ? "" : activation.act + "; ") + reason_text(event);
}

/// The stage that did not end well, or the one that is to be opened; empty: none was chosen.
std::string stage_to_skip(const Slice& slice) {
  const Activation& activation = *slice.activation;
  if (!ended(activation.state)) return activation.next_stage;
  if (!slice.run) return {};
  const StageRun& last = *slice.run;
  return last.next_stage.empty() ? last.stage : last.next_stage;
}

std::optional<Answer> refusal_of_skip(const Slice& slice, const VerbRequested& event,
                                      const std::string& stage) {
  const Activation& activation = *slice.activation;
  if (auto refused = refusal_while_open(
          slice, "terminate the run and skip the stage then, or let the stage end")) {
    return refused;
  }
  if (stage.empty()) {
    return conflict(activation, "was ended before its first stage", "activate a new one");
  }
  if (!event.stage.empty() && event.stage != stage) {
    return conflict(activation, "stands at stage " + stage + ", not at " + event.stage,
                    "rewind it to the stage that is to be skipped");
  }
  return refusal_of_outputs(stage, {}, event.given);
}

}  // namespace

Answer conflict(const Activation& activation, const std::string& is, std::string hint) {
  return {status::conflict, "run " + activation.id.text() + " " + is, std::move(hint), {}};
}

std::string reason_text(const VerbRequested& event) {
  return std::string(to_text(event.verb)) + " by " + event.author +
         (event.reason.empty() ? "" : ": " + event.reason);
}

std::optional<Answer> retry(Slice& slice, const VerbRequested& event) {
  const StageRun& last = *slice.run;
  if (!event.stage.empty() && event.stage != last.stage) {
    return conflict(*slice.activation, "failed in stage " + last.stage + ", not in " + event.stage,
                    "to begin at another stage, rewind to it");
  }
  const bool some = event.stage.empty() && last.total > 0;
  const Again again{stage_before(last), some ? last.run : 0};
  reopen(slice);
  slice.activation->next_stage = last.stage;
  record(*slice.activation, event);
  drive(slice, &again);
  return std::nullopt;
}

std::optional<Answer> rewind(Slice& slice, const VerbRequested& event) {
  Activation& activation = *slice.activation;
  if (!slice.campaign->stages.contains(event.stage)) {
    return Answer{status::bad_request,
                  "stage " + event.stage + " is not found",
                  "the stages are " + stage_names(*slice.campaign),
                  {}};
  }
  if (auto refused =
          refusal_while_open(slice, "pause the run, and rewind it when the stage has ended")) {
    return refused;
  }
  const bool goes_on = ended(activation.state);
  if (goes_on) reopen(slice);
  activation.next_stage = event.stage;
  record(activation, event);
  slice.touch_activation();
  if (goes_on) drive(slice);
  if (!goes_on && activation.awaits_step) tell(slice, "activation.proposed");
  return std::nullopt;
}

std::optional<Answer> skip(Slice& slice, const VerbRequested& event) {
  Activation& activation = *slice.activation;
  const std::string stage = stage_to_skip(slice);
  if (auto refused = refusal_of_skip(slice, event, stage)) return refused;
  const bool again = ended(activation.state) && stage == slice.run->stage;
  const std::string previous = again                      ? stage_before(*slice.run)
                               : activation.stage.empty() ? stage
                                                          : activation.stage;
  const bool awaited = activation.awaits_step;
  if (ended(activation.state)) reopen(slice);
  activation.next_stage = stage;
  activation.due.reset();
  record(activation, event);
  Value outputs{{"status", status::ok}};
  outputs.update(parse_object(event.given));
  skip_stage(slice, previous, dump(outputs));
  drive(slice);
  if (awaited && activation.awaits_step) tell(slice, "activation.proposed");
  return std::nullopt;
}

std::optional<Answer> set_inputs(Slice& slice, const VerbRequested& event) {
  Activation& activation = *slice.activation;
  if (auto refused = refusal_while_open(slice, "set its inputs when the stage has ended")) {
    return refused;
  }
  if (auto refused = refusal_of_inputs(activation, event.given)) return refused;
  activation.given_inputs = with_given(activation.given_inputs, event.given);
  record(activation, event);
  slice.touch_activation();
  return std::nullopt;
}

}  // namespace antiphon::core
