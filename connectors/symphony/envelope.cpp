// SPDX-License-Identifier: MIT
#include "connectors/symphony/envelope.hpp"

#include <nlohmann/json.hpp>

#include "connectors/wire/fields.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::symphony {
namespace {

namespace limits = core::limits;
using core::Value;
using wire::Need;

constexpr const char* id_key = "request-id";

core::Result<Value> parse_envelope(std::string_view bytes, const char* what) {
  auto value = wire::parse_guarded(bytes, limits::message_bytes);
  if (!value || value->is_object()) return value;
  return core::failure(core::status::bad_request, std::string("the ") + what + " is no JSON object",
                       "see schemas/coa-request.schema.json and coa-response.schema.json");
}

std::string id_of(const Value& message) {
  const auto metadata = message.find("metadata");
  if (metadata == message.end() || !metadata->is_object()) return {};
  const auto id = metadata->find(id_key);
  if (id == metadata->end() || !id->is_string()) return {};
  const auto& text = id->get_ref<const std::string&>();
  return text.size() <= limits::identity_bytes ? text : std::string();
}

/// The first problem of a message's metadata and body; puts the bytes into `body`.
std::optional<core::Error> read_body(wire::Fields& fields, std::string& body) {
  const auto metadata = fields.text_map("metadata", limits::list_items, limits::reason_bytes);
  const auto id = metadata.find(id_key);
  if (id != metadata.end() && id->second.size() > limits::identity_bytes) {
    return core::Error{
        core::status::bad_request,
        "metadata.request-id has more than " + std::to_string(limits::identity_bytes) + " bytes",
        "a UUID has 36"};
  }
  const std::string text = fields.text("body", Need::optional, limits::message_bytes);
  if (fields.problem()) return fields.problem();
  auto bytes = core::base64_decode(text);
  if (!bytes) {
    return core::Error{core::status::bad_request, "body is no base64",
                       "standard base64 with padding (RFC 4648, section 4)"};
  }
  body = std::move(*bytes);
  return std::nullopt;
}

Value metadata_of(const std::string& id) {
  return id.empty() ? Value::object() : Value{{id_key, id}};
}

}  // namespace

ReadRequest read_request(std::string_view bytes) {
  ReadRequest read;
  const auto message = parse_envelope(bytes, "request");
  if (!message) {
    read.problem = message.error();
    return read;
  }
  read.request.id = id_of(*message);
  wire::Fields fields(*message, "request");
  read.request.route = fields.text("route", Need::required, limits::answer_topic_bytes);
  read.request.method = fields.text("method", Need::optional, limits::list_item_bytes);
  read.request.content_type = fields.text("contentType", Need::optional, limits::list_item_bytes);
  read.problem = read_body(fields, read.request.body);
  return read;
}

core::Result<Response> read_response(std::string_view bytes) {
  const auto message = parse_envelope(bytes, "response");
  if (!message) return tl::unexpected(message.error());
  Response response;
  response.id = id_of(*message);
  wire::Fields fields(*message, "response");
  response.content_type = fields.text("contentType", Need::optional, limits::list_item_bytes);
  const auto state = fields.integer("state", Need::required, {0, 1'000'000});
  auto problem = read_body(fields, response.body);
  if (problem) return tl::unexpected(std::move(*problem));
  response.state = static_cast<int>(*state);
  return response;
}

std::string to_text(const Request& request) {
  return core::dump({{"route", request.route},
                     {"method", request.method},
                     {"contentType", request.content_type},
                     {"body", core::base64_encode(request.body)},
                     {"metadata", metadata_of(request.id)}});
}

std::string to_text(const Response& response) {
  return core::dump({{"contentType", response.content_type},
                     {"body", core::base64_encode(response.body)},
                     {"state", response.state},
                     {"metadata", metadata_of(response.id)}});
}

}  // namespace antiphon::symphony
