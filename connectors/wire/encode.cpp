// SPDX-License-Identifier: MIT
#include "connectors/wire/encode.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "connectors/wire/object_text.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/shorten.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

namespace limits = core::limits;

constexpr core::Duration final_status_expiry = core::hours(1);
/// Room for an event's own fields around its data.
constexpr std::size_t event_data_bytes = limits::message_bytes - std::size_t{4} * 1024;

ObjectText version_1() {
  ObjectText object;
  object.integer("v", 1);
  return object;
}

/// A list, as values of one object are written here.
core::JsonText text_of(const std::vector<core::SecretSpan>& secrets) {
  core::JsonText list = "[";
  for (const core::SecretSpan& span : secrets) {
    if (list.size() > 1) list += ',';
    list += ObjectText()
                .text("at", span.at)
                .integer("from", static_cast<std::int64_t>(span.from))
                .integer("bytes", static_cast<std::int64_t>(span.bytes))
                .done();
  }
  return list + "]";
}

core::JsonText text_of(const core::Command& command) {
  auto object = version_1();
  if (command.work_timeout.ms > 0) object.integer("workTimeoutMs", command.work_timeout.ms);
  object.text("id", command.id.text())
      .integer("attempt", command.attempt)
      .text("activation", command.activation)
      .text("campaign", command.campaign)
      .text("stage", command.stage)
      .integer("run", command.run)
      .text("context", command.context)
      .text("provider", command.provider)
      .object("config", command.config)
      .object("inputs", command.inputs);
  if (!command.secrets.empty()) object.json("secrets", text_of(command.secrets));
  return object.time("deadline", command.deadline)
      .time("at", command.at)
      .flag("idempotent", command.idempotent)
      .integer("depth", command.depth)
      .texts("path", command.path)
      .done();
}

core::JsonText text_of(const core::CancelCommand& cancel) {
  return version_1()
      .text("id", cancel.id.text())
      .integer("attempt", cancel.attempt)
      .flag("cancel", true)
      .text_unless_empty("reason", cancel.reason)
      .done();
}

core::JsonText text_of(const core::UnknownNotice& notice) {
  return version_1().text("id", notice.id.text()).flag("unknown", true).done();
}

core::JsonText text_of(const core::HelloAnswer& answer) {
  return version_1()
      .flag("hello", true)
      .time("at", answer.at)
      .integer("owed", answer.owed)
      .text("journal", answer.journal)
      .done();
}

core::JsonText whole_text_of(const core::Reply& reply) {
  auto object = version_1();
  object.text("id", reply.id.text())
      .integer("attempt", reply.attempt)
      .text("state", core::to_text(reply.state))
      .integer("status", reply.status);
  if (!reply.outputs.empty()) object.json("outputs", reply.outputs);
  object.text_unless_empty("error", reply.error);
  if (reply.log) {
    object.json("log", ObjectText()
                           .text("out", reply.log->out)
                           .text("err", reply.log->err)
                           .text_unless_empty("note", reply.log->note)
                           .done());
  }
  if (reply.progress) {
    object.json("progress", ObjectText()
                                .number("done", reply.progress->done)
                                .number("total", reply.progress->total)
                                .text_unless_empty("unit", reply.progress->unit)
                                .text_unless_empty("note", reply.progress->note)
                                .done());
  }
  return object.text("journal", reply.journal)
      .integer("boot", reply.boot)
      .time("at", reply.at)
      .done();
}

core::JsonText text_of(const core::Reply& reply) {
  auto text = whole_text_of(reply);
  if (text.size() <= limits::reply_bytes) return text;
  core::Reply cut = reply;
  cut.outputs.clear();
  cut.progress.reset();
  cut.log.reset();
  cut.error = "the reply has " + std::to_string(text.size()) + " bytes, more than " +
              std::to_string(limits::reply_bytes);
  if (core::is_final(cut.state)) {
    cut.state = core::ReplyState::failed;
    cut.status = core::status::too_large;
  }
  return whole_text_of(cut);
}

core::JsonText text_of(const core::Hello& hello) {
  return version_1()
      .text("journal", hello.journal)
      .integer("boot", hello.boot)
      .integer("unsettled", hello.unsettled)
      .time("at", hello.at)
      .done();
}

core::JsonText text_of(const core::Presence& presence) {
  const auto bounds = ObjectText()
                          .integer("messageBytes", limits::message_bytes)
                          .integer("messageItems", limits::message_items)
                          .done();
  return version_1()
      .text("state", presence.online ? "online" : "offline")
      .text("journal", presence.journal)
      .integer("boot", presence.boot)
      .text_unless_empty("version", presence.version)
      .texts("parents", presence.parents)
      .texts("labels", presence.labels)
      .texts("offers", presence.offers)
      .json("limits", bounds)
      .flag("arrays", presence.arrays)
      .time("since", presence.since)
      .done();
}

/// An open run has no number of its own yet.
int status_number(const core::Status& status) {
  if (status.status != 0) return status.status;
  return status.state == core::ActivationState::paused ? core::status::paused
                                                       : core::status::running;
}

core::JsonText whole_text_of(const core::Status& status) {
  const int number = status_number(status);
  const auto counts = ObjectText()
                          .integer("total", status.total)
                          .integer("done", status.succeeded)
                          .integer("failed", status.failed)
                          .integer("open", status.total - status.succeeded - status.failed)
                          .done();
  return version_1()
      .text("activation", status.activation.text())
      .text("campaign", status.campaign)
      .text("version", status.version)
      .text("namespace", status.name_space)
      .integer("seq", status.seq)
      .text("state", core::to_text(status.state))
      .integer("status", number)
      .text("statusMessage", core::status::text(number))
      .text("stage", status.stage)
      .integer("run", status.run)
      .json("counts", counts)
      .text_unless_empty("waitsFor", status.waits_for)
      .text_unless_empty("proposal", status.proposal)
      .text_unless_empty("error", status.error)
      .time("since", status.since)
      .time("updated", status.updated)
      .done();
}

