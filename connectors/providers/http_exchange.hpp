// SPDX-License-Identifier: MIT
// One HTTP request and its answer for a thread that waits for it and can be woken from another one.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "connectors/providers/http_options.hpp"
#include "connectors/providers/http_request.hpp"

namespace antiphon::providers {

struct HttpReply {
  int code = 0;
  std::string body;
};

class HttpExchange {
 public:
  /// `options` live as long as this.
  HttpExchange(const HttpOptions& options, HttpMessage message, std::size_t most_body,
               std::chrono::steady_clock::time_point until);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  /// Once. Blocks until the answer is there. Failures: those of a transfer (10024 no request, 10025
  /// nobody answered, 10026 what came is no answer, 413), 11004 `until` has come, 20001 `stopped`
  /// said true. It is asked after each wake().
  core::Result<HttpReply> carry_out(const std::function<bool()>& stopped);

  /// Any thread.
  void wake();

 private:
  class Curl;
  std::unique_ptr<Curl> curl_;
};

}  // namespace antiphon::providers
