// SPDX-License-Identifier: MIT
#include "engine/core/drive.hpp"
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

std::optional<Answer> refusal(const Activation& activation, Verb verb) {
  if (!activation.origin.empty()) {
    return Answer{status::conflict,
                  "run " + activation.id.text() + " was commanded by " + activation.origin.text(),
                  "ask " + activation.origin.text() + " for it"};
  }
  if (verb == Verb::resume && activation.awaits_step) {
    return Answer{
        status::conflict, "run " + activation.id.text() + " waits for a step, and nobody paused it",
        "`antiphon step " + activation.id.text() + "` opens stage " + activation.next_stage};
  }
  const bool ends = verb == Verb::cancel || verb == Verb::terminate;
  const bool repeat = ends && activation.state == ActivationState::cancelled;
  if (activation.state == ActivationState::cancelling && !ends) {
    return Answer{status::conflict, "run " + activation.id.text() + " is being cancelled",
                  "wait until it has ended, or end it at once with terminate"};
  }
  if (!ended(activation.state) || repeat) return std::nullopt;
  return Answer{
      status::conflict,
      "run " + activation.id.text() + " has ended (" + std::string(to_text(activation.state)) + ")",
      "an ended run cannot be changed; activate a new one"};
}

std::string reason_text(const VerbRequested& event) {
  return std::string(to_text(event.verb)) + " by " + event.author +
         (event.reason.empty() ? "" : ": " + event.reason);
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
  }
  slice.outcome.answer = as_it_is(*slice.activation);
}

}  // namespace antiphon::core
