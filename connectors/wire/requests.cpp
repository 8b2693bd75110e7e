// SPDX-License-Identifier: MIT
#include "connectors/wire/requests.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "connectors/wire/fields.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

namespace limits = core::limits;
using core::Value;

/// A request's payload and who asks. With a problem, the asker is as far as it could be read.
struct Request {
  core::Asker asker;
  Value body = Value::object();
  std::optional<core::Error> problem{};
};

Refused refuse(const Request& request, core::Error error) {
  return {std::move(error), request.asker.user.text(), request.asker, std::nullopt, false};
}

/// What the payload says about the asker counts before what the message's properties say.
void read_asker(const Mailbox& mailbox, const bus::Received& received, Request& request) {
  Fields fields(request.body, "request");
  fields.version();
  core::Asker& asker = request.asker;
  auto reply_to = fields.text("replyTo", Need::optional, limits::answer_topic_bytes);
  asker.request_id = fields.text("requestId", Need::optional, limits::identity_bytes);
  asker.identity = fields.text("id", Need::optional, limits::identity_bytes);
  asker.correlation = received.correlation;
  if (reply_to.empty()) reply_to = received.response_topic.value_or("");
  if (!request.problem) request.problem = fields.problem();
  if (asker.identity.empty()) asker.identity = received.id.value_or("");
  if (asker.identity.size() > limits::identity_bytes && !request.problem) {
    request.problem = core::Error{core::status::bad_request, "the user property id is too long",
                                  "at most " + std::to_string(limits::identity_bytes) + " bytes"};
  }
  if (reply_to.empty()) return;
  auto topic_problem = mailbox.answer_topic_problem(reply_to);
  if (!topic_problem) {
    asker.reply_to = std::move(reply_to);
  } else if (!request.problem) {
    request.problem = std::move(topic_problem);
  }
}

/// An empty payload is an empty object.
Request read_request(const Mailbox& mailbox, const core::UserName& user,
                     const bus::Received& received) {
  Request request{core::Asker{user}};
  if (!received.payload.empty()) {
    auto body = parse_guarded(received.payload, limits::message_bytes);
    if (!body) {
      request.problem = body.error();
      request.problem->message = "the payload " + request.problem->message;
    } else if (body->is_object()) {
      request.body = *std::move(body);
    } else {
      request.problem = core::Error{core::status::bad_request, "the payload is no JSON object",
                                    "send an object, or nothing"};
    }
  }
  read_asker(mailbox, received, request);
  return request;
}

template <class R>
tl::expected<Inbound, Refused> finish(const Fields& fields, const Request& request, R value) {
  if (fields.problem()) return tl::unexpected(refuse(request, *fields.problem()));
  return Inbound(std::move(value));
}

std::optional<core::Verb> supported_verb(std::string_view word) {
  for (const auto verb : core::verbs) {
    if (core::to_text(verb) == word) return verb;
  }
  return std::nullopt;
}

bool looks_like_an_object(std::string_view payload) {
  const auto first = payload.find_first_not_of(" \t\r\n");
  return first != payload.npos && payload[first] == '{';
}

/// A document that came as itself: YAML, or JSON that is no request.
tl::expected<Inbound, Refused> bare_document(const Request& request, const std::string& payload) {
  if (const auto bad = invalid_utf8_at(payload)) {
    return tl::unexpected(refuse(
        request, {core::status::bad_request,
                  "the document is no UTF-8 at byte " + std::to_string(*bad), "send it as UTF-8"}));
  }
  return Inbound(core::ApplyRequest{request.asker, payload, ""});
}

core::JsonText text_or_base64(const std::string& payload) {
  return core::dump(invalid_utf8_at(payload) ? core::base64_encode(payload) : payload);
}

/// `newVersion` is true, or the version's name.
void read_new_version(const core::Value& body, Fields& fields, core::ApplyRequest& apply) {
  const auto given = body.find("newVersion");
  if (given != body.end() && given->is_string()) {
    apply.new_name = fields.name<core::VersionName>("newVersion", Need::required);
    apply.new_version = true;
  } else {
    apply.new_version = fields.flag("newVersion");
  }
}

}  // namespace

tl::expected<Inbound, Refused> read_activate(const Mailbox& mailbox, const address::Activate& to,
                                             const bus::Received& received) {
  const Request request = read_request(mailbox, to.user, received);
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, "activate");
  core::ActivateRequest activate;
  activate.asker = request.asker;
  activate.campaign = to.campaign;
  activate.version = to.version;
  activate.name_space = fields.name<core::Namespace>("namespace", Need::optional);
  if (activate.name_space.empty()) activate.name_space = *core::Namespace::parse("default");
  activate.activation = fields.name<core::ActivationId>("activation", Need::optional);
  activate.stage = fields.text("stage", Need::optional, limits::stage_name_bytes);
  activate.inputs = fields.object("inputs");
  if (activate.inputs.empty()) activate.inputs = "{}";
  activate.paused = fields.flag("paused");
  return finish(fields, request, std::move(activate));
}

