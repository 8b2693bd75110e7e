// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "engine/core/drive.hpp"
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/json.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/tasks.hpp"
#include "engine/core/voting.hpp"

namespace antiphon::core {
namespace {

bool takes_votes(const Slice& slice) {
  if (!slice.task || !polling(*slice.task)) return false;
  if (slice.activation->state == ActivationState::cancelling) return false;
  const ProviderInfo* info = slice.plane.providers->find(slice.task->provider);
  return info != nullptr && info->vote != nullptr;
}

}  // namespace

void handle(Slice& slice, const VoteGiven& event) {
  if (!takes_votes(slice)) {
    slice.outcome.answer = no_ballot(slice, event);
    return;
  }
  const std::string stage = slice.run->stage;
  const Counted counted = count_vote(slice, *slice.task, event.vote);
  if (!counted.result && !counted.error.empty()) {
    slice.outcome.answer = Answer{counted.status, counted.error, counted.hint, {}};
    return;
  }
  Value body{{"activation", slice.activation->id.text()},
             {"stage", stage},
             {"context", slice.task->context},
             {"decided", settled(slice.task->state)}};
  if (!slice.task->waits_for.empty()) body["waitsFor"] = slice.task->waits_for;
  if (counted.result) {
    slice.rows.update(*slice.task);
    after_settling(slice);
  }
  body["state"] = to_text(slice.activation->state);
  slice.outcome.answer = Answer{counted.status, {}, {}, dump(body)};
}

}  // namespace antiphon::core
