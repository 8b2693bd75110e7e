// SPDX-License-Identifier: MIT
#include "engine/runtime/plane.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/runtime/failpoint.hpp"

namespace antiphon::runtime {
namespace {

constexpr core::Duration longest_wait = core::seconds(60);
constexpr core::Duration cautious_time = core::seconds(60);
constexpr int deaths_before_quarantine = 2;

std::string tried_digest(const Delivery& delivery) {
  return sha256("tried\n" + delivery.fingerprint);
}

/// What is noted of a message that a process has begun and not committed: the process's boot, and
/// how many have died with it before.
std::string begun_in(std::int64_t boot, int deaths) {
  return std::to_string(boot) + " " + std::to_string(deaths);
}

/// Of a process that ended before the last one nobody knows how it ended: it does not count.
int deaths_with(const std::string& noted, std::int64_t boot) {
  std::istringstream text(noted);
  std::int64_t begun = 0;
  int deaths = 0;
  if (!(text >> begun >> deaths)) return 0;
  return begun == boot - 1 ? deaths + 1 : deaths;
}

template <class Wanted, class Effects>
bool any_of(const Effects& effects) {
  return std::any_of(effects.begin(), effects.end(), [](const core::Effect& effect) {
    return std::holds_alternative<Wanted>(effect);
  });
}

bool carries_result(const std::vector<core::Effect>& effects) {
  return std::any_of(effects.begin(), effects.end(), [](const core::Effect& effect) {
    const auto* reply = std::get_if<core::SendReply>(&effect);
    return reply != nullptr && core::is_final(reply->reply.state);
  });
}

core::WorkReported::Kind kind_of(WorkReport::Kind kind) {
  using Kind = core::WorkReported::Kind;
  switch (kind) {
    case WorkReport::Kind::started:
      return Kind::started;
    case WorkReport::Kind::finished:
      return Kind::finished;
    case WorkReport::Kind::uncertain:
      return Kind::uncertain;
    case WorkReport::Kind::not_yet:
      break;
  }
  return Kind::not_yet;
}

/// Names the batch for the tests that kill the process around a commit.
void pass_failpoints(const char* when, const std::vector<core::Effect>& effects) {
  const std::string place = std::string(when) + "-commit";
  failpoint(place);
  if (any_of<core::SendCommand>(effects)) failpoint(place + "-of-command");
  if (any_of<core::StartWork>(effects)) failpoint(place + "-of-work");
  if (any_of<core::Arrived>(effects)) failpoint(place + "-of-reply");
  if (carries_result(effects)) failpoint(place + "-of-result");
}

}  // namespace

Plane::Plane(PlaneOptions options, store::Store& store, Messenger& messenger, Worker& worker,
             Clock& clock, std::function<core::Seed()> seeds)
    : options_(std::move(options)),
      store_(store),
      messenger_(messenger),
      worker_(worker),
      seeds_(std::move(seeds)),
      time_(clock, store.begin()->last_instant()),
      campaigns_(*options_.plane.providers),
      outflow_(seeds_()),
      since_(time_.now()) {
  if (!store.identity().clean) cautious_until_ = since_ + cautious_time;
  const auto rows = store_.begin();
  triggers_ = read_triggers(*rows);
  lane_load_ = rows->lane_load();
}

bool Plane::cautious() {
  return time_.now() < cautious_until_;
}

void Plane::step(std::vector<Envelope>& envelopes) {
  const bool due = next_due_ && *next_due_ <= time_.now();
  if (!envelopes.empty() || due) turn(envelopes);
  pump_timers();
}

void Plane::turn(std::vector<Envelope>& envelopes) {
  if (cautious()) {
    for (auto at = envelopes.begin(); at != envelopes.end();) {
      at = quarantined(*at) ? envelopes.erase(at) : at + 1;
    }
  }
  Batch batch;
  batch.rows = store_.begin();
  batch.clocks = clocks_;
  batch.lane_load = lane_load_;
  batch.now = time_.now();
  fire_due(batch);
  for (Envelope& envelope : envelopes) process(batch, envelope);
  batch.rows->forget_expired(batch.now, core::limits::batch_events);
  batch.rows->forget_objects(batch.now - core::limits::object_memory, core::limits::batch_events);
  batch.rows->put_last_instant(batch.now);
  if (core::planted(core::Planted::acknowledge_before_commit)) acknowledge(envelopes);
  if (core::planted(core::Planted::publish_before_commit)) release_effects(batch);
  commit(batch);
  acknowledge(envelopes);
  envelopes.clear();
  release(batch);
}

void Plane::acknowledge(std::vector<Envelope>& envelopes) {
  for (Envelope& envelope : envelopes) {
    if (envelope.committed) std::exchange(envelope.committed, nullptr)();
  }
}

/// After an unclean stop a message that two processes had begun when they died is put aside instead
/// of tried once more.
bool Plane::quarantined(Envelope& envelope) {
  if (envelope.delivery.fingerprint.empty() || envelope.noted) return false;
  const std::string digest = tried_digest(envelope.delivery);
  const auto rows = store_.begin();
  const core::Instant now = time_.now();
  const std::int64_t boot = store_.identity().boot;
  const int deaths = deaths_with(rows->seen(digest, now).value_or(""), boot);
  if (deaths < deaths_before_quarantine) {
    rows->remember(digest, begun_in(boot, deaths), now + core::limits::identity_lifetime);
    commit_aside(*rows);
    envelope.noted = true;
    return false;
  }
  spdlog::error(
      "a message that stopped this process twice is put aside; see `antiphon get rejects`");
  const auto topic =
      envelope.delivery.fingerprint.substr(0, envelope.delivery.fingerprint.find('\n'));
  rows->add({0,
             now,
             topic,
             {},
             core::status::internal_error,
             "put aside: the process stopped twice while it was being applied",
             0,
             {}});
  commit_aside(*rows);
  if (envelope.committed) envelope.committed();
  return true;
}

void Plane::process(Batch& batch, Envelope& envelope) {
  const Delivery& delivery = envelope.delivery;
  std::visit(
      [&](const auto& inbound) {
        using Kind = std::decay_t<decltype(inbound)>;
        if constexpr (std::is_same_v<Kind, core::TopicMessage>) {
          on(batch, inbound, delivery);
        } else if constexpr (std::is_same_v<Kind, Connected>) {
          batch.greet = true;
        } else if constexpr (std::is_same_v<Kind, Disconnected>) {
          spdlog::debug("off the bus");
        } else if constexpr (std::is_same_v<Kind, core::QueryRequest>) {
          // Read beside the plane (loop.hpp): it changes nothing.
        } else if constexpr (requires { inbound.asker.identity; }) {
          if constexpr (std::is_same_v<Kind, RefusedMessage>) {
            on(batch, inbound);
          } else {
            answer_once(batch, inbound, delivery);
          }
        } else {
          on(batch, inbound);
        }
      },
      envelope.inbound);
  if (envelope.noted) batch.rows->remember(tried_digest(delivery), {}, batch.now);
}

void Plane::fire_due(Batch& batch) {
  for (const store::Due& due : batch.rows->due(batch.now, core::limits::batch_events)) {
    core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
    const bool loaded =
        due.task ? load(slice, batch, *due.task) : load(slice, batch, due.activation);
    if (loaded) apply(batch, slice, core::DueReached{});
  }
  fire_lanes(batch);
}

/// What is remembered beside the rows changes only once they are stored.
void Plane::commit(Batch& batch) {
  const auto next_due = batch.rows->next_due();
  if (core::planted(core::Planted::due_before_commit)) next_due_ = next_due;
  pass_failpoints("before", batch.effects);
  batch.rows->commit();
  next_due_ = next_due;
  clocks_ = std::move(batch.clocks);
  lane_load_ = batch.lane_load;
  if (batch.triggers) triggers_ = *batch.triggers;
  pass_failpoints("after", batch.effects);
}

/// What is written beside the batches.
void Plane::commit_aside(store::Transaction& rows) {
  failpoint("before-commit-aside");
  rows.commit();
  failpoint("after-commit-aside");
}

bool Plane::load(core::Slice& slice, Batch& batch, const core::ActivationId& id) {
  slice.activation = batch.rows->activation(id);
  if (!slice.activation) return false;
  if (slice.activation->run > 0) slice.run = batch.rows->stage_run(id, slice.activation->run);
  if (slice.activation->hash.empty()) return true;
  slice.campaign = campaigns_.find(*batch.rows, slice.activation->hash);
  if (slice.campaign == nullptr) {
    spdlog::error("run {} waits: its campaign version cannot be read", id.text());
  }
  return slice.campaign != nullptr;
}

bool Plane::load(core::Slice& slice, Batch& batch, const core::TaskKey& key) {
  if (!load(slice, batch, key.activation)) return false;
  slice.task = batch.rows->task(key);
  if (!slice.task) return false;
  if (key.run != slice.activation->run) slice.run = batch.rows->stage_run(key.activation, key.run);
  return true;
}

void Plane::apply(Batch& batch, core::Slice& slice, const core::Event& event) {
  if (options_.watch != nullptr) options_.watch->applying(slice, event);
  core::Outcome outcome = core::apply(slice, event);
  if (options_.watch != nullptr) options_.watch->applied(slice, event, outcome);
  std::move(outcome.effects.begin(), outcome.effects.end(), std::back_inserter(batch.effects));
  batch.answer = std::move(outcome.answer);
  batch.refused = std::move(outcome.refused);
}

void Plane::on(Batch& batch, const WorkReport& report) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  if (!load(slice, batch, report.key) || slice.task->id != report.id) return;
  core::WorkReported event;
  event.kind = kind_of(report.kind);
  event.status = report.status;
  event.outputs = report.outputs;
  event.error = report.error;
  event.attempt = report.attempt;
  event.polls = report.polls;
  event.wait = report.wait;
  event.log = report.log;
  mask(*slice.task, event.outputs, event.error, event.log);
  apply(batch, slice, event);
}

