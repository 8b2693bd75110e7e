// SPDX-License-Identifier: MIT
// What operators and pipelines ask of a plane: runs, verbs, documents.
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/status.hpp"
#include "engine/core/voting.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {
namespace {

using core::Answer;
using core::Value;

Answer to_answer(const core::Error& error) {
  return {error.status, error.message, error.hint, {}};
}

std::string remembered(const Answer& answer) {
  return core::dump({{"status", answer.status},
                     {"error", answer.error},
                     {"hint", answer.hint},
                     {"body", answer.body}});
}

Answer recalled(const std::string& text) {
  const Value value = Value::parse(text);
  return {value.at("status"), value.at("error"), value.at("hint"), value.at("body")};
}

Answer unknown_run(const core::ActivationId& activation) {
  return {core::status::not_found,
          "activation " + activation.text() + " is not known",
          "see `antiphon get activations`",
          {}};
}

std::string author_of(const core::Asker& asker) {
  return asker.user.empty() ? "unnamed" : asker.user.text();
}

core::Namespace default_namespace() {
  return *core::Namespace::parse("default");
}

std::string topic_of(const Delivery& delivery) {
  return delivery.fingerprint.substr(0, delivery.fingerprint.find('\n'));
}

}  // namespace

template <class Request>
void Plane::answer_once(Batch& batch, const Request& request, const Delivery& delivery) {
  const core::Asker& asker = request.asker;
  const bool named = !asker.identity.empty();
  const std::string digest = named ? sha256("id\n" + asker.user.text() + "\n" + asker.identity)
                                   : sha256(same_delivery(delivery));
  if ((named || delivery.duplicate) && !core::planted(core::Planted::identity_forgotten)) {
    if (const auto before = batch.rows->seen(digest, batch.now)) {
      if (asker.reply_to) batch.answers.push_back({asker, recalled(*before)});
      return;
    }
  }
  Answer answer = on(batch, request);
  batch.rows->remember(digest, remembered(answer), batch.now + core::limits::identity_lifetime);
  if (asker.reply_to) {
    batch.answers.push_back({asker, std::move(answer)});
  } else if (answer.status >= core::status::bad_request) {
    reject(batch, topic_of(delivery), asker.user.text(), {answer.status, answer.error});
  }
}

template void Plane::answer_once(Batch&, const core::ActivateRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::VerbRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::StepRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::VoteRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::SignalRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::ApplyRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::DeleteRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::SwitchRequest&, const Delivery&);

Answer Plane::on(Batch& batch, const core::ActivateRequest& request) {
  const core::Namespace space =
      request.name_space.empty() ? default_namespace() : request.name_space;
  const auto version = campaigns_.resolve(*batch.rows, space, request.campaign, request.version);
  if (!version) return to_answer(version.error());
  return activate(batch, request, *version, {}, author_of(request.asker));
}

Answer Plane::activate(Batch& batch, core::ActivateRequest request,
                       const core::CampaignVersion& version, const core::JsonText& trigger,
                       const std::string& author) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  slice.campaign = campaigns_.find(*batch.rows, version.hash);
  if (slice.campaign == nullptr) {
    return {core::status::internal_error, "the stored campaign version cannot be read", {}, {}};
  }
  if (request.activation.empty()) {
    do {
      request.activation = core::make_activation_id(version.name, seeds_());
    } while (batch.rows->activation(request.activation));
  } else {
    slice.activation = batch.rows->activation(request.activation);
  }
  apply(batch, slice, core::ActivationRequested{std::move(request), version.hash, trigger, author});
  return *std::move(batch.answer);
}

Answer Plane::on(Batch& batch, const core::VerbRequest& request) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  if (!load(slice, batch, request.activation)) return unknown_run(request.activation);
  if (core::planted(core::Planted::act_dropped)) return {};
  apply(batch, slice,
        core::VerbRequested{request.verb, author_of(request.asker), request.reason, request.grace,
                            request.stage, request.given});
  return *std::move(batch.answer);
}

Answer Plane::on(Batch& batch, const core::StepRequest& request) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  if (!load(slice, batch, request.activation)) return unknown_run(request.activation);
  apply(batch, slice, core::StepRequested{request, author_of(request.asker)});
  return *std::move(batch.answer);
}

Answer Plane::on(Batch& batch, const core::VoteRequest& request) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  if (!load(slice, batch, request.activation)) return unknown_run(request.activation);
  core::seek_ballot(slice, request.context);
  const core::Vote vote{request.approve, author_of(request.asker), request.comment};
  apply(batch, slice, core::VoteGiven{vote, request.context});
  return *std::move(batch.answer);
}

Answer Plane::on(Batch& batch, const core::SignalRequest& request) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  if (!load(slice, batch, request.activation)) return unknown_run(request.activation);
  core::SignalGiven event;
  event.signal.name = request.name;
  event.signal.author = author_of(request.asker);
  if (!request.payload.empty()) event.signal.payload = Value::parse(request.payload);
  if (request.lifetime) event.lifetime = *request.lifetime;
  apply(batch, slice, event);
  return *std::move(batch.answer);
}

Answer Plane::on(Batch& batch, const core::ApplyRequest& request) {
  if (core::planted(core::Planted::apply_dropped)) return {};
  Applied applied = campaigns_.apply(*batch.rows, request, batch.now, options_.topic_root);
  std::move(applied.effects.begin(), applied.effects.end(), std::back_inserter(batch.effects));
  start_runs(batch, applied);
  if (applied.triggers_changed && !core::planted(core::Planted::triggers_not_reloaded)) {
    batch.triggers = read_triggers(*batch.rows);
    if (core::planted(core::Planted::triggers_of_old_version)) {
      for (const auto& [filter, triggers] : triggers_) (*batch.triggers)[filter] = triggers;
    }
  }
  return applied.answer;
}

/// Each for itself: what is stored stays, and the answer says what became of every run.
void Plane::start_runs(Batch& batch, Applied& applied) {
  if (applied.starts.empty()) return;
  Answer& all = applied.answer;
  Value body = core::parse_object(all.body);
  for (const Applied::Start& start : applied.starts) {
    Value& told = body["items"][start.item];
    const core::ActivationId& id = start.request.activation;
    const bool known = !id.empty() && batch.rows->activation(id);
    const Answer answer = on(batch, start.request);
    if (answer.status < core::status::bad_request) {
      told["name"] = core::parse_object(answer.body).value("activation", id.text());
      if (known) told["result"] = "unchanged";
      continue;
    }
    told["result"] = "refused";
    told["error"] = answer.error;
    if (all.status < core::status::bad_request)
      all = {answer.status, answer.error, answer.hint, {}};
  }
  all.body = core::dump(body);
}

}  // namespace antiphon::runtime
