// SPDX-License-Identifier: MIT
#include "connectors/wire/client.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "connectors/wire/fields.hpp"
#include "connectors/wire/guard.hpp"
#include "connectors/wire/object_text.hpp"
#include "connectors/wire/plane_messages.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

namespace limits = core::limits;
using core::Value;

/// An answer wraps values that were as deep as the guard allows when they came in.
constexpr int answer_depth = limits::json_depth + 16;

bus::Outgoing request_message(std::string topic, const core::Asker& asker, ObjectText body) {
  if (asker.reply_to) body.text("replyTo", *asker.reply_to);
  body.text_unless_empty("requestId", asker.request_id);
  body.text_unless_empty("id", asker.identity);
  bus::Outgoing out{std::move(topic), body.done()};
  out.response_topic = asker.reply_to;
  out.correlation = asker.correlation;
  return out;
}

core::Result<Value> read_object(const bus::Received& received, std::string_view what) {
  auto parsed = parse_guarded(received.payload, limits::message_bytes, answer_depth);
  if (!parsed) {
    auto error = parsed.error();
    error.message = std::string(what) + ": " + error.message;
    return tl::unexpected(std::move(error));
  }
  if (parsed->is_object()) return parsed;
  return core::failure(core::status::bad_request, std::string(what) + ": is no JSON object");
}

std::optional<core::Error> read_counts(const Value& message, core::Status& status) {
  const auto at = message.find("counts");
  if (at == message.end()) return std::nullopt;
  if (!at->is_object()) {
    return core::Error{core::status::bad_request, "status: field 'counts': is no object", ""};
  }
  Fields fields(*at, "status: counts");
  status.total = fields.integer("total", Need::optional).value_or(0);
  status.succeeded = fields.integer("done", Need::optional).value_or(0);
  status.failed = fields.integer("failed", Need::optional).value_or(0);
  return fields.problem();
}

}  // namespace