core::JsonText text_of(const core::Status& status) {
  auto text = whole_text_of(status);
  if (text.size() <= limits::message_bytes) return text;
  core::Status cut = status;
  cut.error = status.error.substr(0, limits::reason_bytes) + " (the first of " +
              std::to_string(status.error.size()) + " bytes)";
  return whole_text_of(cut);
}

core::JsonText text_of(const Topics& topics, const core::LifeCycle& event) {
  core::JsonText data = event.data;
  if (data.size() > event_data_bytes) {
    data = core::dump(core::shortened(core::parse_object(data), event_data_bytes));
  }
  return ObjectText()
      .text("specversion", "1.0")
      .text("id", event.id)
      .text("source", topics.source())
      .text("type", event.type)
      .text("subject", event.activation.text())
      .time("time", event.at)
      .text("datacontenttype", "application/json")
      .object("data", data)
      .done();
}

core::JsonText text_of(const core::Answer& answer, const std::string& request_id) {
  ObjectText object;
  object.flag("ok", core::status::is_success(answer.status))
      .integer("status", answer.status)
      .text_unless_empty("requestId", request_id)
      .text_unless_empty("error", answer.error)
      .text_unless_empty("hint", answer.hint);
  constexpr std::array envelope{"ok", "status", "requestId", "error", "hint"};
  const auto body = core::parse_object(answer.body);
  for (const auto& [field, value] : body.items()) {
    if (std::find(envelope.begin(), envelope.end(), field) == envelope.end()) {
      object.json(field, core::dump(value));
    }
  }
  return object.done();
}

core::JsonText text_of(const runtime::AnswerOut& out) {
  auto text = text_of(out.answer, out.asker.request_id);
  if (text.size() <= limits::reply_bytes) return text;
  return text_of(core::Answer{core::status::too_large,
                              "the answer has " + std::to_string(text.size()) +
                                  " bytes, more than " + std::to_string(limits::reply_bytes),
                              "ask for less at once, with a smaller limit"},
                 out.asker.request_id);
}

/// With where to answer, for people who see it on the bus.
core::JsonText text_of(const Topics& topics, const runtime::RequestOut& out) {
  if (out.request.empty()) return {};
  auto object = version_1();
  object.text("activation", out.activation.text()).text("task", out.task.text());
  const auto request = core::parse_object(out.request);
  for (const auto& [field, value] : request.items()) object.json(field, core::dump(value));
  return object.text("approve", topics.vote(out.activation, true, {}) + "/<user>")
      .text("reject", topics.vote(out.activation, false, {}) + "/<user>")
      .done();
}

/// How long a command is worth keeping at the broker for a site that is away: until its deadline.
core::Duration expiry_of(const core::Command& command) {
  return std::max(command.deadline - command.at, core::seconds(1));
}

struct Writer {
  const Topics& topics;
  using Written = std::optional<bus::Outgoing>;

  Written operator()(const runtime::ToSite& to) const {
    bus::Outgoing out{topics.command(to.site), {}};
    std::visit([&out](const auto& message) { out.payload = text_of(message); }, to.message);
    if (const auto* command = std::get_if<core::Command>(&to.message)) {
      out.expiry = expiry_of(*command);
    }
    return out;
  }

  Written operator()(const runtime::ToOrigin& to) const {
    bus::Outgoing out{std::holds_alternative<core::Hello>(to.message) ? topics.hello(to.origin)
                                                                      : topics.reply(to.origin),
                      {}};
    std::visit([&out](const auto& message) { out.payload = text_of(message); }, to.message);
    return out;
  }

  Written operator()(const core::Presence& presence) const {
    return bus::Outgoing{topics.presence(), text_of(presence), 1, true};
  }

  Written operator()(const runtime::StatusOut& out) const {
    bus::Outgoing outgoing{topics.status(out.status.activation), text_of(out.status), 1,
                           out.retain};
    if (out.final && out.retain) outgoing.expiry = final_status_expiry;
    return outgoing;
  }

  Written operator()(const runtime::ObjectOut& out) const {
    return bus::Outgoing{topics.object(out.object), out.document, 1, true};
  }

  Written operator()(const runtime::RequestOut& out) const {
    return bus::Outgoing{topics.request(out.activation, out.task), text_of(topics, out), 1, true};
  }

  Written operator()(const runtime::NoticeOut& out) const {
    return bus::Outgoing{out.topic, out.payload, 1};
  }

  Written operator()(const core::LifeCycle& event) const {
    return bus::Outgoing{topics.event(event.type), text_of(topics, event), 0};
  }

  Written operator()(const runtime::AnswerOut& out) const {
    if (!out.asker.reply_to) return std::nullopt;
    bus::Outgoing outgoing{*out.asker.reply_to, text_of(out)};
    outgoing.correlation = out.asker.correlation;
    return outgoing;
  }
};

}  // namespace

std::optional<bus::Outgoing> encode(const Topics& topics, const runtime::Outbound& outbound) {
  auto outgoing = std::visit(Writer{topics}, outbound);
  if (!outgoing || outgoing->payload.size() <= limits::message_bytes) return outgoing;
  spdlog::error("a message to {} would have {} bytes and is not sent", outgoing->topic,
                outgoing->payload.size());
  return std::nullopt;
}

}  // namespace antiphon::wire
