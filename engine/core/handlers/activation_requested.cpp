// SPDX-License-Identifier: MIT
#include "engine/core/compat.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

Answer accepted(const Activation& activation) {
  return {status::accepted,
          {},
          {},
          dump({{"activation", activation.id.text()},
                {"campaign", activation.campaign.text()},
                {"version", activation.version.text()},
                {"state", to_text(activation.state)}})};
}

/// The same request again gets the same answer; another one under a taken id is refused.
Answer answer_existing(const Activation& activation, const ActivationRequested& event) {
  const ActivateRequest& request = event.request;
  const bool same = activation.origin.empty() && activation.hash == event.hash &&
                    parse_object(activation.inputs) == parse_object(request.inputs);
  if (same) return accepted(activation);
  return {status::conflict, "activation " + activation.id.text() + " exists with other content",
          "leave the id out, or choose another"};
}

}  // namespace

std::string stage_names(const Campaign& campaign) {
  std::string names;
  for (const auto& [name, stage] : campaign.stages) names += (names.empty() ? "" : ", ") + name;
  return names;
}

void handle(Slice& slice, const ActivationRequested& event) {
  if (slice.activation) {
    slice.outcome.answer = answer_existing(*slice.activation, event);
    return;
  }
  const ActivateRequest& request = event.request;
  const Campaign& campaign = *slice.campaign;
  const std::string first = compat::first_stage(campaign, request.stage);
  if (!campaign.stages.contains(first)) {
    slice.outcome.answer = Answer{
        status::bad_request, "campaign " + campaign.name.text() + " has no stage '" + first + "'",
        "its stages are " + stage_names(campaign)};
    return;
  }
  Activation fresh;
  fresh.id = request.activation;
  fresh.name_space = campaign.name_space;
  fresh.campaign = campaign.name;
  fresh.version = campaign.version;
  fresh.hash = event.hash;
  fresh.state = request.paused ? ActivationState::paused : ActivationState::running;
  fresh.next_stage = first;
  fresh.stepped = !campaign.self_driving;
  fresh.awaits_step = fresh.stepped && request.paused;
  fresh.inputs = dump(parse_object(request.inputs));
  fresh.trigger = event.trigger;
  fresh.metadata = request.metadata;
  fresh.author = event.author;
  fresh.created = slice.now();
  slice.begin(std::move(fresh));
  tell(slice, "activation.started");
  slice.outcome.answer = accepted(*slice.activation);
  const bool begins = slice.activation->state == ActivationState::running;
  if (begins && slice.activation->stepped) open_stage(slice);
  drive(slice);
}

}  // namespace antiphon::core
