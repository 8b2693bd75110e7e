// SPDX-License-Identifier: MIT
#include "connectors/proxy/question.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "connectors/symphony/stage_call.hpp"
#include "connectors/wire/fields.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::proxy {
namespace {

namespace limits = core::limits;
namespace status = core::status;
using core::Value;

std::optional<std::int64_t> whole_number(const Value& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, number).ptr != end) return std::nullopt;
  return number;
}

tl::unexpected<core::Error> wrong(const char* key, const Value& value, std::string hint) {
  return core::failure(status::bad_config,
                       std::string("proxy config.") + key + " is " + wire::shown(core::dump(value)),
                       std::move(hint));
}

}  // namespace

void StopSignal::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (wake_) wake_();
}

bool StopSignal::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void StopSignal::on_stop(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (stopped_ && wake_) wake_();
}

core::Result<std::string> text_in(const Value& config, const char* key, const char* otherwise) {
  const auto found = config.find(key);
  const bool missing = found == config.end() || found->is_null();
  if (missing && otherwise != nullptr) return std::string(otherwise);
  const Value value = missing ? Value() : *found;
  const bool good =
      value.is_string() && value.get_ref<const std::string&>().find('\0') == std::string::npos;
  if (!good || (otherwise == nullptr && value.get_ref<const std::string&>().empty())) {
    return wrong(key, value, "a text");
  }
  return value.get<std::string>();
}

core::Result<core::Duration> seconds_in(const Value& config, const char* key,
                                        core::Duration otherwise) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return otherwise;
  const auto number = whole_number(*found);
  const std::int64_t most = limits::proxy_timeout_most.ms / 1000;
  if (number && *number >= 1 && *number <= most) return core::seconds(*number);
  return wrong(key, *found, "whole seconds, from 1 to " + std::to_string(most));
}

core::Result<Wait> wait_of(const Question& question) {
  const auto timeout = seconds_in(question.config, "timeoutSeconds", limits::proxy_timeout);
  if (!timeout) return tl::unexpected(timeout.error());
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout->ms);
  if (until < question.deadline) return Wait{until, *timeout, false};
  return Wait{question.deadline, *timeout, true};
}

core::Finished judge_answer(int state, std::string_view body) {
  auto read = symphony::read_stage_status(body);
  if (state == status::ok || state == status::accepted) {
    if (read) return symphony::finished(std::move(*read));
    return failed(status::internal_error,
                  "the runner's answer cannot be read: " + read.error().message);
  }
  const int number = status::is_success(state) || state == 0 ? status::internal_error : state;
  if (!read) {
    return failed(number, "the runner answered " + std::to_string(state) + " " +
                              wire::shown(body.substr(0, limits::reason_bytes)));
  }
  core::Finished finished = symphony::finished(std::move(*read));
  if (!finished.error.empty()) return finished;
  finished.status = number;
  finished.error = "the runner answered " + std::to_string(state) + " to a stage that is done";
  return finished;
}

core::Finished failed(int status, std::string error) {
  return {status, Value::object(), std::move(error)};
}

core::Finished failed(const core::Error& error) {
  return failed(error.status, error.message + (error.hint.empty() ? "" : " (" + error.hint + ")"));
}

core::Finished too_late() {
  return failed(status::timed_out, "the task's deadline passed before the runner answered");
}

core::Finished stopped(bool sent) {
  return failed(status::cancelled, sent ? "cancelled while the runner was waited for, which was "
                                          "not told and may still carry the stage out"
                                        : "cancelled before the runner was asked");
}

}  // namespace antiphon::proxy
