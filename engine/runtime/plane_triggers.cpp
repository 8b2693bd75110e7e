// SPDX-License-Identifier: MIT
// What devices' messages start: the triggers that are on, and who turns them on and off.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {
namespace {

using core::Answer;

const core::TriggerSpec* find_trigger(const core::Campaign& campaign, const std::string& name) {
  for (const core::TriggerSpec& trigger : campaign.triggers) {
    if (trigger.name == name) return &trigger;
  }
  return nullptr;
}

std::string scope_of(const core::TriggerRow& trigger) {
  return "trigger\n" + core::to_text(trigger) + "\n";
}

/// A retained message comes again with each connection; it is news if it is not what was heard
/// last on its topic, live or kept.
bool is_other_than_last(store::Transaction& rows, core::Instant now, const std::string& scope,
                        const core::TopicMessage& message) {
  const std::string digest = sha256("last\n" + scope + message.topic);
  const std::string content = sha256(message.payload);
  const bool known = rows.seen(digest, now) == content;
  rows.remember(digest, content, now + core::limits::retained_memory);
  return !message.retained || !known;
}

Answer no_trigger(const core::SwitchRequest& request, const std::vector<core::TriggerRow>& known) {
  std::string names;
  for (const core::TriggerRow& one : known) names += (names.empty() ? "" : ", ") + one.name;
  return {core::status::not_found,
          "campaign " + request.campaign.text() + " has no trigger " + request.trigger +
              " in namespace " + request.name_space.text(),
          names.empty() ? "it has none at all" : "its triggers are " + names,
          {}};
}

}  // namespace

Plane::Triggers Plane::read_triggers(store::Transaction& rows) {
  Triggers triggers;
  for (core::TriggerRow& trigger : rows.triggers()) {
    if (core::is_on(trigger)) triggers[trigger.filter].push_back(std::move(trigger));
  }
  return triggers;
}

std::vector<std::string> Plane::trigger_filters() const {
  std::vector<std::string> filters;
  for (const auto& [filter, triggers] : triggers_) filters.push_back(filter);
  return filters;
}

Answer Plane::on(Batch& batch, const core::SwitchRequest& request) {
  auto triggers = batch.rows->triggers(request.name_space, request.campaign);
  const auto found = std::find_if(triggers.begin(), triggers.end(),
                                  [&](const auto& one) { return one.name == request.trigger; });
  if (found == triggers.end()) return no_trigger(request, triggers);
  found->switched = request.enabled;
  batch.rows->replace_triggers(request.name_space, request.campaign, triggers);
  batch.triggers = read_triggers(*batch.rows);
  spdlog::info("trigger {} of campaign {} is turned {} by {}", request.trigger,
               request.campaign.text(), request.enabled ? "on" : "off",
               request.asker.user.empty() ? "unnamed" : request.asker.user.text());
  return {core::status::ok,
          {},
          {},
          core::dump({{"campaign", request.campaign.text()},
                      {"trigger", request.trigger},
                      {"enabled", request.enabled}})};
}

void Plane::on(Batch& batch, const core::TopicMessage& message, const Delivery& delivery) {
  const Triggers& triggers = batch.triggers ? *batch.triggers : triggers_;
  for (const std::string& filter : message.filters) {
    const auto found = triggers.find(filter);
    if (found == triggers.end()) continue;
    for (const core::TriggerRow& trigger : found->second) fire(batch, trigger, message, delivery);
  }
}

/// One event is news to a trigger once, however often it is delivered.
bool Plane::is_news(Batch& batch, const core::TriggerRow& trigger, const core::TriggerSpec& spec,
                    const core::TopicMessage& message, const Delivery& delivery,
                    const std::string& identity) {
  const std::string scope = scope_of(trigger);
  if (spec.uses_retained && !is_other_than_last(*batch.rows, batch.now, scope, message)) {
    return false;
  }
  const bool named = !identity.empty();
  const std::string digest = sha256(scope + (named ? "id\n" + identity : same_delivery(delivery)));
  const bool forgets = core::planted(core::Planted::identity_forgotten);
  const bool may_be_known = named || delivery.duplicate;
  if (may_be_known && !forgets && batch.rows->seen(digest, batch.now)) return false;
  const auto lifetime = named ? spec.id.lifetime : core::limits::identity_lifetime;
  batch.rows->remember(digest, {}, batch.now + lifetime);
  return true;
}

