// SPDX-License-Identifier: MIT
#include "connectors/cli/dry/dry_run.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "connectors/bus/bus.hpp"
#include "engine/core/json.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/plane.hpp"
#include "engine/runtime/views.hpp"
#include "engine/store/memory_store.hpp"

namespace antiphon::cli::dry {
namespace {

/// A run that waits longer than this for something waits for nothing.
constexpr core::Duration longest_time = core::days(3'660);

constexpr const char* answer_topic = "dry";

/// All that a document names are there, and none is known.
class NoSecrets final : public core::SecretSource {
 public:
  core::Result<core::Value> secret(std::string_view, std::string_view) const override {
    return core::Value(core::secret_mask);
  }
};

class Rehearsal {
 public:
  Rehearsal(const campaign::CampaignDocument& document, const campaign::Answers& answers,
            const core::Providers& providers, const DryOptions& options, const Outside::Tell& tell);

  core::Result<DryEnd> run();

 private:
  void say(runtime::Inbound inbound);
  std::optional<core::Error> refusal() const;
  std::optional<core::Error> begin();
  std::optional<core::Error> apply(const std::string& document, const std::string& file);
  std::optional<core::Error> activate();
  std::optional<core::Error> publish(const campaign::ScriptedMessage& message);
  void meet_sites();
  void note(const core::LifeCycle& event);
  std::optional<core::Error> step();
  core::Asker asker() const;

  const campaign::CampaignDocument& document_;
  const campaign::Answers& answers_;
  const DryOptions& options_;
  Outside::Tell tell_;
  core::Providers providers_;
  NoSecrets secrets_;
  std::unique_ptr<store::Store> store_;
  Outside outside_;
  std::uint64_t seeds_ = 0;
  std::optional<runtime::Plane> plane_;
  core::ActivationId run_;
  std::string stage_;
  std::string paused_;     ///< why, once it is
  bool proposed_ = false;  ///< it waits for a step, which is taken as its selector says
  std::int64_t stage_runs_ = 0;
  core::ActivationState state_ = core::ActivationState::running;
};

Rehearsal::Rehearsal(const campaign::CampaignDocument& document, const campaign::Answers& answers,
                     const core::Providers& providers, const DryOptions& options,
                     const Outside::Tell& tell)
    : document_(document),
      answers_(answers),
      options_(options),
      tell_(tell),
      providers_(worked_outside(providers, *document.campaign, answers)),
      store_(store::make_memory_store(options.plane, {std::string(32, 'd'), {}})),
      outside_(*document.campaign, answers, providers, options.plane, options.begin,
               [this](const core::LifeCycle& event) { note(event); }) {
  runtime::PlaneOptions plane;
  plane.plane.self = options.plane;
  plane.plane.providers = &providers_;
  plane.plane.secrets = &secrets_;
  plane_.emplace(std::move(plane), *store_, outside_, outside_, outside_, [this] {
    ++seeds_;
    return core::Seed{seeds_ * 0x9e3779b97f4a7c15ULL, seeds_};
  });
  plane_->recover();
}

core::Asker Rehearsal::asker() const {
  core::Asker asker;
  asker.user = *core::UserName::parse("dry-run");
  asker.reply_to = answer_topic;
  return asker;
}

void Rehearsal::say(runtime::Inbound inbound) {
  std::vector<runtime::Envelope> batch;
  batch.push_back({std::move(inbound), {}, {}});
  plane_->step(batch);
}

std::optional<core::Error> Rehearsal::refusal() const {
  const auto& answer = outside_.answer();
  if (!answer || answer->status < core::status::bad_request) return std::nullopt;
  return core::Error{answer->status, answer->error, answer->hint};
}

void Rehearsal::meet_sites() {
  for (const core::SiteView& site : answers_.sites) {
    core::Presence presence;
    presence.online = site.online;
    presence.journal = "dry";
    presence.boot = 1;
    presence.parents = {options_.plane.text()};
    presence.labels = site.labels;
    presence.since = options_.begin;
    say(runtime::SeenPresence{site.name, std::move(presence), true});
  }
}

std::optional<core::Error> Rehearsal::apply(const std::string& document, const std::string& file) {
  core::ApplyRequest request;
  request.asker = asker();
  request.document = document;
  request.file = file;
  say(std::move(request));
  return refusal();
}

std::optional<core::Error> Rehearsal::begin() {
  if (auto refused = apply(document_.canonical, document_.campaign->name.text())) return refused;
  for (const GivenObjects& given : options_.objects) {
    if (auto refused = apply(given.text, given.file)) return refused;
  }
  meet_sites();
  return answers_.message ? publish(*answers_.message) : activate();
}

std::optional<core::Error> Rehearsal::activate() {
  const core::Campaign& campaign = *document_.campaign;
  core::ActivateRequest request;
  request.asker = asker();
  request.campaign = campaign.name;
  request.version = campaign.version;
  request.name_space = campaign.name_space;
  request.activation = *core::ActivationId::parse("dry-run");
  request.stage = options_.stage;
  request.inputs = options_.inputs;
  say(std::move(request));
  return refusal();
}

std::optional<core::Error> Rehearsal::publish(const campaign::ScriptedMessage& message) {
  core::TopicMessage published;
  published.topic = message.topic;
  published.payload = core::dump(message.payload);
  if (message.payload.is_string()) published.form = core::PayloadForm::text;
  for (const std::string& filter : plane_->trigger_filters()) {
    if (bus::matches(filter, message.topic)) published.filters.push_back(filter);
  }
  if (published.filters.empty()) {
    return core::Error{core::status::not_found,
                       "no trigger of the campaign hears the message on " + message.topic,
                       "see the topics in spec.triggers"};
  }
  say(std::move(published));
  if (!run_.empty()) return std::nullopt;
  const auto rejects = store_->reader()->rejects({{}, 1});
  return core::Error{core::status::bad_request,
                     "the message on " + message.topic + " started no run" +
                         (rejects.empty() ? "" : ": " + rejects.front().reason)};
}

void Rehearsal::note(const core::LifeCycle& event) {
  if (run_.empty() && event.type == "activation.started") run_ = event.activation;
  if (event.activation == run_) {
    const core::Value data = core::parse_object(event.data);
    if (event.type == "stage.started") {
      ++stage_runs_;
      stage_ = data.value("stage", "");
    }
    if (event.type.starts_with("activation.")) {
      state_ = core::activation_state(data.value("state", "")).value_or(state_);
      proposed_ = event.type == "activation.proposed";
      if (state_ == core::ActivationState::paused) paused_ = data.value("error", "paused");
    }
  }
  if (stage_runs_ <= options_.most_stage_runs) tell_(event);
}

/// To the next thing that happens; an error: there will be none, or it must not go on.
std::optional<core::Error> Rehearsal::step() {
  if (outside_.missing()) return outside_.missing();
  if (stage_runs_ > options_.most_stage_runs) {
    return core::Error{
        core::status::conflict,
        "more than " + std::to_string(options_.most_stage_runs) + " stage runs, and no end",
        "a loop that no answer ends? --stage-runs allows more"};
  }
  if (proposed_) {
    proposed_ = false;
    state_ = core::ActivationState::running;
    core::StepRequest request;
    request.asker = asker();
    request.activation = run_;
    say(std::move(request));
    return refusal();
  }
  if (state_ == core::ActivationState::paused) {
    return core::Error{core::status::conflict,
                       "the run is paused, and nobody resumes it here: " + paused_};
  }
  core::Instant next = outside_.now() + plane_->patience();
  if (const auto arrives = outside_.next()) next = std::min(next, *arrives);
  if (next - options_.begin > longest_time) {
    return core::Error{core::status::timed_out,
                       "the run waits for more than " + core::to_text(longest_time)};
  }
  outside_.advance_to(std::max(next, outside_.now()));
  auto envelopes = outside_.arrived();
  plane_->step(envelopes);
  return std::nullopt;
}

core::Result<DryEnd> Rehearsal::run() {
  if (auto refused = begin()) return tl::unexpected<core::Error>(std::move(*refused));
  while (!core::ended(state_)) {
    if (auto stuck = step()) return tl::unexpected<core::Error>(std::move(*stuck));
  }
  DryEnd end{state_, core::Value::object(), outside_.answered()};
  if (const auto output = store_->reader()->output(run_, stage_)) {
    end.outputs = runtime::shown(core::parse_object(output->outputs));
  }
  return end;
}

}  // namespace

core::Result<DryEnd> run_dry(const campaign::CampaignDocument& document,
                             const campaign::Answers& answers, const core::Providers& providers,
                             const DryOptions& options, const Outside::Tell& tell) {
  return Rehearsal(document, answers, providers, options, tell).run();
}

}  // namespace antiphon::cli::dry
