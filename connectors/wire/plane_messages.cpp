// SPDX-License-Identifier: MIT
#include "connectors/wire/plane_messages.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "connectors/wire/fields.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

namespace limits = core::limits;
using core::Value;

constexpr Range attempts{1, std::numeric_limits<int>::max()};
constexpr Range work_times{1, 253'402'300'799'999};
constexpr Range depths{0, std::numeric_limits<int>::max()};
constexpr Range state_numbers{0, 99'999};

tl::unexpected<core::Error> no_object(std::string_view what) {
  return core::failure(core::status::bad_request, std::string(what) + ": is no JSON object",
                       "see schemas/" + std::string(what) + ".schema.json");
}

bool is_set(const Value& message, const char* field) {
  const auto at = message.find(field);
  return at != message.end() && at->is_boolean() && at->get<bool>();
}

core::JsonText object_or_empty(Fields& fields, std::string_view field) {
  auto object = fields.object(field);
  return object.empty() ? "{}" : object;
}

int attempt_of(Fields& fields) {
  return static_cast<int>(fields.integer("attempt", Need::required, attempts).value_or(1));
}

core::Result<std::vector<core::SecretSpan>> read_secrets(const Value& message,
                                                         const core::JsonText& config) {
  std::vector<core::SecretSpan> spans;
  const auto list = message.find("secrets");
  if (list == message.end() || list->is_null()) return spans;
  const auto wrong = core::failure(core::status::bad_request,
                                   "command: field 'secrets': is no list of at, from and bytes",
                                   R"([{"at": "/password", "from": 0, "bytes": 8}])");
  if (!list->is_array()) return wrong;
  for (const Value& item : *list) {
    if (!item.is_object()) return wrong;
    Fields fields(item, "command: field 'secrets'");
    core::SecretSpan span;
    span.at = fields.text("at", Need::required, limits::request_bytes);
    span.from = static_cast<std::size_t>(fields.integer("from", Need::required).value_or(0));
    span.bytes = static_cast<std::size_t>(fields.integer("bytes", Need::required).value_or(0));
    if (fields.problem()) return tl::unexpected(*fields.problem());
    spans.push_back(std::move(span));
  }
  if (auto problem = core::why_wrong(spans, core::parse_object(config))) {
    problem->message = "command: " + problem->message;
    return tl::unexpected(*std::move(problem));
  }
  return spans;
}

core::Result<OriginMessage> read_command(const Value& message) {
  Fields fields(message, "command");
  fields.version();
  core::Command command;
  command.id = fields.name<core::TaskId>("id", Need::required);
  command.attempt = attempt_of(fields);
  for (const auto* field : {"campaignDocument", "campaignRef"}) {
    if (!fields.has(field)) continue;
    return core::failure(core::status::method_not_allowed,
                         "command: '" + std::string(field) + "' is not supported yet",
                         "name a provider, with its config and inputs");
  }
  command.activation = fields.text("activation", Need::optional, limits::list_item_bytes);
  command.campaign = fields.text("campaign", Need::optional, limits::list_item_bytes);
  command.stage = fields.text("stage", Need::optional, limits::stage_name_bytes);
  command.run = fields.integer("run", Need::optional).value_or(0);
  command.context = fields.text("context", Need::optional, limits::context_bytes);
  command.provider = fields.text("provider", Need::required, limits::list_item_bytes);
  command.config = object_or_empty(fields, "config");
  command.inputs = object_or_empty(fields, "inputs");
  command.deadline = fields.instant("deadline", Need::required);
  command.at = fields.instant("at", Need::required);
  command.idempotent = fields.flag("idempotent");
  command.work_timeout.ms = fields.integer("workTimeoutMs", Need::optional, work_times).value_or(0);
  command.depth = static_cast<int>(fields.integer("depth", Need::optional, depths).value_or(0));
  command.path = fields.names("path", limits::list_items);
  auto secrets = read_secrets(message, command.config);
  if (!secrets) return tl::unexpected(fields.problem().value_or(secrets.error()));
  command.secrets = *std::move(secrets);
  return fields.finish<OriginMessage>(std::move(command));
}

core::Result<OriginMessage> read_cancel(const Value& message) {
  Fields fields(message, "cancel");
  fields.version();
  core::CancelCommand cancel;
  cancel.id = fields.name<core::TaskId>("id", Need::required);
  cancel.attempt = attempt_of(fields);
  cancel.reason = fields.text("reason", Need::optional, limits::reason_bytes);
  return fields.finish<OriginMessage>(std::move(cancel));
}

core::Result<OriginMessage> read_unknown_notice(const Value& message) {
  Fields fields(message, "unknown-notice");
  fields.version();
  return fields.finish<OriginMessage>(
      core::UnknownNotice{fields.name<core::TaskId>("id", Need::required)});
}

core::Result<OriginMessage> read_hello_answer(const Value& message) {
  Fields fields(message, "hello-answer");
  fields.version();
  core::HelloAnswer answer;
  answer.at = fields.instant("at", Need::required);
  answer.owed = fields.integer("owed", Need::optional).value_or(0);
  answer.journal = fields.text("journal", Need::required, limits::identity_bytes);
  return fields.finish<OriginMessage>(std::move(answer));
}

/// The problem of `progress`, if it has one, is told as the reply's.
core::Result<std::optional<core::Progress>> read_progress(const Value& message) {
  const auto at = message.find("progress");
  if (at == message.end() || at->is_null()) return std::nullopt;
  if (!at->is_object()) {
    return core::failure(core::status::bad_request, "reply: field 'progress': is no object",
                         "{\"done\": 3, \"total\": 10, \"unit\": \"files\", \"note\": \"...\"}");
  }
  Fields fields(*at, "reply: progress");
  core::Progress progress;
  progress.done = fields.number("done");
  progress.total = fields.number("total");
  progress.unit = fields.text("unit", Need::optional, limits::list_item_bytes);
  progress.note = fields.text("note", Need::optional, limits::reason_bytes);
  return fields.finish<std::optional<core::Progress>>(std::move(progress));
}

void cut_to_size(core::Reply& reply) {
  if (reply.outputs.size() <= limits::reply_bytes) return;
  reply.error = "the outputs have " + std::to_string(reply.outputs.size()) +
                " bytes, more than the " + std::to_string(limits::reply_bytes) +
                " of a whole reply";
  reply.outputs.clear();
  if (!core::is_final(reply.state)) return;
  reply.state = core::ReplyState::failed;
  reply.status = core::status::too_large;
}

/// What is no log is none: a reply must not fail by it.
std::optional<core::WorkLog> read_log(Fields& fields) {
  const core::JsonText text = fields.object("log");
  if (text.empty()) return std::nullopt;
  const Value object = Value::parse(text);
  const auto said = [&object](const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  core::WorkLog log{1, said("out"), said("err"), {}};
  log = core::tail_of(log, limits::reply_log_bytes);
  if (!said("note").empty()) log.note = "only the end was kept";
  return log;
}

}  // namespace

core::Result<OriginMessage> read_origin_message(const Value& message) {
  if (!message.is_object()) return no_object("command");
  if (is_set(message, "cancel")) return read_cancel(message);
  if (is_set(message, "unknown")) return read_unknown_notice(message);
  if (is_set(message, "hello")) return read_hello_answer(message);
  return read_command(message);
}

core::Result<core::Reply> read_reply(const Value& message) {
  if (!message.is_object()) return no_object("reply");
  Fields fields(message, "reply");
  fields.version();
  core::Reply reply;
  reply.id = fields.name<core::TaskId>("id", Need::required);
  reply.attempt = attempt_of(fields);
  const auto state =
      fields.word("state", Need::required,
                  {"accepted", "started", "progress", "done", "failed", "rejected", "cancelled"});
  reply.state = core::reply_state(state).value_or(core::ReplyState::progress);
  const auto need_status = core::is_final(reply.state) ? Need::required : Need::optional;
  reply.status = static_cast<int>(fields.integer("status", need_status, state_numbers).value_or(0));
  reply.outputs = fields.object("outputs");
  reply.error = fields.text("error", Need::optional, limits::reply_bytes);
  reply.journal = fields.text("journal", Need::required, limits::identity_bytes);
  reply.boot = fields.integer("boot", Need::required).value_or(0);
  reply.at = fields.instant("at", Need::required);
  auto progress = read_progress(message);
  if (!progress) return tl::unexpected(fields.problem().value_or(progress.error()));
  reply.progress = *std::move(progress);
  reply.log = read_log(fields);
  cut_to_size(reply);
  return fields.finish(std::move(reply));
}

core::Result<core::Hello> read_hello(const Value& message) {
  if (!message.is_object()) return no_object("hello");
  Fields fields(message, "hello");
  fields.version();
  core::Hello hello;
  hello.journal = fields.text("journal", Need::required, limits::identity_bytes);
  hello.boot = fields.integer("boot", Need::required).value_or(0);
  hello.unsettled = fields.integer("unsettled", Need::optional).value_or(0);
  hello.at = fields.instant("at", Need::required);
  return fields.finish(std::move(hello));
}

core::Result<core::Presence> read_presence(const Value& message) {
  if (!message.is_object()) return no_object("presence");
  Fields fields(message, "presence");
  fields.version();
  core::Presence presence;
  presence.online = fields.word("state", Need::required, {"online", "offline"}) == "online";
  presence.journal = fields.text("journal", Need::required, limits::identity_bytes);
  presence.boot = fields.integer("boot", Need::required).value_or(0);
  presence.version = fields.text("version", Need::optional, limits::list_item_bytes);
  presence.parents = fields.names("parents", limits::list_items);
  presence.labels = fields.text_map("labels", limits::list_items, limits::list_item_bytes);
  presence.offers = fields.texts("offers", limits::list_items, limits::list_item_bytes);
  presence.arrays = fields.flag("arrays");
  presence.since = fields.instant("since", Need::optional);
  return fields.finish(std::move(presence));
}

}  // namespace antiphon::wire
