// SPDX-License-Identifier: MIT
#include "connectors/proxy/ask_http.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "connectors/providers/http_exchange.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::proxy {
namespace {

namespace status = core::status;
using core::Value;

constexpr std::string_view api = "/v1alpha2";

struct Access {
  std::string base;  ///< ends in /v1alpha2
  std::string user;
  std::string password;
};

core::Result<Access> access_of(const Value& config) {
  auto base = text_in(config, "baseUrl");
  if (!base) return tl::unexpected(base.error());
  auto user = text_in(config, "user", "");
  if (!user) return tl::unexpected(user.error());
  auto password = text_in(config, "password", "");
  if (!password) return tl::unexpected(password.error());
  while (base->ends_with('/')) base->pop_back();
  if (!base->ends_with(api)) *base += api;
  return Access{std::move(*base), std::move(*user), std::move(*password)};
}

struct Asking {
  const providers::HttpOptions& options;
  const Question& question;
  const Wait& wait;
};

/// An error of the transport, as this question has to tell it.
core::Error told(const core::Error& error, const Wait& wait, const std::string& url) {
  if (error.status == status::cancelled) return {status::cancelled, stopped(true).error};
  if (error.status != status::timed_out) return error;
  if (wait.by_deadline) return {status::timed_out, too_late().error};
  return {status::internal_error,
          "no answer of " + providers::shown_url(url) + " within " + core::to_text(wait.timeout)};
}

core::Result<providers::HttpReply> post(const Asking& asking, const std::string& url,
                                        std::vector<std::string> headers, std::string body) {
  headers.emplace_back(providers::json_header);
  providers::HttpMessage message{"POST", url, std::move(headers), std::move(body)};
  providers::HttpExchange exchange(asking.options, std::move(message), core::limits::message_bytes,
                                   asking.wait.until);
  StopSignal& stopping = asking.question.stopping;
  stopping.on_stop([&exchange] { exchange.wake(); });
  auto reply = exchange.carry_out([&stopping] { return stopping.stopped(); });
  stopping.on_stop({});
  if (!reply) return tl::unexpected(told(reply.error(), asking.wait, url));
  return reply;
}

core::Result<std::string> token_of(const Asking& asking, const Access& access) {
  const std::string url = access.base + "/users/auth";
  const std::string shown = providers::shown_url(url);
  const Value who{{"username", access.user}, {"password", access.password}};
  const auto response = post(asking, url, {}, core::dump(who));
  if (!response) return tl::unexpected(response.error());
  if (response->code != status::ok) {
    return core::failure(
        state_of(response->code),
        shown + " answered " + std::to_string(response->code) + " to user '" + access.user + "'",
        "user and password as the runner has them");
  }
  const auto answer = wire::parse_guarded(response->body, core::limits::message_bytes);
  const bool has_token = answer && answer->is_object() && answer->contains("accessToken") &&
                         (*answer)["accessToken"].is_string();
  const auto token = has_token ? (*answer)["accessToken"].get<std::string>() : std::string();
  // It becomes a line of the next request's head.
  if (token.empty() || token.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return core::failure(status::internal_error, shown + " gave no accessToken");
  }
  return token;
}

}  // namespace

int state_of(int code) {
  if (code == 200 || code == 202 || code == 404 || code == 405 || code == 409) return code;
  if (code == 413 || code == 503) return code;
  if (code == 401 || code == 403) return status::unauthorized;
  if (code >= 200 && code < 300) return status::ok;
  if (code >= 400 && code < 500) return status::bad_request;
  return status::internal_error;
}

core::Finished ask_over_http(const Question& question, const providers::HttpOptions& options) {
  const auto access = access_of(question.config);
  if (!access) return failed(access.error());
  const auto wait = wait_of(question);
  if (!wait) return failed(wait.error());
  const Asking asking{options, question, *wait};
  std::vector<std::string> headers{"X-Request-Id: " + question.id};
  if (!access->user.empty()) {
    const auto token = token_of(asking, *access);
    if (!token) return failed(token.error());
    headers.push_back("Authorization: Bearer " + *token);
  }
  const auto reply = post(asking, access->base + "/processor", std::move(headers), question.body);
  if (!reply) return failed(reply.error());
  return judge_answer(state_of(reply->code), reply->body);
}

}  // namespace antiphon::proxy
