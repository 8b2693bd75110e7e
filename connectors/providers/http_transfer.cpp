// SPDX-License-Identifier: MIT
#include "connectors/providers/http_transfer.hpp"

#include <algorithm>
#include <new>

#include "engine/core/check.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

constexpr int most_hops = 10;
constexpr std::size_t most_header_bytes = 64 * std::size_t{1024};
constexpr long connect_ms = 30'000;
/// Of a transfer that moves nothing.
constexpr long idle_seconds = 120;

struct Url {
  std::string scheme;
  std::string host;
  std::string port;  ///< the scheme's own if none is named

  bool same_server(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// None: it is no http or https URL with a host.
std::optional<Url> parse(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (!url) throw std::bad_alloc();
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  Url parsed{part_of(url.get(), CURLUPART_SCHEME), lower(part_of(url.get(), CURLUPART_HOST)),
             part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  const bool http = parsed.scheme == "http" || parsed.scheme == "https";
  return http && !parsed.host.empty() ? std::optional(parsed) : std::nullopt;
}

bool fits(const std::string& entry, const Url& url) {
  const std::string allowed = lower(entry);
  if (allowed.starts_with("*.")) return url.host.ends_with(allowed.substr(1));
  return allowed == url.host || allowed == url.host + ":" + url.port;
}

/// "content-type" and "CONTENT-TYPE" are "Content-Type".
std::string canonical(std::string_view name) {
  std::string text = lower(std::string(name));
  bool first = true;
  for (char& c : text) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    first = c == '-';
  }
  return text;
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

int status_of(HttpFailure::At at) {
  namespace status = core::status;
  switch (at) {
    case HttpFailure::At::request:
      return status::http_new_request;
    case HttpFailure::At::sending:
      return status::http_send;
    case HttpFailure::At::response:
      return status::http_response;
    case HttpFailure::At::size:
      break;
  }
  return status::too_large;
}

}  // namespace

HttpTransfer::HttpTransfer(const HttpOptions& options, HttpMessage message, std::size_t most_body,
                           core::Duration time)
    : options_(options),
      message_(std::move(message)),
      most_body_(most_body),
      time_(time),
      handle_(curl_easy_init()),
      problem_(CURL_ERROR_SIZE, '\0') {
  if (handle_ == nullptr) throw std::bad_alloc();
}

HttpTransfer::~HttpTransfer() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(headers_);
}

bool HttpTransfer::fail(HttpFailure::At at, std::string text) {
  failed_ = true;
  failure_ = {at, std::move(text)};
  return false;
}

bool HttpTransfer::allowed() {
  const auto url = parse(message_.url);
  if (!url) {
    return fail(HttpFailure::At::request,
                "'" + shown_url(message_.url) + "' is no URL that starts with http:// or https://");
  }
  const auto& hosts = options_.hosts;
  const bool any = hosts.empty() || std::any_of(hosts.begin(), hosts.end(), [&](const auto& entry) {
                     return fits(entry, *url);
                   });
  if (any) return true;
  return fail(HttpFailure::At::request,
              "this plane's setting httpHosts does not name " + url->host + ":" + url->port);
}

bool HttpTransfer::prepare() {
  if (!allowed()) return false;
  response_ = {};
  header_bytes_ = 0;
  problem_.assign(CURL_ERROR_SIZE, '\0');
  curl_easy_reset(handle_);
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, problem_.data());
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(time_.ms, 1)));
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, idle_seconds);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &HttpTransfer::take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &HttpTransfer::take_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  set_up_security();
  set_up_request();
  return true;
}

