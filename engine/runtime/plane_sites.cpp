// SPDX-License-Identifier: MIT
// What other planes say: replies, hellos and presence from below, commands from above
// (docs/protocol.md).
#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/core/status.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {
namespace {

constexpr std::size_t every_owed = 1'000'000;

/// How exactly it is known when a site was heard last: a row is not written for every reply.
constexpr core::Duration heard_interval = core::seconds(10);

void note_heard(store::Transaction& rows, const core::PlaneName& name, core::Instant now) {
  auto site = rows.site(name);
  if (!site || now - site->last_seen < heard_interval) return;
  site->last_seen = now;
  rows.put(*site);
}

/// It told of itself; a hello alone says nothing that fills these.
bool has_presence(const core::Site& site) {
  return !site.version.empty() || !site.offers.empty() || !site.labels.empty();
}

bool names(const std::vector<std::string>& list, const core::PlaneName& name) {
  return std::find(list.begin(), list.end(), name.text()) != list.end();
}

}  // namespace

void Plane::on(Batch& batch, const FromSite& message) {
  batch.refused.reset();
  note_heard(*batch.rows, message.site, batch.now);
  std::visit([&](const auto& said) { on(batch, message.site, said); }, message.message);
  if (batch.refused) reject(batch, message.topic, message.site.text(), *batch.refused);
}

void Plane::on(Batch& batch, const FromOrigin& message) {
  batch.refused.reset();
  std::visit([&](const auto& said) { on(batch, message.origin, said); }, message.message);
  if (batch.refused) reject(batch, message.topic, message.origin.text(), *batch.refused);
}

void Plane::on(Batch& batch, const core::PlaneName& origin, const core::HelloAnswer& answer) {
  set_clock(batch, origin, answer.at);
  batch.clocks.told.insert(origin);
}

void Plane::on(Batch&, const core::PlaneName& origin, const core::UnknownNotice& notice) {
  spdlog::info("{} no longer knows task {}; its result is kept here", origin.text(),
               notice.id.text());
}

void Plane::on(Batch& batch, const core::PlaneName& site, const core::Reply& reply) {
  const auto key = batch.rows->find_task(reply.id);
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  if (!key || !load(slice, batch, *key)) {
    if (core::is_final(reply.state)) {
      batch.to_sites.push_back({site, core::UnknownNotice{reply.id}});
    }
    return;
  }
  core::ReplyReceived event{site, reply};
  mask(*slice.task, event.reply.outputs, event.reply.error, event.reply.log);
  apply(batch, slice, event);
}

/// Keeps journal and boot up to date. False: this is older than what is known, and counts for
/// nothing.
bool Plane::note_journal(Batch& batch, core::Site& site, const std::string& journal,
                         std::int64_t boot) {
  if (journal == site.journal) {
    if (boot < site.boot) return false;
    site.boot = boot;
    return true;
  }
  const bool lost = !site.journal.empty();
  site.journal = journal;
  site.boot = boot;
  if (!lost) return true;
  spdlog::warn("site {} came back with another journal: what it had begun is uncertain",
               site.name.text());
  for (const core::Task& task : batch.rows->owed(site.name, std::nullopt, every_owed)) {
    core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
    if (load(slice, batch, task.key)) apply(batch, slice, core::JournalLost{});
  }
  return true;
}

void Plane::on(Batch& batch, const core::PlaneName& name, const core::Hello& hello) {
  if (name == options_.plane.self) {
    batch.refused = core::Error{core::status::bad_request, "a plane is no site of its own"};
    return;
  }
  core::Site site = batch.rows->site(name).value_or(core::Site{});
  site.name = name;
  if (!note_journal(batch, site, hello.journal, hello.boot)) return;
  site.ours = true;  // it says hello to those whose commands it obeys
  // Newer than the presence that said otherwise. Without one nobody would ever say that it left.
  if (has_presence(site)) site.online = true;
  site.last_seen = batch.now;
  batch.rows->put(site);
  batch.presences.emplace_back(name, true);
  answer_hello(batch, name);
}

void Plane::on(Batch& batch, const SeenPresence& seen) {
  if (seen.plane == options_.plane.self) return;
  core::Site site = batch.rows->site(seen.plane).value_or(core::Site{});
  if (!seen.presence) {
    if (site.name.empty()) return;
    site.online = false;
    batch.rows->put(site);
    return;
  }
  const core::Presence& presence = *seen.presence;
  const bool ours = site.declared || names(presence.parents, options_.plane.self);
  if (!ours && site.name.empty()) return;  // somebody else's
  site.name = seen.plane;
  if (!note_journal(batch, site, presence.journal, presence.boot)) return;
  site.ours = ours;
  site.online = presence.online;
  site.arrays = presence.arrays;
  site.version = presence.version;
  site.labels = presence.labels;
  site.offers = presence.offers;
  if (!seen.retained || site.last_seen.ms == 0) site.last_seen = batch.now;
  batch.rows->put(site);
  batch.presences.emplace_back(seen.plane, presence.online);
}

/// A message may have waited anywhere, so of what an origin says of its clock since we connected
/// the furthest counts.
void Plane::set_clock(Batch& batch, const core::PlaneName& origin, core::Instant at) {
  const core::Duration ahead = at - batch.now;
  const auto [known, fresh] = batch.clocks.ahead.emplace(origin, ahead);
  if (!fresh) known->second = std::max(known->second, ahead);
}

void Plane::on(Batch& batch, const core::PlaneName& origin, const core::Command& command) {
  set_clock(batch, origin, command.at);
  const core::Instant deadline = command.deadline - batch.clocks.ahead.at(origin);
  const bool perhaps_late = command.deadline <= batch.now && batch.now < deadline;
  if (perhaps_late && !batch.clocks.told.contains(origin)) {
    // It waited at the broker, or our clock is ahead: its origin's answer to our hello tells which,
    // and is followed by the command again.
    return;
  }
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  load_commanded(slice, batch, origin, command.id);
  apply(batch, slice, core::CommandReceived{origin, command, deadline});
}

void Plane::on(Batch& batch, const core::PlaneName& origin, const core::CancelCommand& cancel) {
  core::Slice slice(*batch.rows, options_.plane, {batch.now, seeds_()});
  load_commanded(slice, batch, origin, cancel.id);
  apply(batch, slice, core::CancelReceived{origin, cancel});
}

void Plane::load_commanded(core::Slice& slice, Batch& batch, const core::PlaneName& origin,
                           const core::TaskId& id) {
  slice.activation = batch.rows->commanded(origin, id);
  if (!slice.activation || slice.activation->run == 0) return;
  slice.run = batch.rows->stage_run(slice.activation->id, slice.activation->run);
  slice.task = batch.rows->task({slice.activation->id, slice.activation->run, 0});
}

}  // namespace antiphon::runtime