/// One message starts at most one run of each trigger that it matches.
void Plane::fire(Batch& batch, const core::TriggerRow& trigger, const core::TopicMessage& message,
                 const Delivery& delivery) {
  const auto campaign = campaigns_.find(*batch.rows, trigger.hash);
  const auto* spec = campaign == nullptr ? nullptr : find_trigger(*campaign, trigger.name);
  if (spec == nullptr) return;
  if (message.retained && !spec->uses_retained) return;  // it was said before we listened
  auto payload = EventReading::payload_of(message, spec->payload);
  if (!payload) {
    reject(batch, message.topic, {}, payload.error());
    return;
  }
  const EventReading event(*batch.rows, trigger.name_space, *spec, message.topic,
                           *std::move(payload), batch.now, seeds_());
  const auto wanted = event.is_wanted();
  const auto identity = event.identity(message);
  if (!wanted) {
    reject(batch, message.topic, {}, wanted.error());
  } else if (!*wanted) {
    return;
  } else if (!identity) {
    reject(batch, message.topic, {}, identity.error());
  } else if (is_news(batch, trigger, *spec, message, delivery, *identity)) {
    take(batch, trigger, *spec, message.topic, event);
  }
}

/// Into its lane, or right into a run of its own.
void Plane::take(Batch& batch, const core::TriggerRow& trigger, const core::TriggerSpec& spec,
                 const std::string& topic, const EventReading& event) {
  const core::JsonText text = event.trigger_text(topic);
  if (!core::has_lanes(spec)) {
    start_run(batch, trigger.name, {0, true, trigger.hash, text});
    return;
  }
  const auto key = event.key();
  if (!key) {
    reject(batch, topic, {}, key.error());
    return;
  }
  auto turn = lanes(batch).take(core::to_text(trigger) + "/" + *key, trigger.name,
                                {0, false, trigger.hash, text});
  if (turn) {
    carry_out(batch, *turn);
  } else {
    reject(batch, topic, {}, turn.error());
  }
}

Lanes Plane::lanes(Batch& batch) {
  const auto find = [this, &batch](const std::string& hash,
                                   const std::string& name) -> Lanes::SpecPtr {
    const auto campaign = campaigns_.find(*batch.rows, hash);
    const auto* spec = campaign == nullptr ? nullptr : find_trigger(*campaign, name);
    return {campaign, spec};
  };
  return Lanes(*batch.rows, batch.now, batch.lane_load, find);
}

/// The lane is stored before runs change it.
void Plane::carry_out(Batch& batch, const LaneTurn& turn) {
  if (!turn.cancel.empty()) {
    core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
    if (load(slice, batch, turn.cancel)) {
      apply(batch, slice,
            core::VerbRequested{core::Verb::cancel, "trigger " + turn.trigger,
                                "replaced by a newer message"});
    }
  }
  if (turn.start) lanes(batch).began(turn, start_run(batch, turn.trigger, *turn.start));
}

void Plane::fire_lanes(Batch& batch) {
  for (core::Lane& lane : batch.rows->due_lanes(batch.now, core::limits::batch_events)) {
    carry_out(batch, lanes(batch).turn(std::move(lane)));
  }
}

/// The run's id; empty, and a reject, if there is none.
core::ActivationId Plane::start_run(Batch& batch, const std::string& trigger,
                                    const core::LaneEvent& event) {
  const auto version = batch.rows->by_hash(event.hash);
  const auto campaign = campaigns_.find(*batch.rows, event.hash);
  const auto* spec = campaign == nullptr ? nullptr : find_trigger(*campaign, trigger);
  if (spec == nullptr) return {};
  const core::Value message = core::parse_object(event.message);
  const auto& topic = message.at("topic").get_ref<const std::string&>();
  const EventReading reading(*batch.rows, version->name_space, *spec, topic, message.at("payload"),
                             batch.now, seeds_());
  core::ActivateRequest request;
  request.campaign = version->name;
  request.name_space = version->name_space;
  const auto inputs = reading.inputs();
  if (!inputs) {
    reject(batch, topic, {}, inputs.error());
    return {};
  }
  request.inputs = core::dump(*inputs);
  const Answer answer = activate(batch, request, *version, event.message, "trigger " + trigger);
  if (answer.status >= core::status::bad_request) {
    reject(batch, topic, {}, {answer.status, answer.error});
    return {};
  }
  const core::Value body = core::parse_object(answer.body);
  return *core::ActivationId::parse(body.at("activation").get_ref<const std::string&>());
}

}  // namespace antiphon::runtime