tl::expected<Inbound, Refused> read_verb(const Mailbox& mailbox, const address::Act& to,
                                         const bus::Received& received) {
  const auto verb = supported_verb(to.verb);
  if (!verb) {
    return tl::unexpected(refuse_request(mailbox, to.user, received, unsupported(to.verb)));
  }
  const Request request = read_request(mailbox, to.user, received);
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, to.verb);
  core::VerbRequest act{request.asker, to.activation, *verb,
                        fields.text("reason", Need::optional, limits::reason_bytes)};
  if (*verb == core::Verb::cancel && fields.has("grace")) {
    act.grace = fields.duration("grace", limits::longest_grace);
  }
  const Need stage = *verb == core::Verb::rewind ? Need::required : Need::optional;
  act.stage = fields.text("stage", stage, limits::stage_name_bytes);
  auto outputs = fields.object("outputs");
  auto inputs = fields.object("inputs");
  if (*verb == core::Verb::skip) act.given = std::move(outputs);
  if (*verb == core::Verb::set) {
    if (!fields.problem() && inputs.empty()) {
      return tl::unexpected(
          refuse(request, {core::status::bad_request, "set: field 'inputs' is missing",
                           R"(say what changes, as {"inputs": {"version": "2"}})"}));
    }
    act.given = std::move(inputs);
  }
  return finish(fields, request, std::move(act));
}

tl::expected<Inbound, Refused> read_step(const Mailbox& mailbox, const address::Act& to,
                                         const bus::Received& received) {
  const Request request = read_request(mailbox, to.user, received);
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, "step");
  core::StepRequest step{request.asker, to.activation};
  step.stage = fields.text("stage", Need::optional, limits::stage_name_bytes);
  step.inputs = fields.object("inputs");
  step.outputs = fields.object("outputs");
  step.token = fields.text("token", Need::optional, limits::identity_bytes);
  if (fields.has("selfDriving")) step.self_driving = fields.flag("selfDriving");
  const bool opens = !step.stage.empty() || !step.inputs.empty() || !step.outputs.empty();
  if (!fields.problem() && step.self_driving == false && opens) {
    return tl::unexpected(refuse(
        request, {core::status::bad_request, "step: selfDriving: false opens no stage",
                  "leave stage, inputs and outputs to the next step, which says no selfDriving"}));
  }
  return finish(fields, request, std::move(step));
}

/// What is no object is the comment as it stands.
tl::expected<Inbound, Refused> read_vote(const Mailbox& mailbox, const address::Act& to,
                                         const bus::Received& received) {
  const std::string& payload = received.payload;
  const bool bare = !payload.empty() && !looks_like_an_object(payload);
  Request request{core::Asker{to.user}};
  core::VoteRequest vote{request.asker, to.activation, to.verb == approve_verb};
  if (bare) {
    read_asker(mailbox, received, request);
    if (payload.size() > limits::comment_bytes || invalid_utf8_at(payload)) {
      request.problem = core::Error{core::status::bad_request, "the comment is no short text",
                                    "UTF-8, at most " + std::to_string(limits::comment_bytes) +
                                        " bytes; or {\"comment\": \"...\"}"};
    }
    vote.comment = payload;
  } else {
    request = read_request(mailbox, to.user, received);
  }
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, to.verb);
  vote.asker = request.asker;
  if (!bare) vote.comment = fields.text("comment", Need::optional, limits::comment_bytes);
  vote.context = fields.text("context", Need::optional, limits::context_bytes);
  return finish(fields, request, std::move(vote));
}

/// An object with a `payload` says besides who wants an answer; anything else is the payload.
tl::expected<Inbound, Refused> read_signal(const Mailbox& mailbox, const address::Signal& to,
                                           const bus::Received& received) {
  const std::string& payload = received.payload;
  Request request{core::Asker{to.user}};
  core::SignalRequest signal{request.asker, to.activation, to.name};
  if (payload.size() > limits::signal_bytes) {
    request.problem = core::Error{core::status::too_large,
                                  "the signal has " + std::to_string(payload.size()) +
                                      " bytes, more than " + std::to_string(limits::signal_bytes),
                                  "send a reference to where the rest lies"};
    return tl::unexpected(refuse(request, *request.problem));
  }
  const auto body = parse_guarded(payload, limits::signal_bytes);
  if (body && body->is_object() && body->contains("payload")) {
    request = read_request(mailbox, to.user, received);
    signal.payload = core::dump(body->at("payload"));
  } else {
    read_asker(mailbox, received, request);
    if (!payload.empty()) signal.payload = body ? payload : text_or_base64(payload);
  }
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, "signal");
  signal.asker = request.asker;
  if (fields.has("lifetime")) {
    signal.lifetime = fields.duration("lifetime", limits::signal_lifetime_most);
  }
  return finish(fields, request, std::move(signal));
}

