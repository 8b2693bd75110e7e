// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_rows.hpp"

#include <nlohmann/json.hpp>

namespace antiphon::store {
namespace {

std::string labels_text(const std::map<std::string, std::string>& labels) {
  return core::Value(labels).dump(-1, ' ', false, core::Value::error_handler_t::replace);
}

std::string offers_text(const std::vector<std::string>& offers) {
  return core::Value(offers).dump(-1, ' ', false, core::Value::error_handler_t::replace);
}

template <class Wanted>
void read_json(Statement& statement, Wanted& wanted, const char* what) {
  const auto value = core::Value::parse(statement.text(), nullptr, false);
  try {
    value.get_to(wanted);
  } catch (const core::Value::exception&) {
    statement.refuse(std::string(what) + " of a site are not readable");
  }
}

}  // namespace

void bind_row(Statement& statement, ActivationKey key, const core::Activation& row) {
  statement.bind(key, row.id, row.name_space, row.campaign, row.version, row.hash,
                 core::to_text(row.state), row.status, row.error, row.stage, row.run,
                 row.next_stage, row.act, row.due, row.seq, row.origin, row.task_id, row.depth,
                 row.author, row.created, row.updated, row.ended_at, row.stop_by, Bytes{row.inputs},
                 Bytes{row.trigger}, Bytes{row.metadata}, row.stepped, row.awaits_step,
                 Bytes{row.given_inputs}, Bytes{row.signals});
}

core::Activation read_activation(Statement& statement) {
  core::Activation row;
  statement.number();  // the key
  statement.read(row.id);
  statement.read(row.name_space);
  statement.read(row.campaign);
  statement.read(row.version);
  row.hash = statement.text();
  row.state = statement.state(core::activation_state);
  row.status = statement.small_number();
  row.error = statement.text();
  row.stage = statement.text();
  row.run = statement.number();
  row.next_stage = statement.text();
  row.act = statement.text();
  row.due = statement.maybe_instant();
  row.seq = statement.number();
  statement.read(row.origin);
  statement.read(row.task_id);
  row.depth = statement.small_number();
  row.author = statement.text();
  row.created = statement.instant();
  row.updated = statement.instant();
  row.ended_at = statement.maybe_instant();
  row.stop_by = statement.maybe_instant();
  row.inputs = statement.text();
  row.trigger = statement.text();
  row.metadata = statement.text();
  row.stepped = statement.flag();
  row.awaits_step = statement.flag();
  row.given_inputs = statement.text();
  row.signals = statement.text();
  return row;
}

void bind_row(Statement& statement, ActivationKey key, const core::StageRun& row) {
  statement.bind(key, row.run, row.stage, row.provider, core::to_text(row.state), row.total,
                 row.opened, row.succeeded, row.failed, row.swept, row.parts.count,
                 row.parts.at_once, row.parts.tolerated, row.compat, row.next_stage, row.status,
                 row.error, row.note, row.act, row.again_of, row.handled, row.opened_at,
                 row.begins_at, row.ended_at, Bytes{row.contexts}, Bytes{row.inputs},
                 row.stepped_by, row.step_token, Bytes{row.given_outputs});
}

core::StageRun read_stage_run(Statement& statement, const core::ActivationId& activation) {
  core::StageRun row;
  statement.number();  // the activation's key
  row.activation = activation;
  row.run = statement.number();
  row.stage = statement.text();
  row.provider = statement.text();
  row.state = statement.state(core::stage_run_state);
  row.total = statement.number();
  row.opened = statement.number();
  row.succeeded = statement.number();
  row.failed = statement.number();
  row.swept = statement.number();
  row.parts.count = statement.small_number();
  row.parts.at_once = statement.small_number();
  row.parts.tolerated = statement.small_number();
  row.compat = statement.flag();
  row.next_stage = statement.text();
  row.status = statement.small_number();
  row.error = statement.text();
  row.note = statement.text();
  row.act = statement.text();
  row.again_of = statement.number();
  row.handled = statement.flag();
  row.opened_at = statement.instant();
  row.begins_at = statement.maybe_instant();
  row.ended_at = statement.maybe_instant();
  row.contexts = statement.text();
  row.inputs = statement.text();
  row.stepped_by = statement.text();
  row.step_token = statement.text();
  row.given_outputs = statement.text();
  return row;
}

void bind_row(Statement& statement, ActivationKey key, const core::Task& row) {
  statement.bind(key, row.key.run, row.key.ordinal, row.id, row.context, row.name, row.site,
                 row.provider, core::to_text(row.state), row.attempt, row.idempotent, row.status,
                 row.error, row.note, row.journal, row.created, row.deadline, row.next_send,
                 row.wake_at, row.sends, row.settled_at, core::due_at(row), Bytes{row.request},
                 Bytes{row.outputs}, row.polls, Bytes{row.poll_state}, row.waits_for,
                 row.work_timeout.ms, row.work_until);
}

core::Task read_task(Statement& statement, const core::ActivationId& activation) {
  core::Task row;
  statement.number();  // the activation's key
  row.key.activation = activation;
  row.key.run = statement.number();
  row.key.ordinal = statement.number();
  statement.read(row.id);
  row.context = statement.text();
  row.name = statement.text();
  statement.read(row.site);
  row.provider = statement.text();
  row.state = statement.state(core::task_state);
  row.attempt = statement.small_number();
  row.idempotent = statement.flag();
  row.status = statement.small_number();
  row.error = statement.text();
  row.note = statement.text();
  row.journal = statement.text();
  row.created = statement.instant();
  row.deadline = statement.instant();
  row.next_send = statement.maybe_instant();
  row.wake_at = statement.maybe_instant();
  row.sends = statement.small_number();
  row.settled_at = statement.maybe_instant();
  statement.maybe_instant();  // due: follows from the others
  row.request = statement.text();
  row.outputs = statement.text();
  row.polls = statement.small_number();
  row.poll_state = statement.text();
  row.waits_for = statement.text();
  row.work_timeout.ms = statement.number();
  row.work_until = statement.maybe_instant();
  return row;
}

core::WorkLog read_log(Statement& statement) {
  core::WorkLog log;
  log.attempt = statement.small_number();
  log.out = statement.text();
  log.err = statement.text();
  log.note = statement.text();
  return log;
}

core::Task read_task(Statement& statement) {
  core::ActivationId activation;
  statement.read(activation);
  return read_task(statement, activation);
}

void bind_row(Statement& statement, const core::CampaignVersion& row) {
  statement.bind(row.hash, row.name_space, row.name, row.version, row.applied_seq, row.applied_at,
                 Bytes{row.document});
}

core::CampaignVersion read_version(Statement& statement) {
  core::CampaignVersion row;
  row.hash = statement.text();
  statement.read(row.name_space);
  statement.read(row.name);
  statement.read(row.version);
  row.applied_seq = statement.number();
  row.applied_at = statement.instant();
  row.document = statement.text();
  return row;
}

void bind_row(Statement& statement, const core::TriggerRow& row) {
  const int switched = !row.switched ? -1 : *row.switched ? 1 : 0;
  statement.bind(row.name_space, row.campaign, row.name, row.filter, row.hash, row.enabled,
                 switched);
}

core::TriggerRow read_trigger(Statement& statement) {
  core::TriggerRow row;
  statement.read(row.name_space);
  statement.read(row.campaign);
  row.name = statement.text();
  row.filter = statement.text();
  row.hash = statement.text();
  row.enabled = statement.flag();
  if (const int switched = statement.small_number(); switched >= 0) row.switched = switched == 1;
  return row;
}

void bind_row(Statement& statement, const core::Lane& row) {
  statement.bind(row.id, row.trigger, row.activation, row.until, row.due, row.gathered,
                 row.gathered_bytes, row.waiting, row.waiting_bytes, row.next_seq);
}

core::Lane read_lane(Statement& statement) {
  core::Lane row;
  row.id = statement.text();
  row.trigger = statement.text();
  statement.read(row.activation);
  row.until = statement.maybe_instant();
  row.due = statement.maybe_instant();
  row.gathered = statement.number();
  row.gathered_bytes = statement.number();
  row.waiting = statement.number();
  row.waiting_bytes = statement.number();
  row.next_seq = statement.number();
  return row;
}

core::LaneLoad read_load(Statement& statement) {
  core::LaneLoad load;
  load.lanes = statement.number();
  load.events = statement.number();
  load.bytes = statement.number();
  return load;
}

core::LaneEvent read_lane_event(Statement& statement, bool ready) {
  core::LaneEvent row;
  row.ready = ready;
  row.seq = statement.number();
  row.hash = statement.text();
  row.message = statement.text();
  return row;
}

void bind_row(Statement& statement, const core::Site& row) {
  statement.bind(row.name, row.journal, row.boot, row.online, row.declared, row.ours, row.arrays,
                 row.version, labels_text(row.labels), offers_text(row.offers), row.last_seen);
}

core::Site read_site(Statement& statement) {
  core::Site row;
  statement.read(row.name);
  row.journal = statement.text();
  row.boot = statement.number();
  row.online = statement.flag();
  row.declared = statement.flag();
  row.ours = statement.flag();
  row.arrays = statement.flag();
  row.version = statement.text();
  read_json(statement, row.labels, "the labels");
  read_json(statement, row.offers, "the offers");
  row.last_seen = statement.instant();
  return row;
}

void bind_row(Statement& statement, const core::Object& row) {
  statement.bind(row.key.kind, row.key.name_space, row.key.name, row.generation, row.origin,
                 row.author, row.created, row.updated, row.status_at, row.deleted_at,
                 Bytes{row.document}, Bytes{row.status});
}

core::Object read_object(Statement& statement) {
  core::Object row;
  statement.read(row.key.kind);
  statement.read(row.key.name_space);
  statement.read(row.key.name);
  row.generation = statement.number();
  statement.read(row.origin);
  row.author = statement.text();
  row.created = statement.instant();
  row.updated = statement.instant();
  row.status_at = statement.maybe_instant();
  row.deleted_at = statement.maybe_instant();
  row.document = statement.text();
  row.status = statement.text();
  return row;
}

void bind_row(Statement& statement, const core::Reject& row) {
  const std::optional<core::Instant> next_seq;
  statement.bind(next_seq, row.at, row.topic, row.sender, row.status, row.reason, row.size_bytes,
                 Bytes{row.sample});
}

core::Reject read_reject(Statement& statement) {
  core::Reject row;
  row.seq = statement.number();
  row.at = statement.instant();
  row.topic = statement.text();
  row.sender = statement.text();
  row.status = statement.small_number();
  row.reason = statement.text();
  row.size_bytes = static_cast<std::size_t>(statement.number());
  row.sample = statement.text();
  return row;
}

}  // namespace antiphon::store
