// SPDX-License-Identifier: MIT
// What operators, pipelines and devices ask of a plane: runs, verbs, documents.
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/status.hpp"
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

std::string author_of(const core::Asker& asker) {
  return asker.user.empty() ? "unnamed" : asker.user.text();
}

core::Namespace default_namespace() {
  return *core::Namespace::parse("default");
}

std::string topic_of(const Delivery& delivery) {
  return delivery.fingerprint.substr(0, delivery.fingerprint.find('\n'));
}

/// Tells a delivery without an identity from all others. Not by its bytes alone: of two equal
/// messages the first delivery of the second may be lost, and what comes then is marked as a
/// duplicate.
std::string same_delivery(const Delivery& delivery) {
  return "bytes\n" + std::to_string(delivery.packet_id) + "\n" + delivery.fingerprint;
}

/// The levels that a trigger's filter names.
std::map<std::string, std::string> named_levels(const core::TriggerSpec& trigger,
                                                const core::TopicLevels& topic) {
  std::map<std::string, std::string> named;
  for (std::size_t i = 0; i < trigger.level_names.size() && i < topic.levels.size(); ++i) {
    if (!trigger.level_names[i].empty()) named[trigger.level_names[i]] = topic.levels[i];
  }
  return named;
}

const core::TriggerSpec* find_trigger(const core::Campaign& campaign, const std::string& name) {
  for (const core::TriggerSpec& trigger : campaign.triggers) {
    if (trigger.name == name) return &trigger;
  }
  return nullptr;
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
template void Plane::answer_once(Batch&, const core::ApplyRequest&, const Delivery&);
template void Plane::answer_once(Batch&, const core::DeleteRequest&, const Delivery&);

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
  if (!load(slice, batch, request.activation)) {
    return {core::status::not_found,
            "activation " + request.activation.text() + " is not known",
            "see `antiphon get activations`",
            {}};
  }
  if (core::planted(core::Planted::act_dropped)) return {};
  apply(batch, slice,
        core::VerbRequested{request.verb, author_of(request.asker), request.reason, request.grace});
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

Plane::Triggers Plane::read_triggers(store::Transaction& rows) {
  Triggers triggers;
  for (core::TriggerRow& trigger : rows.triggers()) {
    triggers[trigger.filter].push_back(std::move(trigger));
  }
  return triggers;
}

std::vector<std::string> Plane::trigger_filters() const {
  std::vector<std::string> filters;
  for (const auto& [filter, triggers] : triggers_) filters.push_back(filter);
  return filters;
}

void Plane::on(Batch& batch, const core::TopicMessage& message, const Delivery& delivery) {
  if (message.retained) return;  // it was said before we listened; triggers ask for news
  const Triggers& triggers = batch.triggers ? *batch.triggers : triggers_;
  for (const std::string& filter : message.filters) {
    const auto found = triggers.find(filter);
    if (found == triggers.end()) continue;
    for (const core::TriggerRow& trigger : found->second) fire(batch, trigger, message, delivery);
  }
}

/// One message starts one run of each trigger that it matches, however often it is delivered.
void Plane::fire(Batch& batch, const core::TriggerRow& trigger, const core::TopicMessage& message,
                 const Delivery& delivery) {
  const std::string scope = "trigger\n" + trigger.name_space.text() + "/" +
                            trigger.campaign.text() + "/" + trigger.name + "\n";
  const bool named = !message.identity.empty();
  const std::string digest =
      sha256(scope + (named ? "id\n" + message.identity : same_delivery(delivery)));
  const bool forgets = core::planted(core::Planted::identity_forgotten);
  if ((named || delivery.duplicate) && !forgets && batch.rows->seen(digest, batch.now)) return;
  batch.rows->remember(digest, {}, batch.now + core::limits::identity_lifetime);

  const auto campaign = campaigns_.find(*batch.rows, trigger.hash);
  const auto* spec = campaign == nullptr ? nullptr : find_trigger(*campaign, trigger.name);
  if (spec == nullptr) return;
  core::TopicLevels topic = core::topic_levels(message.topic);
  const auto named_level = named_levels(*spec, topic);
  topic.named.insert(named_level.begin(), named_level.end());
  const Value payload = message.payload.empty() ? Value("") : Value::parse(message.payload);
  core::Scope scope_of_message;
  scope_of_message.payload = &payload;
  scope_of_message.topic = &topic;
  const core::RowSites sites(*batch.rows);
  core::Draws draws(seeds_());
  const core::ObjectConfigs configs(*batch.rows, trigger.name_space);
  scope_of_message.sites = &sites;
  scope_of_message.configs = &configs;
  scope_of_message.now = batch.now;
  scope_of_message.draws = &draws;
  const auto inputs = core::evaluate(spec->inputs, scope_of_message);
  if (!inputs) {
    reject(batch, message.topic, {}, inputs.error());
    return;
  }
  core::ActivateRequest request;
  request.campaign = trigger.campaign;
  request.name_space = trigger.name_space;
  request.inputs = core::dump(*inputs);
  const auto version = batch.rows->by_hash(trigger.hash);
  const Answer answer = activate(batch, request, *version,
                                 core::trigger_text(message.topic, named_level, message.payload),
                                 "trigger " + trigger.name);
  if (answer.status >= core::status::bad_request) {
    reject(batch, message.topic, {}, {answer.status, answer.error});
  }
}

}  // namespace antiphon::runtime
