// SPDX-License-Identifier: MIT
// One request and its answer over libcurl, redirects followed hop by hop: each hop's host has to be
// allowed, and what the document sends (headers, body) leaves with the first host only.
#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/providers/http_options.hpp"
#include "connectors/providers/http_request.hpp"

namespace antiphon::providers {

struct HttpResponse {
  int code = 0;
  std::map<std::string, std::vector<std::string>> headers;  ///< "Content-Type"
  std::string body;
};

/// Why there is no answer.
struct HttpFailure {
  enum class At {
    request,   ///< it cannot be made: a bad URL, a host that is not allowed
    sending,   ///< nobody answered
    response,  ///< what came is no answer
    size,      ///< more came than is taken
  };
  At at = At::sending;
  std::string text;
};

class HttpTransfer {
 public:
  /// Takes at most `most_body` bytes and `time`.
  HttpTransfer(const HttpOptions& options, HttpMessage message, std::size_t most_body,
               core::Duration time);
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;
  ~HttpTransfer();

  /// Sets the handle up for the next hop. False: there will be none, answer() says why.
  bool prepare();
  /// The handle has finished. True: a redirect, prepare() is to be called again.
  bool finished(CURLcode code);
  /// After prepare() or finished() said false.
  core::Result<HttpResponse> answer() &&;
  CURL* handle() const { return handle_; }

 private:
  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* self);

  bool fail(HttpFailure::At at, std::string text);
  bool allowed();
  void set_up_security();
  void set_up_request();
  bool redirect();
  bool go_to(const std::string& url);
  bool broke(CURLcode code);
  void note_header(std::string_view line);

  const HttpOptions& options_;
  HttpMessage message_;
  std::size_t most_body_;
  core::Duration time_;
  CURL* handle_ = nullptr;
  curl_slist* headers_ = nullptr;
  HttpResponse response_;
  HttpFailure failure_;
  bool failed_ = false;
  bool too_large_ = false;
  std::size_t header_bytes_ = 0;
  int hops_ = 0;
  std::string problem_;  ///< curl's own words
};

}  // namespace antiphon::providers
