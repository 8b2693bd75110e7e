// SPDX-License-Identifier: MIT
#include "connectors/providers/http_judgement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/expression/compile.hpp"
#include "engine/expression/json_path.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::providers {
namespace {

using core::Value;
using runtime::WorkReport;
namespace status = core::status;

constexpr int most_visits = 100'000;

bool among(const std::vector<int>& codes, int code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void put_end(WorkReport& report, int number, const Value& outputs, std::string error) {
  report.kind = WorkReport::Kind::finished;
  report.status = number;
  report.outputs = core::dump(outputs);
  report.error = std::move(error);
}

std::string unexpected(int code) {
  return "unexpected status code " + std::to_string(code);
}

/// Bytes that are no text travel as base64, and `<name>Encoding` says so.
void put_body(Value& outputs, const std::string& name, const std::string& body) {
  const bool text = expression::is_valid_utf8(body);
  outputs[name] = text ? body : core::base64_encode(body);
  if (!text) outputs[name + "Encoding"] = "base64";
}

Value outputs_from(const HttpResponse& response) {
  Value outputs = Value::object();
  for (const auto& [name, values] : response.headers) outputs["header." + name] = values;
  put_body(outputs, "body", response.body);
  outputs["status"] = response.code;
  return outputs;
}

/// The document asked for just this code: it is a success, whatever number it has.
void accept_code(Value& outputs, int code) {
  if (status::is_success(code)) return;
  outputs["status"] = status::ok;
  outputs["httpStatus"] = code;
}

bool starts(const HttpWait& wait, int code) {
  return wait.start.empty() ? code >= 200 && code < 300 : among(wait.start, code);
}

void begin_wait(WorkReport& report, const HttpCall& call, Value outputs, int code) {
  if (!starts(*call.wait, code)) {
    return put_end(report, status::bad_config, outputs, unexpected(code));
  }
  accept_code(outputs, code);
  report.kind = WorkReport::Kind::not_yet;
  report.wait = {};
  report.outputs = core::dump({{"first", outputs}});
  report.error = shown_url(call.wait->url) + " to be asked";
}

/// Why it is not yet what is waited for; none: it is, and outputs have it.
std::optional<core::Error> missing(const HttpWait& wait, const HttpResponse& response,
                                   Value& outputs) {
  const bool success =
      wait.success.empty() ? response.code == status::ok : among(wait.success, response.code);
  if (!success) return core::Error{status::http_wait_code, unexpected(response.code), {}};
  put_body(outputs, "waitBody", response.body);
  if (wait.expression.empty()) return std::nullopt;
  const Value body = Value::parse(response.body, nullptr, false);
  if (body.is_discarded()) {
    return core::Error{status::http_wait_expression, "the answer is no JSON", {}};
  }
  core::Result<Value> result = Value();
  if (wait.json_path) {
    int visits = most_visits;
    const auto path = expression::JsonPath::parse(wait.expression);
    result = path ? path->find(body, visits) : tl::unexpected<core::Error>(path.error());
  } else {
    const bool braced = wait.expression.find("${{") != std::string::npos;
    const auto made = expression::compile(braced ? wait.expression : "${{" + wait.expression + "}}",
                                          "wait.expression");
    core::Scope scope;
    scope.value = &body;
    result = made ? (*made)->evaluate(scope) : tl::unexpected<core::Error>(made.error());
  }
  if (!result) return core::Error{status::http_wait_expression, result.error().message, {}};
  if (core::plain_text(*result) == "false") {
    return core::Error{status::http_wait_expression, "wait.expression is false", {}};
  }
  outputs["waitResult"] = *result;
  return std::nullopt;
}

/// Of a request that found no answer; the numbers of the wait are others than those of the first.
core::Error in_the_wait(const core::Error& error) {
  switch (error.status) {
    case status::http_new_request:
      return {status::http_wait_new_request, error.message, error.hint};
    case status::http_send:
      return {status::http_wait_send, error.message, error.hint};
    case status::http_response:
      return {status::http_wait_response, error.message, error.hint};
    default:
      return error;
  }
}

}  // namespace

void judge_first(WorkReport& report, const HttpCall& call,
                 const core::Result<HttpResponse>& answer) {
  if (!answer) {
    return put_end(report, answer.error().status, Value::object(), answer.error().message);
  }
  Value outputs = outputs_from(*answer);
  if (call.wait) return begin_wait(report, call, std::move(outputs), answer->code);
  if (call.success_codes.empty()) return put_end(report, status::ok, outputs, {});
  if (!among(call.success_codes, answer->code)) {
    return put_end(report, status::bad_config, outputs, unexpected(answer->code));
  }
  accept_code(outputs, answer->code);
  put_end(report, status::ok, outputs, {});
}

void judge_poll(WorkReport& report, const HttpCall& call, const core::JsonText& state,
                const core::Result<HttpResponse>& answer) {
  const HttpWait& wait = *call.wait;
  Value outputs = core::parse_object(state).at("first");
  if (answer && among(wait.fail, answer->code)) {
    put_body(outputs, "waitBody", answer->body);
    outputs.erase("status");
    return put_end(report, status::bad_config, outputs, "wait.url: " + unexpected(answer->code));
  }
  const auto why =
      answer ? missing(wait, *answer, outputs) : std::optional(in_the_wait(answer.error()));
  if (!why) return put_end(report, status::ok, outputs, {});
  const bool hopeless =
      why->status == status::http_wait_new_request || why->status == status::too_large;
  const bool last = wait.count > 0 && report.polls >= wait.count;
  if (hopeless || last) {
    outputs.erase("status");
    const std::string times = " (asked " + std::to_string(report.polls) + " times)";
    return put_end(report, why->status, outputs, why->message + (last ? times : ""));
  }
  report.kind = WorkReport::Kind::not_yet;
  report.wait = wait.interval;
  report.outputs = state;
  report.error = shown_url(wait.url) + ": " + why->message;
}

}  // namespace antiphon::providers
