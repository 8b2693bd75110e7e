// SPDX-License-Identifier: MIT
#include "tests/contracts/store_rows.hpp"

#include <sstream>

namespace antiphon::test {
namespace {

/// "field=value" parts of a row; an absent instant is "-".
class Parts {
 public:
  template <class T>
  Parts& operator()(std::string_view field, const T& value) {
    out_ << field << '=';
    put(value);
    out_ << ' ';
    return *this;
  }
  std::string text() const { return out_.str(); }

 private:
  template <class Tag>
  void put(const core::Name<Tag>& value) {
    out_ << value.text();
  }
  void put(core::Instant value) { out_ << value.ms; }
  void put(const std::optional<core::Instant>& value) {
    if (value) {
      put(*value);
    } else {
      out_ << '-';
    }
  }
  template <class T>
  void put(const T& value) {
    out_ << value;
  }

  std::ostringstream out_;
};

}  // namespace

core::Activation some_activation(std::string_view id) {
  core::Activation row;
  row.id = activation_id(id);
  row.name_space = name<core::Namespace>("plant");
  row.campaign = name<core::CampaignName>("rollout");
  row.version = name<core::VersionName>("v2");
  row.hash = "5e884898";
  row.stage = "ask the sites";
  row.run = 7;
  row.next_stage = "report";
  row.act = "rewind by ann: once more";
  row.seq = 41;
  row.depth = 3;
  row.inputs = R"({"version":"1.4"})";
  row.trigger = R"({"topic":"plant/a/release"})";
  row.metadata = R"({"labels":{"a":"b"},"annotations":{}})";
  row.stepped = row.awaits_step = true;
  row.given_inputs = R"({"n":7})";
  row.signals = R"([{"name":"go"}])";
  row.author = "trigger release";
  row.created = {100};
  row.updated = {200};
  return row;
}

core::Activation some_command(std::string_view id, std::string_view origin, std::string_view task) {
  core::Activation row = some_activation(id);
  row.campaign = {};
  row.hash.clear();
  row.origin = plane(origin);
  row.task_id = task_id(task);
  return row;
}

core::StageRun some_run(std::string_view activation, std::int64_t run) {
  core::StageRun row;
  row.activation = activation_id(activation);
  row.run = run;
  row.stage = "deploy";
  row.provider = "remote";
  row.total = 12;
  row.opened = 11;
  row.succeeded = 5;
  row.failed = 4;
  row.swept = 3;
  row.parts = {13, 14, 15};
  row.compat = true;
  row.contexts = R"(["tokyo","paris"])";
  row.inputs = R"({"x":1})";
  row.next_stage = "verify";
  row.status = 200;
  row.error = "one of them";
  row.note = "context 'a' was named 2 times";
  row.handled = true;
  row.stepped_by = "ci";
  row.step_token = "build-7";
  row.given_outputs = R"({"n":7})";
  row.opened_at = {300};
  row.begins_at = core::Instant{310};
  return row;
}

core::Task some_task(std::string_view activation, std::int64_t run, std::int64_t ordinal,
                     std::string_view site) {
  core::Task row;
  row.key = {activation_id(activation), run, ordinal};
  row.id =
      task_id(std::string(activation) + "-" + std::to_string(run) + "-" + std::to_string(ordinal));
  row.context = "line 4";
  row.name = "build";
  if (!site.empty()) row.site = plane(site);
  row.provider = "script";
  row.attempt = 2;
  row.idempotent = true;
  row.request = R"({"config":{},"inputs":{}})";
  row.outputs = R"({"exit":0})";
  row.status = 202;
  row.error = "not yet";
  row.note = "half way";
  row.journal = "0f0e";
  row.created = {400};
  row.deadline = {1000};
  row.sends = 6;
  return row;
}

core::CampaignVersion some_version(std::string_view campaign, std::string_view version,
                                   std::int64_t applied_seq) {
  core::CampaignVersion row;
  row.name_space = name<core::Namespace>("plant");
  row.name = name<core::CampaignName>(campaign);
  row.version = name<core::VersionName>(version);
  row.hash = "hash-of-" + std::string(campaign) + "-" + std::string(version);
  row.document = R"({"spec":{}})";
  row.applied_seq = applied_seq;
  row.applied_at = {500 + applied_seq};
  return row;
}

core::TriggerRow some_trigger(std::string_view campaign, std::string_view trigger) {
  return {name<core::Namespace>("plant"), name<core::CampaignName>(campaign), std::string(trigger),
          "plant/+line/" + std::string(trigger), "hash-of-" + std::string(campaign)};
}

core::Site some_site(std::string_view site) {
  core::Site row;
  row.name = plane(site);
  row.journal = "abcd";
  row.boot = 9;
  row.online = true;
  row.ours = true;
  row.version = "0.1.0";
  row.labels = {{"region", "eu"}, {"quote", "\"\\"}};
  row.offers = {"script", "mock"};
  row.last_seen = {600};
  return row;
}

core::Object some_object(std::string_view key) {
  core::Object row;
  row.key = core::object_key(key).value();
  row.document = R"({"metadata":{"name":")" + row.key.name.text() + R"("},"spec":{"a":1}})";
  row.status = R"({"state":"succeeded"})";
  row.generation = 7;
  row.origin = plane("hq");
  row.author = "ann";
  row.created = {100};
  row.updated = {200};
  row.status_at = core::Instant{300};
  return row;
}

core::Reject some_reject(std::string_view reason) {
  return {0, {700}, "antiphon/hq/reply/x", "mallory", 403, std::string(reason), 1234, "\x01{..."};
}

std::string shown(const core::Activation& row) {
  return Parts()("id", row.id)("namespace", row.name_space)("campaign", row.campaign)(
             "version", row.version)("hash", row.hash)("state", core::to_text(row.state))(
             "status", row.status)("error", row.error)("stage", row.stage)("run", row.run)(
             "next_stage", row.next_stage)("act", row.act)("due", row.due)("seq", row.seq)(
             "origin", row.origin)("task_id", row.task_id)("depth", row.depth)(
             "inputs", row.inputs)("trigger", row.trigger)("metadata", row.metadata)(
             "stepped", row.stepped)("awaits_step", row.awaits_step)(
             "given_inputs", row.given_inputs)("signals", row.signals)("author", row.author)(
             "created", row.created)("updated", row.updated)("ended_at", row.ended_at)("stop_by",
                                                                                       row.stop_by)
      .text();
}

std::string shown(const core::StageRun& row) {
  return Parts()("activation", row.activation)("run", row.run)("stage", row.stage)(
             "provider", row.provider)("state", core::to_text(row.state))("total", row.total)(
             "opened", row.opened)("succeeded", row.succeeded)("failed", row.failed)(
             "swept", row.swept)("parts", row.parts.count)("at_once", row.parts.at_once)(
             "tolerated", row.parts.tolerated)("compat", row.compat)("contexts", row.contexts)(
             "inputs", row.inputs)("next_stage", row.next_stage)("status", row.status)(
             "error", row.error)("note", row.note)("act", row.act)("again_of", row.again_of)(
             "handled", row.handled)("stepped_by", row.stepped_by)("step_token", row.step_token)(
             "given_outputs", row.given_outputs)("opened_at", row.opened_at)(
             "begins_at", row.begins_at)("ended_at", row.ended_at)
      .text();
}

std::string shown(const core::Task& row) {
  return Parts()("activation", row.key.activation)("run", row.key.run)("ordinal", row.key.ordinal)(
             "id", row.id)("context", row.context)("name", row.name)("site", row.site)(
             "provider", row.provider)("state", core::to_text(row.state))("attempt", row.attempt)(
             "idempotent", row.idempotent)("request", row.request)("outputs", row.outputs)(
             "status", row.status)("error", row.error)("note", row.note)("journal", row.journal)(
             "created", row.created)("deadline", row.deadline)("next_send", row.next_send)(
             "wake_at", row.wake_at)("sends", row.sends)("settled_at", row.settled_at)(
             "polls", row.polls)("poll_state", row.poll_state)("waits_for", row.waits_for)(
             "work_timeout", row.work_timeout.ms)("work_until", row.work_until)
      .text();
}

std::string shown(const core::CampaignVersion& row) {
  return Parts()("namespace", row.name_space)("name", row.name)("version", row.version)(
             "hash", row.hash)("document", row.document)("applied_seq", row.applied_seq)(
             "applied_at", row.applied_at)
      .text();
}

std::string shown(const core::TriggerRow& row) {
  return Parts()("namespace", row.name_space)("campaign", row.campaign)("name", row.name)(
             "filter", row.filter)("hash", row.hash)("enabled", row.enabled)(
             "switched", row.switched ? (*row.switched ? "on" : "off") : "")
      .text();
}

std::string shown(const core::Lane& row) {
  return Parts()("id", row.id)("trigger", row.trigger)("activation", row.activation)(
             "until", row.until)("due", row.due)("gathered", row.gathered)(
             "gathered_bytes", row.gathered_bytes)("waiting", row.waiting)(
             "waiting_bytes", row.waiting_bytes)("next_seq", row.next_seq)
      .text();
}

std::string shown(const core::LaneEvent& row) {
  return Parts()("seq", row.seq)("ready", row.ready)("hash", row.hash)("message", row.message)
      .text();
}

std::string shown(const core::Site& row) {
  Parts parts;
  parts("name", row.name)("journal", row.journal)("boot", row.boot)("online", row.online)(
      "declared", row.declared)("ours", row.ours)("arrays", row.arrays)("version", row.version)(
      "last_seen", row.last_seen);
  for (const auto& [label, value] : row.labels) parts(label, value);
  for (const auto& offer : row.offers) parts("offer", offer);
  return parts.text();
}

std::string shown(const core::Object& row) {
  return Parts()("key", core::to_text(row.key))("document", row.document)("status", row.status)(
             "generation", row.generation)("origin", row.origin)("author", row.author)(
             "created", row.created)("updated", row.updated)("status_at", row.status_at)(
             "deleted_at", row.deleted_at)
      .text();
}

std::string shown(const core::Reject& row) {
  return Parts()("seq", row.seq)("at", row.at)("topic", row.topic)("sender", row.sender)(
             "status", row.status)("reason", row.reason)("size_bytes", row.size_bytes)("sample",
                                                                                       row.sample)
      .text();
}

std::string ids(const std::vector<core::Activation>& rows) {
  return listed(rows, [](const auto& row) { return row.id.text(); });
}

std::string ids(const std::vector<core::Task>& rows) {
  return listed(rows, [](const auto& row) { return row.id.text(); });
}

}  // namespace antiphon::test
