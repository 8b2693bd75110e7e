// SPDX-License-Identifier: MIT
#include "engine/core/drive.hpp"
#include "engine/core/handlers/changing_verbs.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

Answer as_it_is(const Activation& activation) {
  return {status::ok,
          {},
          {},
          dump({{"activation", activation.id.text()}, {"state", to_text(activation.state)}})};
}

/// Those that end a run, or make one that has ended go on.
std::optional<Answer> refusal_of_ended(const Activation& activation, Verb verb) {
  using State = ActivationState;
  const bool over = verb == Verb::cancel || verb == Verb::terminate;
  if (over && activation.state == State::cancelled) return std::nullopt;
  if (verb == Verb::rewind) return std::nullopt;
  if (verb == Verb::retry && activation.state == State::failed) return std::nullopt;
  if (verb == Verb::skip && activation.state != State::done) return std::nullopt;
  const std::string has = "has ended (" + std::string(to_text(activation.state)) + ")";
  if (verb == Verb::retry) {
    return conflict(activation, has,
                    "only what has failed is tried again; rewind goes back to a stage");
  }
  return conflict(activation, has, "an ended run cannot be changed; activate a new one");
}

std::optional<Answer> refusal(const Activation& activation, Verb verb) {
  if (!activation.origin.empty()) {
    return conflict(activation, "was commanded by " + activation.origin.text(),
                    "ask " + activation.origin.text() + " for it");
  }
  if (ended(activation.state)) return refusal_of_ended(activation, verb);
  if (verb == Verb::resume && activation.awaits_step) {
    return conflict(
        activation, "waits for a step, and nobody paused it",
        "`antiphon step " + activation.id.text() + "` opens stage " + activation.next_stage);
  }
  const bool ends = verb == Verb::cancel || verb == Verb::terminate;
  if (activation.state == ActivationState::cancelling && !ends) {
    return conflict(activation, "is being cancelled",
                    "wait until it has ended, or end it at once with terminate");
  }
  if (verb == Verb::set && activation.state != ActivationState::paused) {
    return conflict(activation, "is not paused", "pause it before its inputs are changed");
  }
  if (verb != Verb::retry) return std::nullopt;
  return conflict(activation, "has not failed (" + std::string(to_text(activation.state)) + ")",
                  "it is tried again once it has failed");
}

void pause(Slice& slice, const VerbRequested& event) {
  Activation& activation = *slice.activation;
  activation.state = ActivationState::paused;
  activation.awaits_step = false;
  activation.error = reason_text(event);
  slice.touch_activation();
  tell(slice, "activation.paused");
}

void resume(Slice& slice) {
  Activation& activation = *slice.activation;
  activation.state = ActivationState::running;
  activation.error.clear();
  slice.touch_activation();
  tell(slice, "activation.resumed");
  if (slice.run && slice.run->state == StageRunState::scheduled) begin_if_due(slice);
  drive(slice);
}

}  // namespace

void handle(Slice& slice, const VerbRequested& event) {
  Activation& activation = *slice.activation;
  if (auto refused = refusal(activation, event.verb)) {
    slice.outcome.answer = std::move(refused);
    return;
  }
  const bool cancelling = activation.state == ActivationState::cancelling;
  std::optional<Answer> refused;
  switch (event.verb) {
    case Verb::cancel:
      if (cancelling || ended(activation.state)) break;
      begin_cancel(slice, reason_text(event), event.grace.value_or(slice.plane.cancel_grace));
      break;
    case Verb::terminate:
      if (!ended(activation.state)) terminate(slice, reason_text(event));
      break;
    case Verb::pause:
      if (activation.state == ActivationState::running || activation.awaits_step) {
        pause(slice, event);
      }
      break;
    case Verb::resume:
      if (activation.state == ActivationState::paused) resume(slice);
      break;
    case Verb::retry:
      refused = retry(slice, event);
      break;
    case Verb::rewind:
      refused = rewind(slice, event);
      break;
    case Verb::skip:
      refused = skip(slice, event);
      break;
    case Verb::set:
      refused = set_inputs(slice, event);
      break;
  }
  slice.outcome.answer = refused ? *std::move(refused) : as_it_is(*slice.activation);
}

}  // namespace antiphon::core
