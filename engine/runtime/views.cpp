// SPDX-License-Identifier: MIT
#include "engine/runtime/views.hpp"

#include <utility>

#include "engine/core/json.hpp"
#include "engine/core/masks.hpp"
#include "engine/core/object_status.hpp"
#include "engine/core/status.hpp"

namespace antiphon::runtime {
namespace {

using core::Value;

void put(Value& view, const char* key, const std::string& text) {
  if (!text.empty()) view[key] = text;
}

void put(Value& view, const char* key, const std::optional<core::Instant>& at) {
  if (at) view[key] = core::to_rfc3339(*at);
}

void put_status(Value& view, int status) {
  view["status"] = status;
  view["statusMessage"] = core::status::text(status);
}

/// The stage's own, and those that its tasks have besides under their names.
Value shown_inputs(const core::StageRun& row) {
  const Value all = core::parse_object(row.inputs);
  Value view = shown(all);
  if (const auto tasks = all.find("__tasks"); tasks != all.end()) {
    for (const auto& [name, inputs] : tasks->items()) view[name] = inputs;
  }
  return view;
}

/// What waits for its instant, or for sites, Symphony calls paused.
int shown_status(const core::StageRun& row) {
  if (core::ended(row.state)) return row.status;
  const bool waits = row.state == core::StageRunState::scheduled || row.provider == "remote";
  return waits ? core::status::paused : core::status::running;
}

/// Symphony's own label among them: the status's text without blanks.
void put_metadata(Value& view, const core::JsonText& metadata, int status) {
  const Value kept = core::parse_object(metadata);
  Value labels = kept.value("labels", Value::object());
  std::string text = core::status::text(status);
  std::erase(text, ' ');
  labels["statusMessage"] = text;
  view["labels"] = std::move(labels);
  if (const auto notes = kept.find("annotations"); notes != kept.end() && !notes->empty()) {
    view["annotations"] = *notes;
  }
}

bool is_shown(const std::string& key) {
  const bool counter = key == "__succeeded" || key == "__failed" || key == "__total";
  return counter ||
         !(key.starts_with("__") || key.starts_with("header.") ||
           key.find(".__") != std::string::npos || key.find(".header.") != std::string::npos);
}

}  // namespace

Value shown(const Value& object) {
  Value view = Value::object();
  for (const auto& [key, value] : object.items()) {
    if (is_shown(key)) view[key] = value;
  }
  return view;
}

Value campaign_view(const core::CampaignVersion& row) {
  const Value document = core::parse_object(row.document);
  Value stages = Value::array();
  for (const auto& [name, stage] : document["spec"]["stages"].items()) stages.push_back(name);
  Value view{{"namespace", row.name_space.text()},
             {"name", row.name.text()},
             {"version", row.version.text()},
             {"hash", row.hash},
             {"stages", stages},
             {"applied", core::to_rfc3339(row.applied_at)}};
  for (const char* kept : {"labels", "annotations"}) {
    const auto found = document["metadata"].find(kept);
    if (found != document["metadata"].end() && !found->empty()) view[kept] = *found;
  }
  return view;
}

Value activation_view(const core::Activation& row) {
  Value view{{"id", row.id.text()},
             {"namespace", row.name_space.text()},
             {"state", core::to_text(row.state)},
             {"run", row.run},
             {"created", core::to_rfc3339(row.created)},
             {"updated", core::to_rfc3339(row.updated)}};
  put(view, "campaign", row.campaign.text());
  put(view, "version", row.version.text());
  put(view, "stage", row.stage);
  put(view, "nextStage", row.next_stage);
  if (row.stepped) view["stepped"] = true;
  if (row.awaits_step) view["proposal"] = row.next_stage;
  put(view, "act", row.act);
  put(view, "origin", row.origin.text());
  put(view, "error", row.error);
  put(view, "author", row.author);
  put(view, "ended", row.ended_at);
  const int status = core::ended(row.state)                       ? row.status
                     : row.state == core::ActivationState::paused ? core::status::paused
                                                                  : core::status::running;
  put_status(view, status);
  put_metadata(view, row.metadata, status);
  return view;
}

Value stage_run_view(const core::StageRun& row) {
  Value inputs = shown_inputs(row);
  core::mask_named(inputs);
  Value view{{"run", row.run},
             {"stage", row.stage},
             {"provider", row.provider},
             {"state", core::to_text(row.state)},
             {"counts",
              {{"total", row.total},
               {"done", row.succeeded},
               {"failed", row.failed},
               {"open", row.total - row.succeeded - row.failed}}},
             {"inputs", std::move(inputs)},
             {"opened", core::to_rfc3339(row.opened_at)}};
  put(view, "nextStage", row.next_stage);
  put(view, "error", row.error);
  put(view, "note", row.note);
  put(view, "act", row.act);
  if (row.again_of > 0) view["againOf"] = row.again_of;
  put(view, "begins", row.begins_at);
  put(view, "ended", row.ended_at);
  if (row.handled) view["handled"] = true;
  put(view, "steppedBy", row.stepped_by);
  put_status(view, shown_status(row));
  return view;
}

Value task_view(const core::Task& row) {
  Value view{{"id", row.id.text()},
             {"run", row.key.run},
             {"ordinal", row.key.ordinal},
             {"context", row.context},
             {"provider", row.provider},
             {"state", core::to_text(row.state)},
             {"attempt", row.attempt},
             {"created", core::to_rfc3339(row.created)},
             {"deadline", core::to_rfc3339(row.deadline)}};
  put(view, "name", row.name);
  put(view, "site", row.site.text());
  put(view, "error", row.error);
  put(view, "note", row.note);
  put(view, "waitsFor", row.waits_for);
  if (row.polls > 0) view["polls"] = row.polls;
  put(view, "settled", row.settled_at);
  if (!core::settled(row.state)) put(view, "due", row.wake_at);
  if (!row.outputs.empty()) view["outputs"] = shown(core::parse_object(row.outputs));
  put_status(view, core::settled(row.state) ? row.status : core::status::running);
  return view;
}

Value approval_view(const core::Task& row) {
  Value view = core::parse_object(row.poll_state).value("request", Value::object());
  view["activation"] = row.key.activation.text();
  view["run"] = row.key.run;
  view["id"] = row.id.text();
  view["context"] = row.context;
  view["deadline"] = core::to_rfc3339(row.deadline);
  return view;
}

Value log_view(const core::Task& row, const std::optional<core::WorkLog>& log) {
  Value view{{"run", row.key.run},
             {"ordinal", row.key.ordinal},
             {"context", row.context},
             {"state", core::to_text(row.state)}};
  put(view, "name", row.name);
  put(view, "site", row.site.text());
  if (!log) return view;
  view["attempt"] = log->attempt;
  view["out"] = log->out;
  view["err"] = log->err;
  put(view, "note", log->note);
  return view;
}

Value site_view(const core::Site& row) {
  return {{"name", row.name.text()},  {"online", row.online},
          {"declared", row.declared}, {"boot", row.boot},
          {"version", row.version},   {"labels", row.labels},
          {"offers", row.offers},     {"lastSeen", core::to_rfc3339(row.last_seen)}};
}

Value object_view(const core::Object& row) {
  Value view{{"kind", row.key.kind.text()},
             {"name", row.key.name.text()},
             {"namespace", row.key.name_space.text()},
             {"generation", row.generation},
             {"author", row.author},
             {"created", core::to_rfc3339(row.created)},
             {"updated", core::to_rfc3339(row.updated)}};
  put(view, "origin", row.origin.text());
  const Value document = core::parse_object(row.document);
  const auto metadata = document.find("metadata");
  if (metadata != document.end() && metadata->is_object() && metadata->contains("labels")) {
    view["labels"] = (*metadata)["labels"];
  }
  put(view, "state", core::object_state(row.status));
  put(view, "statusAt", row.status_at);
  return view;
}

Value trigger_view(const core::TriggerRow& row, const core::LaneLoad& load) {
  Value view{{"campaign", row.campaign.text()},
             {"namespace", row.name_space.text()},
             {"name", row.name},
             {"topic", row.filter},
             {"enabled", core::is_on(row)},
             {"hash", row.hash}};
  if (row.switched) view["switched"] = *row.switched;
  if (load.lanes > 0) {
    view["lanes"] = {{"keys", load.lanes}, {"messages", load.events}, {"bytes", load.bytes}};
  }
  return view;
}

Value reject_view(const core::Reject& row) {
  Value view{{"seq", row.seq},
             {"at", core::to_rfc3339(row.at)},
             {"topic", row.topic},
             {"reason", row.reason},
             {"bytes", row.size_bytes}};
  put(view, "sender", row.sender);
  put(view, "sample", row.sample);
  put_status(view, row.status);
  return view;
}

}  // namespace antiphon::runtime