void Plane::reject(Batch& batch, std::string topic, std::string sender, const core::Error& error) {
  spdlog::warn("refused from {} on {}: {}", sender.empty() ? "unnamed" : sender, topic,
               error.message);
  batch.rows->add(
      {0, batch.now, std::move(topic), std::move(sender), error.status, error.message, 0, {}});
}

void Plane::on(Batch& batch, const RefusedMessage& message) {
  spdlog::warn("refused from {} on {}: {}", message.sender.empty() ? "unnamed" : message.sender,
               message.topic, message.error.message);
  batch.rows->add({0, batch.now, message.topic, message.sender, message.error.status,
                   message.error.message, message.size_bytes, message.sample});
  if (message.asker && message.asker->reply_to) {
    batch.answers.push_back(
        {*message.asker, {message.error.status, message.error.message, message.error.hint, {}}});
  }
  if (!message.command) return;
  core::Reply reply;
  reply.id = message.command->id;
  reply.attempt = message.command->attempt;
  reply.state = core::ReplyState::rejected;
  reply.status = message.error.status;
  reply.error = message.error.message;
  batch.effects.push_back(core::SendReply{message.command->origin, std::move(reply)});
}

void Plane::recover() {
  const auto rows = store_.begin();
  const core::Instant now = time_.now();
  std::optional<core::TaskKey> after;
  while (true) {
    const auto tasks = rows->local_work(after, core::limits::fan_out_chunk);
    for (const core::Task& task : tasks) {
      after = task.key;
      const auto* info = options_.plane.providers->find(task.provider);
      if (info == nullptr || info->executor != core::Executor::worker) continue;
      const int attempt = core::work_attempt(*rows->activation(task.key.activation), task);
      begin_work({task.key, task.id, attempt, task.provider, task.request, task.deadline - now,
                  false, task.polls, task.poll_state, task.work_timeout});
      if (task.state == core::TaskState::cancelling) worker_.stop(task.id, attempt);
    }
    if (tasks.size() < core::limits::fan_out_chunk) break;
  }
  for (const core::PlaneName& name : options_.declared_sites) {
    core::Site site = rows->site(name).value_or(core::Site{});
    site.name = name;
    site.declared = site.ours = true;
    rows->put(site);
  }
  next_due_ = rows->next_due();
  commit_aside(*rows);
}