tl::expected<Inbound, Refused> read_apply(const Mailbox& mailbox, const address::Apply& to,
                                          const bus::Received& received) {
  Request request{core::Asker{to.user}};
  const auto& payload = received.payload;
  if (payload.empty() || payload.size() > limits::message_bytes) {
    request = read_request(mailbox, to.user, received);
    if (!request.problem) {
      request.problem = core::Error{core::status::bad_request, "the payload is empty",
                                    "send the document, YAML or JSON"};
    }
    return tl::unexpected(refuse(request, *request.problem));
  }
  if (looks_like_an_object(payload)) {
    auto wrapped = read_request(mailbox, to.user, received);
    if (wrapped.body.contains("document")) {
      if (wrapped.problem) return tl::unexpected(refuse(wrapped, *wrapped.problem));
      Fields fields(wrapped.body, "apply");
      auto document = fields.text("document", Need::required, limits::document_bytes);
      auto file = fields.text("file", Need::optional, limits::context_bytes);
      core::ApplyRequest apply{wrapped.asker, std::move(document), std::move(file)};
      read_new_version(wrapped.body, fields, apply);
      return finish(fields, wrapped, std::move(apply));
    }
  }
  read_asker(mailbox, received, request);
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  return bare_document(request, payload);
}

tl::expected<Inbound, Refused> read_delete(const Mailbox& mailbox, const address::Delete& to,
                                           const bus::Received& received) {
  constexpr const char* right = "send \"<kind>/<name>\", or an object with it as `object`";
  Request request{core::Asker{to.user}};
  std::string reference;
  if (looks_like_an_object(received.payload) || received.payload.empty()) {
    request = read_request(mailbox, to.user, received);
    Fields fields(request.body, "delete");
    reference = fields.text("object", Need::required, limits::context_bytes);
    if (!request.problem) request.problem = fields.problem();
  } else {
    reference = received.payload.substr(0, limits::context_bytes);
    read_asker(mailbox, received, request);
  }
  auto object = core::object_key(reference);
  if (!request.problem && !object) {
    request.problem = core::Error{object.error().status, object.error().message, right};
  }
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  return Inbound(core::DeleteRequest{request.asker, *std::move(object)});
}

tl::expected<Inbound, Refused> read_switch(const Mailbox& mailbox, const address::Switch& to,
                                           const bus::Received& received) {
  const Request request = read_request(mailbox, to.user, received);
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, to.enabled ? "enable" : "disable");
  auto name_space = fields.name<core::Namespace>("namespace", Need::optional);
  if (name_space.empty()) name_space = *core::Namespace::parse("default");
  return finish(fields, request,
                core::SwitchRequest{request.asker, std::move(name_space), to.campaign, to.trigger,
                                    to.enabled});
}

tl::expected<Inbound, Refused> read_query(const Mailbox& mailbox, const address::Query& to,
                                          const bus::Received& received) {
  if (to.what == "stats") {
    return tl::unexpected(
        refuse_request(mailbox, to.user, received, unsupported("query/" + to.what)));
  }
  const Request request = read_request(mailbox, to.user, received);
  if (request.problem) return tl::unexpected(refuse(request, *request.problem));
  Fields fields(request.body, "query");
  core::QueryRequest query;
  query.asker = request.asker;
  query.what = to.what;
  query.activation = fields.name<core::ActivationId>("activation", Need::optional).text();
  query.campaign = fields.text("campaign", Need::optional, limits::list_item_bytes);
  query.state = fields.text("state", Need::optional, limits::list_item_bytes);
  query.run = fields.integer("run", Need::optional);
  query.kind = fields.text("kind", Need::optional, limits::list_item_bytes);
  query.name_space = fields.name<core::Namespace>("namespace", Need::optional).text();
  query.object = fields.text("object", Need::optional, limits::context_bytes);
  query.labels = fields.text_map("labels", limits::list_items, limits::list_item_bytes);
  query.after = fields.text("after", Need::optional, limits::context_bytes);
  const Range pages{1, limits::page_items};
  query.limit =
      static_cast<int>(fields.integer("limit", Need::optional, pages).value_or(query.limit));
  return finish(fields, request, std::move(query));
}

Refused refuse_request(const Mailbox& mailbox, const core::UserName& user,
                       const bus::Received& received, core::Error error) {
  return refuse(read_request(mailbox, user, received), std::move(error));
}

core::Error unsupported(std::string_view what) {
  return {core::status::method_not_allowed, "'" + std::string(what) + "' is not supported yet",
          "see the table of topics in docs/protocol.md"};
}

}  // namespace antiphon::wire