bus::Outgoing encode(const Topics& topics, const core::ActivateRequest& request) {
  ObjectText body;
  if (!request.inputs.empty()) body.object("inputs", request.inputs);
  body.text_unless_empty("stage", request.stage)
      .text_unless_empty("namespace", request.name_space.text())
      .text_unless_empty("activation", request.activation.text());
  if (request.paused) body.flag("paused", true);
  return request_message(topics.activate(request.campaign, request.version, request.asker.user),
                         request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::VerbRequest& request) {
  ObjectText body;
  body.text_unless_empty("reason", request.reason);
  if (request.grace) body.text("grace", core::to_text(*request.grace));
  body.text_unless_empty("stage", request.stage);
  if (!request.given.empty()) {
    body.object(request.verb == core::Verb::skip ? "outputs" : "inputs", request.given);
  }
  return request_message(topics.act(request.activation, request.verb, request.asker.user),
                         request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::StepRequest& request) {
  ObjectText body;
  body.text_unless_empty("stage", request.stage);
  if (!request.inputs.empty()) body.object("inputs", request.inputs);
  if (!request.outputs.empty()) body.object("outputs", request.outputs);
  body.text_unless_empty("token", request.token);
  if (request.self_driving) body.flag("selfDriving", *request.self_driving);
  return request_message(topics.step(request.activation, request.asker.user), request.asker,
                         std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::VoteRequest& request) {
  ObjectText body;
  body.text_unless_empty("comment", request.comment).text_unless_empty("context", request.context);
  return request_message(topics.vote(request.activation, request.approve, request.asker.user),
                         request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::SignalRequest& request) {
  ObjectText body;
  body.json("payload", request.payload.empty() ? "null" : request.payload);
  if (request.lifetime) body.text("lifetime", core::to_text(*request.lifetime));
  return request_message(topics.signal(request.activation, request.name, request.asker.user),
                         request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::ApplyRequest& request) {
  ObjectText body;
  body.text("document", request.document)
      .text_unless_empty("file", request.file)
      .text_unless_empty("newVersion", request.new_name.text());
  if (request.new_version && request.new_name.empty()) body.flag("newVersion", true);
  return request_message(topics.apply(request.asker.user), request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::DeleteRequest& request) {
  ObjectText body;
  body.text("object", core::to_text(request.object));
  return request_message(topics.remove(request.asker.user), request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::SwitchRequest& request) {
  ObjectText body;
  body.text_unless_empty("namespace", request.name_space.text());
  return request_message(
      topics.turn(request.campaign, request.trigger, request.enabled, request.asker.user),
      request.asker, std::move(body));
}

bus::Outgoing encode(const Topics& topics, const core::QueryRequest& request) {
  ObjectText body;
  body.text_unless_empty("activation", request.activation)
      .text_unless_empty("campaign", request.campaign)
      .text_unless_empty("state", request.state)
      .text_unless_empty("kind", request.kind)
      .text_unless_empty("namespace", request.name_space)
      .text_unless_empty("object", request.object);
  if (!request.labels.empty()) body.texts("labels", request.labels);
  if (request.run) body.integer("run", *request.run);
  body.text_unless_empty("after", request.after).integer("limit", request.limit);
  return request_message(topics.query(request.what, request.asker.user), request.asker,
                         std::move(body));
}

core::Result<ReceivedAnswer> decode_answer(const bus::Received& received) {
  auto object = read_object(received, "answer");
  if (!object) return tl::unexpected(object.error());
  Fields fields(*object, "answer");
  ReceivedAnswer answer;
  fields.flag("ok", Need::required);
  answer.answer.status =
      static_cast<int>(fields.integer("status", Need::required, {0, 99'999}).value_or(0));
  answer.answer.error = fields.text("error", Need::optional, limits::message_bytes);
  answer.answer.hint = fields.text("hint", Need::optional, limits::message_bytes);
  answer.request_id = fields.text("requestId", Need::optional, limits::identity_bytes);
  for (const auto* field : {"ok", "status", "error", "hint", "requestId"}) object->erase(field);
  answer.answer.body = core::dump(*object);
  if (fields.problem()) return tl::unexpected(*fields.problem());
  return answer;
}

core::Result<core::Status> decode_status(const Topics& topics, const bus::Received& received) {
  const auto object = read_object(received, "status");
  if (!object) return tl::unexpected(object.error());
  Fields fields(*object, "status");
  fields.version();
  core::Status status;
  status.activation = fields.name<core::ActivationId>("activation", Need::required);
  status.campaign = fields.text("campaign", Need::optional, limits::list_item_bytes);
  status.version = fields.text("version", Need::optional, limits::list_item_bytes);
  status.name_space = fields.text("namespace", Need::optional, limits::list_item_bytes);
  status.seq = fields.integer("seq", Need::required).value_or(0);
  const auto state = core::activation_state(fields.word(
      "state", Need::required, {"running", "paused", "cancelling", "done", "failed", "cancelled"}));
  status.state = state.value_or(core::ActivationState::running);
  status.status =
      static_cast<int>(fields.integer("status", Need::required, {0, 99'999}).value_or(0));
  status.stage = fields.text("stage", Need::optional, limits::stage_name_bytes);
  status.run = fields.integer("run", Need::optional).value_or(0);
  status.waits_for = fields.text("waitsFor", Need::optional, limits::message_bytes);
  status.proposal = fields.text("proposal", Need::optional, limits::stage_name_bytes);
  status.error = fields.text("error", Need::optional, limits::message_bytes);
  status.since = fields.instant("since", Need::optional);
  status.updated = fields.instant("updated", Need::optional);
  if (auto problem = read_counts(*object, status)) return tl::unexpected(std::move(*problem));
  if (!fields.problem() && topics.status(status.activation) != received.topic) {
    return core::failure(core::status::bad_request,
                         "status: of run " + status.activation.text() + " on the topic of another");
  }
  return fields.finish(std::move(status));
}

core::Result<core::LifeCycle> decode_event(const bus::Received& received) {
  const auto object = read_object(received, "event");
  if (!object) return tl::unexpected(object.error());
  Fields fields(*object, "event");
  fields.word("specversion", Need::required, {"1.0"});
  fields.text("source", Need::required, limits::answer_topic_bytes);
  core::LifeCycle event;
  event.type = fields.text("type", Need::required, limits::name_bytes);
  event.activation = fields.name<core::ActivationId>("subject", Need::required);
  event.id = fields.text("id", Need::required, limits::identity_bytes);
  event.at = fields.instant("time", Need::required);
  event.data = fields.object("data");
  return fields.finish(std::move(event));
}

core::Result<core::Presence> decode_presence(const bus::Received& received) {
  const auto object = read_object(received, "presence");
  if (!object) return tl::unexpected(object.error());
  return read_presence(*object);
}

}  // namespace antiphon::wire