/// Certificates are always verified: there is no way to say otherwise.
void HttpTransfer::set_up_security() {
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, options_.ca.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void HttpTransfer::set_up_request() {
  curl_slist_free_all(headers_);
  headers_ = curl_slist_append(nullptr, "Expect:");
  for (const std::string& header : message_.headers) {
    headers_ = curl_slist_append(headers_, header.c_str());
  }
  if (!message_.body && !only_reads(message_)) {
    headers_ = curl_slist_append(headers_, "Content-Length: 0");
  }
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_URL, message_.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, "antiphon");
  if (message_.body) {
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(message_.body->size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, message_.body->data());
  }
  // A connection that is used again may have died meanwhile, and curl would send the request twice.
  if (!only_reads(message_)) curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, 1L);
  if (message_.method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, message_.method.c_str());
  }
}

std::size_t HttpTransfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  std::string& body = transfer.response_.body;
  transfer.too_large_ = body.size() + size * count > transfer.most_body_;
  if (transfer.too_large_) return 0;
  body.append(bytes, size * count);
  return size * count;
}

std::size_t HttpTransfer::take_header(char* bytes, std::size_t size, std::size_t count,
                                      void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.header_bytes_ += size * count;
  transfer.too_large_ = transfer.header_bytes_ > most_header_bytes;
  if (transfer.too_large_) return 0;
  transfer.note_header({bytes, size * count});
  return size * count;
}

void HttpTransfer::note_header(std::string_view line) {
  if (line.starts_with("HTTP/")) response_.headers.clear();  // those before it were of a 1xx
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || line.starts_with("HTTP/")) return;
  response_.headers[canonical(without_blanks(line.substr(0, colon)))].emplace_back(
      without_blanks(line.substr(colon + 1)));
}

bool HttpTransfer::finished(CURLcode code) {
  if (code != CURLE_OK) return broke(code);
  long number = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &number);
  response_.code = static_cast<int>(number);
  switch (response_.code) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return redirect();
    default:
      return false;
  }
}

bool HttpTransfer::broke(CURLcode code) {
  using At = HttpFailure::At;
  if (too_large_) {
    return fail(At::size, shown_url(message_.url) + " answers with more than " +
                              std::to_string(most_body_) + " bytes, or 64 KiB of headers");
  }
  const std::string words = problem_.c_str();
  const std::string why = words.empty() ? curl_easy_strerror(code) : words;
  const bool received = code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
                        code == CURLE_PARTIAL_FILE || code == CURLE_WEIRD_SERVER_REPLY ||
                        code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_HTTP2 ||
                        code == CURLE_HTTP2_STREAM;
  return fail(received ? At::response : At::sending, shown_url(message_.url) + ": " + why);
}

bool HttpTransfer::redirect() {
  char* target = nullptr;
  curl_easy_getinfo(handle_, CURLINFO_REDIRECT_URL, &target);
  if (target == nullptr) return false;  // no Location: it is an answer like any other
  if (++hops_ > most_hops) {
    return fail(HttpFailure::At::response, "more than " + std::to_string(most_hops) +
                                               " redirects, the last one to " + shown_url(target));
  }
  const bool keeps = response_.code == 307 || response_.code == 308;
  if (!keeps && !only_reads(message_)) {
    message_.method = "GET";
    message_.body.reset();
    std::erase(message_.headers, json_header);
  }
  return go_to(target);
}

bool HttpTransfer::go_to(const std::string& url) {
  const auto from = parse(message_.url);
  const auto to = parse(url);
  ANTIPHON_CHECK(from);
  if (to && from->scheme == "https" && to->scheme == "http") {
    return fail(HttpFailure::At::response,
                "a redirect from https to " + shown_url(url) + " is not followed");
  }
  if (to && !from->same_server(*to)) {
    if (message_.body) {
      return fail(HttpFailure::At::response, "a redirect of a " + message_.method + " to " +
                                                 shown_url(url) +
                                                 ", another server, is not followed");
    }
    message_.headers.clear();
  }
  message_.url = url;
  return true;
}

core::Result<HttpResponse> HttpTransfer::answer() && {
  if (failed_) return core::failure(status_of(failure_.at), failure_.text);
  return std::move(response_);
}

}  // namespace antiphon::providers
