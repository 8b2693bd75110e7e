// SPDX-License-Identifier: MIT
// How Eclipse Symphony's parts ask each other over MQTT: a COARequest goes to one topic, a
// COAResponse comes back on another, and only metadata["request-id"] says what belongs together.
// Bodies travel in base64. The formats are described in schemas/coa-request and coa-response.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"

namespace antiphon::symphony {

struct Request {
  std::string route;  ///< last segment of the route over HTTP: "processor"
  std::string method = "POST";
  std::string content_type = "application/json";
  std::string body;  ///< the bytes, out of base64
  std::string id;    ///< request-id; empty: the sender does not care which answer is whose
};

struct Response {
  int state = 200;  ///< a state number
  std::string content_type = "application/json";
  std::string body;
  std::string id;
};

/// What came as a request. `problem`: it cannot be carried out, but `request.id` says who is to be
/// told.
struct ReadRequest {
  Request request;
  std::optional<core::Error> problem{};
};

/// At most limits::message_bytes. What is no JSON object has nobody to answer, but the topic.
ReadRequest read_request(std::string_view bytes);

/// 400 or 413 with what is wrong; an answer to somebody else's question is read like any other.
core::Result<Response> read_response(std::string_view bytes);

std::string to_text(const Request& request);
std::string to_text(const Response& response);

}  // namespace antiphon::symphony
