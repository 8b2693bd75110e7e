// SPDX-License-Identifier: MIT
#include "engine/runtime/queries.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/campaign/version_reference.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/masks.hpp"
#include "engine/core/shorten.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/query_pages.hpp"
#include "engine/runtime/usual_times.hpp"
#include "engine/runtime/views.hpp"

namespace antiphon::runtime {
namespace {

using core::Answer;
using core::QueryRequest;
using core::Value;

/// With no labels asked for: everything, and no search.
Wanted with_labels(const QueryRequest& query) {
  if (query.labels.empty()) return {};
  return [&query](const Value& item) {
    const auto labels = item.find("labels");
    if (labels == item.end() || !labels->is_object()) return false;
    return std::all_of(query.labels.begin(), query.labels.end(), [&labels](const auto& wanted) {
      const auto found = labels->find(wanted.first);
      return found != labels->end() && core::plain_text(*found) == wanted.second;
    });
  };
}

std::string place_of(const core::Task& task) {
  return std::to_string(task.key.run) + "." + std::to_string(task.key.ordinal);
}

Answer missing(const std::string& id) {
  return {core::status::not_found,
          "activation " + id + " is not known",
          "see `antiphon get activations`",
          {}};
}

Answer of_logs(store::Reader& reader, const core::ActivationId& id, std::optional<std::int64_t> run,
               const store::Page& slice) {
  return page_of(
      slice, [&](const store::Page& page) { return reader.tasks(id, run, page); },
      [&reader](const core::Task& task) { return log_view(task, reader.log(task.key)); }, place_of);
}

/// The run as lists have it, with whether it waits for longer than usual.
Value run_view(const core::Activation& run, UsualTimes& times, core::Instant now) {
  Value view = activation_view(run);
  if (const auto wait = times.stuck(run, now)) {
    view["stuck"] = {{"since", core::to_rfc3339(wait->since)},
                     {"usual", core::to_text(wait->usual)}};
  }
  return view;
}

Answer of_activations(store::Reader& reader, const QueryRequest& query, const store::Page& slice,
                      core::Instant now) {
  const bool only_stuck = query.state == "stuck";
  const store::Reader::ActivationFilter filter{query.campaign,
                                               only_stuck ? "running" : query.state};
  UsualTimes times(reader);
  Wanted wanted = with_labels(query);
  if (only_stuck) {
    wanted = [labelled = std::move(wanted)](const Value& item) {
      return item.contains("stuck") && (!labelled || labelled(item));
    };
  }
  return page_of_wanted(
      slice, [&](const store::Page& page) { return reader.activations(filter, page); },
      [&](const core::Activation& run) { return run_view(run, times, now); },
      [](const core::Activation& run) { return run.id.text(); }, wanted,
      [&query](const core::Activation& run) {
        // Every run has the label that says its status, most have no other.
        return query.labels.empty() || !run.metadata.empty() ||
               query.labels.contains("statusMessage");
      });
}

Answer of_activation(store::Reader& reader, const QueryRequest& query, const store::Page& slice,
                     core::Instant now) {
  const auto id = core::ActivationId::parse(query.activation);
  if (!id) return {id.error().status, id.error().message, id.error().hint, {}};
  const auto activation = reader.activation(*id);
  if (!activation) return missing(query.activation);
  if (query.what == "history") {
    return page_of(
        slice, [&](const store::Page& page) { return reader.history(*id, page); }, stage_run_view,
        [](const core::StageRun& run) { return std::to_string(run.run); });
  }
  if (query.what == "tasks") {
    return page_of(
        slice, [&](const store::Page& page) { return reader.tasks(*id, query.run, page); },
        task_view, place_of);
  }
  if (query.what == "logs") return of_logs(reader, *id, query.run, slice);
  UsualTimes times(reader);
  Value body = run_view(*activation, times, now);
  body["inputs"] = core::parse_object(activation->inputs);
  core::mask_named(body["inputs"]);
  if (!activation->trigger.empty()) body["trigger"] = core::parse_object(activation->trigger);
  if (!activation->stage.empty()) {
    if (const auto output = reader.output(*id, activation->stage)) {
      body["outputs"] = shown(core::parse_object(output->outputs));
    }
  }
  return {core::status::ok,
          {},
          {},
          core::dump({{"item", core::shortened(std::move(body), items_bytes)}})};
}

/// One version with its document, which is given whole or not at all.
Answer of_campaign(store::Reader& reader, const QueryRequest& query) {
  const auto reference = campaign::parse_reference(query.campaign);
  if (!reference) {
    return {reference.error().status, reference.error().message, reference.error().hint, {}};
  }
  const auto version =
      reader.campaign(*core::Namespace::parse("default"), reference->campaign, reference->version);
  if (!version) {
    return {core::status::not_found,
            "campaign " + query.campaign + " is not known",
            "see `antiphon get campaigns`",
            {}};
  }
  Value item = campaign_view(*version);
  item["document"] = core::parse_object(version->document);
  std::string body = core::dump({{"item", std::move(item)}});
  if (body.size() <= items_bytes) return {core::status::ok, {}, {}, std::move(body)};
  return {core::status::too_large,
          "the document has " + std::to_string(version->document.size()) +
              " bytes, more than an answer may have",
          "read the file that it was applied from",
          {}};
}

Answer of_error(const core::Error& error) {
  return {error.status, error.message, error.hint, {}};
}

Answer one_object(store::Reader& reader, const QueryRequest& query) {
  const auto key = core::object_key(query.object);
  if (!key) return of_error(key.error());
  const auto object = reader.object(*key);
  if (!object) {
    return {core::status::not_found,
            "there is no object " + core::to_text(*key),
            "see `antiphon get objects`",
            {}};
  }
  Value body = object_view(*object);
  body["document"] = core::parse_object(object->document);
  if (!object->status.empty()) body["objectStatus"] = core::parse_object(object->status);
  return {core::status::ok,
          {},
          {},
          core::dump({{"item", core::shortened(std::move(body), items_bytes)}})};
}

Answer of_objects(store::Reader& reader, const QueryRequest& query, const store::Page& slice) {
  if (!query.object.empty()) return one_object(reader, query);
  store::Reader::ObjectFilter filter;
  if (!query.kind.empty()) {
    auto kind = core::object_kind(query.kind);
    if (!kind) return of_error(kind.error());
    filter.kind = *std::move(kind);
  }
  if (!query.name_space.empty()) filter.name_space = *core::Namespace::parse(query.name_space);
  return page_of_wanted(
      slice, [&](const store::Page& page) { return reader.objects(filter, page); }, object_view,
      [](const core::Object& row) { return core::to_text(row.key); }, with_labels(query), any_row);
}

Answer of_triggers(store::Reader& reader, const QueryRequest& query, const store::Page& slice) {
  Wanted wanted;
  if (!query.campaign.empty()) {
    wanted = [&query](const Value& item) { return item["campaign"] == query.campaign; };
  }
  return page_of_wanted(
      slice, [&](const store::Page& page) { return reader.triggers(page); },
      [&](const core::TriggerRow& row) { return trigger_view(row, reader.lane_load(row)); },
      [](const core::TriggerRow& row) { return core::to_text(row); }, wanted,
      [&query](const core::TriggerRow& row) {
        return query.campaign.empty() || row.campaign.text() == query.campaign;
      });
}

}  // namespace

Answer answer_query(store::Reader& reader, const QueryRequest& query, core::Instant now) {
  const store::Page slice{query.after, std::clamp(query.limit, 1, core::limits::page_items)};
  const std::string& what = query.what;
  if (what == "activation" || what == "history" || what == "tasks" || what == "logs") {
    return of_activation(reader, query, slice, now);
  }
  if (what == "campaign") return of_campaign(reader, query);
  if (what == "campaigns") {
    return page_of_wanted(
        slice, [&](const store::Page& page) { return reader.campaigns(page); }, campaign_view,
        [](const core::CampaignVersion& row) { return row.hash; }, with_labels(query), any_row);
  }
  if (what == "activations") return of_activations(reader, query, slice, now);
  if (what == "objects") return of_objects(reader, query, slice);
  if (what == "sites") {
    return page_of_wanted(
        slice, [&](const store::Page& page) { return reader.sites(page); }, site_view,
        [](const core::Site& row) { return row.name.text(); }, with_labels(query), any_row);
  }
  if (what == "approvals") {
    return page_of(
        slice, [&](const store::Page& page) { return reader.asking(page); }, approval_view,
        [](const core::Task& row) { return row.id.text(); });
  }
  if (what == "triggers") return of_triggers(reader, query, slice);
  if (what == "rejects") {
    return page_of(
        slice, [&](const store::Page& page) { return reader.rejects(page); }, reject_view,
        [](const core::Reject& row) { return std::to_string(row.seq); });
  }
  return {
      core::status::not_found,
      "there is no query '" + what + "'",
      "ask for campaigns, campaign, activations, activation, approvals, history, objects, sites, "
      "tasks, logs, triggers or rejects",
      {}};
}

QueryDesk::QueryDesk(store::Store& store, Messenger& messenger, Clock& clock)
    : reader_(store.reader()), messenger_(messenger), clock_(clock), thread_([this] { work(); }) {}

QueryDesk::~QueryDesk() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
  thread_.join();
}

void QueryDesk::answer(const QueryRequest& query, Answer answer) {
  if (query.asker.reply_to) messenger_.send(AnswerOut{query.asker, std::move(answer)});
}

void QueryDesk::ask(QueryRequest query) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < most_waiting) {
      waiting_.push_back(std::move(query));
      arrived_.notify_one();
      return;
    }
  }
  answer(query, {core::status::unavailable, "too many queries are waiting", "ask again later", {}});
}

void QueryDesk::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_) return;
    const QueryRequest query = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      answer(query, answer_query(*reader_, query, clock_.wall()));
    } catch (const store::StoreError& error) {
      spdlog::error("query {} failed: {}", query.what, error.what());
      answer(query, {core::status::internal_error, "the store could not be read", {}, {}});
    }
  }
}

}  // namespace antiphon::runtime
