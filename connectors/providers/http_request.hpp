// SPDX-License-Identifier: MIT
// From a stage's config and inputs to what the http provider has to ask (Symphony's keys;
// docs/http.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::providers {

struct HttpMessage {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  ///< "Name: value"
  std::optional<std::string> body;
};

/// What is asked after the first answer, again and again.
struct HttpWait {
  std::string url;
  core::Duration interval;
  int count = 0;  ///< at most; 0: as long as the task may take
  std::vector<int> start;
  std::vector<int> success;
  std::vector<int> fail;
  std::string expression;  ///< empty: none
  bool json_path = false;  ///< else of the expression language
};

struct HttpCall {
  HttpMessage first;
  std::vector<int> success_codes;
  std::optional<HttpWait> wait;
};

/// `request` is {"config", "inputs"}. An input wins over the config's value of its key: `url` and
/// `method` always, others where the config has one. Failure 1000: what is wrong with which key;
/// 10024: the request itself cannot be made of it.
core::Result<HttpCall> read_http_request(const core::JsonText& request);

/// What a body is sent as, unless the document says otherwise.
inline constexpr const char* json_header = "Content-Type: application/json";

/// GET and HEAD change nothing there, so they may be sent twice.
bool only_reads(const HttpMessage& message);

/// A URL for people and logs: without what may be a secret in it (user, query, fragment).
std::string shown_url(const std::string& url);

}  // namespace antiphon::providers
