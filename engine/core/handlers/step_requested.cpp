// SPDX-License-Identifier: MIT
// A step of a stepped run: everything about it is checked first, then its outputs and inputs are
// taken in and its stage is opened.
#include <algorithm>

#include "engine/core/drive.hpp"
#include "engine/core/given.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

std::string run_named(const Activation& activation) {
  return "run " + activation.id.text();
}

Answer step_answer(const Activation& activation, const std::string& stage, std::int64_t run) {
  return {status::ok,
          {},
          {},
          dump({{"activation", activation.id.text()},
                {"state", to_text(activation.state)},
                {"stage", stage},
                {"run", run}})};
}

Answer as_it_goes(const Activation& activation) {
  return step_answer(activation, activation.stage, activation.run);
}

/// The stage run that a step of this token opened, among the last ones.
std::optional<StageRun> opened_before(Slice& slice, const std::string& token) {
  if (token.empty()) return std::nullopt;
  const Activation& activation = *slice.activation;
  const std::int64_t last = std::max<std::int64_t>(0, activation.run - limits::step_tokens);
  for (std::int64_t n = activation.run; n > last; --n) {
    auto run = slice.rows.stage_run(activation.id, n);
    if (run && run->step_token == token) return run;
  }
  return std::nullopt;
}

Answer no_more(const Activation& activation) {
  if (activation.state == ActivationState::cancelling) {
    return {status::conflict, run_named(activation) + " is being cancelled", {}, {}};
  }
  return {status::conflict,
          run_named(activation) + " has ended (" + std::string(to_text(activation.state)) + ")",
          "an ended run takes no step; activate a new one",
          {}};
}

/// Of a run that takes no step now, though it goes on.
Answer not_yet_waiting(const Activation& activation) {
  const std::string& id = activation.id.text();
  if (!activation.stepped) {
    return {status::conflict,
            run_named(activation) + " drives itself",
            "with \"selfDriving\": false (`antiphon step " + id +
                " --stepped`) it waits after the stage that is open",
            {}};
  }
  if (activation.state == ActivationState::paused) {
    return {status::conflict,
            run_named(activation) + " is paused" +
                (activation.error.empty() ? "" : " (" + activation.error + ")"),
            "`antiphon resume " + id + "` lets it take steps again",
            {}};
  }
  return {
      status::conflict,
      run_named(activation) + " is not waiting for a step: stage " + activation.stage + " is open",
      "its status says when it waits; `antiphon step --wait` returns then",
      {}};
}

std::optional<Answer> bad_outputs(Slice& slice, const StepRequest& request) {
  const Activation& activation = *slice.activation;
  if (request.outputs.empty()) return std::nullopt;
  if (activation.run == 0) {
    return Answer{status::conflict,
                  "no stage of " + run_named(activation) + " has run whose outputs these could be",
                  "leave the outputs out of the first step",
                  {}};
  }
  const auto kept = slice.rows.output(activation.id, activation.stage);
  return refusal_of_outputs(activation.stage, kept ? kept->outputs : "{}", request.outputs);
}

std::optional<Answer> bad_step(Slice& slice, const StepRequest& request) {
  const Activation& activation = *slice.activation;
  if (!request.stage.empty() && !slice.campaign->stages.contains(request.stage)) {
    return Answer{
        status::bad_request,
        "campaign " + activation.campaign.text() + " has no stage '" + request.stage + "'",
        "its stages are " + stage_names(*slice.campaign),
        {}};
  }
  if (auto refused = refusal_of_inputs(activation, request.inputs)) return refused;
  return bad_outputs(slice, request);
}

void take_values(Slice& slice, const StepRequest& request) {
  Activation& activation = *slice.activation;
  activation.given_inputs = with_given(activation.given_inputs, request.inputs);
  if (request.outputs.empty()) return;
  StageRun& run = *slice.run;
  run.given_outputs = with_given(run.given_outputs, request.outputs);
  slice.touch_run();
  const auto kept = slice.rows.output(activation.id, run.stage);
  slice.rows.put_output(activation.id, run.stage,
                        {run.run, with_given(kept ? kept->outputs : "{}", request.outputs)});
}

Answer open_step(Slice& slice, const StepRequested& event) {
  Activation& activation = *slice.activation;
  const StepRequest& request = event.request;
  take_values(slice, request);
  activation.state = ActivationState::running;
  activation.awaits_step = false;
  if (request.self_driving) activation.stepped = false;
  if (!request.stage.empty() && request.stage != activation.next_stage) {
    activation.next_stage = request.stage;
    activation.act.clear();
  }
  slice.touch_activation();
  open_stage(slice);
  slice.run->stepped_by = event.author;
  slice.run->step_token = request.token;
  slice.touch_run();
  const StageRun opened = *slice.run;
  drive(slice);
  return step_answer(activation, opened.stage, opened.run);
}

Answer change_driver(Slice& slice, bool self_driving) {
  if (slice.activation->stepped == self_driving) {
    slice.activation->stepped = !self_driving;
    slice.touch_activation();
  }
  return as_it_goes(*slice.activation);
}

Answer answer_step(Slice& slice, const StepRequested& event) {
  const Activation& activation = *slice.activation;
  const StepRequest& request = event.request;
  if (!activation.origin.empty()) {
    return {status::conflict,
            run_named(activation) + " was commanded by " + activation.origin.text(),
            "ask " + activation.origin.text() + " for it",
            {}};
  }
  if (const auto before = opened_before(slice, request.token)) {
    return step_answer(activation, before->stage, before->run);
  }
  if (ended(activation.state) || activation.state == ActivationState::cancelling) {
    return no_more(activation);
  }
  if (request.self_driving == false) return change_driver(slice, false);
  if (!activation.awaits_step) {
    return request.self_driving ? change_driver(slice, true) : not_yet_waiting(activation);
  }
  if (auto refused = bad_step(slice, request)) return *std::move(refused);
  return open_step(slice, event);
}

}  // namespace

void handle(Slice& slice, const StepRequested& event) {
  slice.outcome.answer = answer_step(slice, event);
}

}  // namespace antiphon::core