core::Duration Plane::patience() {
  const core::Instant now = time_.now();
  core::Duration wait = longest_wait;
  for (const auto& at : {next_due_, outflow_.next(), statuses_.next(), feed_.next()}) {
    if (at) wait = std::min(wait, std::max(*at - now, core::Duration{0}));
  }
  return wait;
}

std::vector<core::Violation> Plane::check_memory() const {
  std::vector<core::Violation> found;
  const auto rows = store_.begin();
  if (triggers_ != read_triggers(*rows)) {
    found.push_back({"I9", "the triggers in memory are not those of the store"});
  }
  if (lane_load_ != rows->lane_load()) {
    found.push_back({"I9", "what lanes hold in memory is not what they hold in the store"});
  }
  if (next_due_ != rows->next_due()) {
    found.push_back({"I9", "what is due next in memory is not what is due in the store"});
  }
  std::map<core::PlaneName, std::size_t> in_flight;
  outflow_.each_flight([&](const core::PlaneName& site, const core::TaskId& id) {
    if (++in_flight[site] == core::limits::in_flight_per_site + 1) {
      found.push_back({"I8", "more commands are in flight to " + site.text() + " than may be"});
    }
    const auto key = rows->find_task(id);
    const auto task = key ? rows->task(*key) : std::nullopt;
    if (!task || task->site != site) {
      found.push_back({"I9", "a command in flight to " + site.text() + " has no task there"});
    }
  });
  return found;
}

core::Presence Plane::presence(bool online) const {
  core::Presence presence;
  presence.online = online;
  presence.journal = store_.identity().journal;
  presence.boot = store_.identity().boot;
  presence.version = options_.program_version;
  for (const auto& parent : options_.plane.parents) presence.parents.push_back(parent.text());
  presence.labels = options_.labels;
  presence.offers.assign(options_.plane.offers.begin(), options_.plane.offers.end());
  presence.arrays = true;
  presence.since = since_;
  return presence;
}

}  // namespace antiphon::runtime
