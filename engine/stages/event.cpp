// SPDX-License-Identifier: MIT
// Waits for signals. Its state is what it has heard so far.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/names.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/object_inputs.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

using core::Result;
using core::Value;

constexpr std::int64_t most_counted = 1'000;
constexpr core::Duration no_deadline = core::days(3650);  // the task's deadline comes first

struct Listening {
  std::string signal;
  std::int64_t count = 1;
  std::optional<core::Duration> deadline{};
  bool fails = false;
};

Result<std::string> text_at(const Value& config, const char* name) {
  const auto found = config.find(name);
  if (found == config.end() || found->is_null()) return std::string();
  if (!found->is_structured()) return core::plain_text(*found);
  return core::failure(core::status::bad_request, std::string("config '") + name + "': no text");
}

Result<Listening> listening_of(const Value& config) {
  const auto wrong = [](const std::string& what) {
    return core::failure(core::status::bad_request, "config " + what);
  };
  if (config.contains(core::condition_key)) {
    return wrong(
        "'when': cannot be judged by a plane that was commanded; count there, and judge "
        "the outputs here");
  }
  const auto signal = text_at(config, "signal");
  const auto count = number_setting(config, "count", 1);
  const auto deadline = text_at(config, "deadline");
  const auto otherwise = text_at(config, "default");
  for (const auto* text : {&signal, &deadline, &otherwise}) {
    if (!*text) return tl::unexpected(text->error());
  }
  if (const auto problem = core::name_problem(*signal); !problem.empty()) {
    return wrong("'signal': '" + *signal + "' " + problem);
  }
  if (!count || *count < 1 || *count > most_counted) {
    return wrong("'count': no number from 1 to " + std::to_string(most_counted));
  }
  if (!otherwise->empty() && *otherwise != "continue" && *otherwise != "fail") {
    return wrong("'default': '" + *otherwise + "' is not one of continue, fail");
  }
  Listening wanted{*signal, *count, std::nullopt, *otherwise == "fail"};
  if (deadline->empty()) return wanted;
  const auto time = core::parse_duration(*deadline);
  if (!time) return wrong("'deadline': " + time.error().message);
  wanted.deadline = *time;
  return wanted;
}

core::Finished all_heard(const Value& heard, bool timed_out) {
  Value outputs{{"timedOut", timed_out}, {"count", heard.size()}, {"signals", heard}};
  if (!heard.empty()) {
    outputs["payload"] = heard.back().at("payload");
    outputs["by"] = heard.back().at("by");
  }
  return {core::status::ok, std::move(outputs), {}};
}

std::string signal_awaited(const Listening& wanted, const Value& heard) {
  std::string text = "signal " + wanted.signal;
  if (wanted.count > 1) {
    text +=
        " (" + std::to_string(heard.size()) + " of " + std::to_string(wanted.count) + " have come)";
  }
  return text;
}

core::InlineResult so_far(const core::Call& call, const Listening& wanted, Value state) {
  const Value& heard = state.at("heard");
  if (static_cast<std::int64_t>(heard.size()) >= wanted.count) return all_heard(heard, false);
  core::NotYet wait{no_deadline, {}, signal_awaited(wanted, heard)};
  if (wanted.deadline) {
    const core::Instant until =
        core::Instant{state.at("since").get<std::int64_t>()} + *wanted.deadline;
    if (until <= call.now) {
      core::Finished over = all_heard(heard, true);
      if (wanted.fails) {
        over.status = core::status::timed_out;
        over.error = "within " + core::to_text(*wanted.deadline) + " there came " +
                     std::to_string(heard.size()) + " of " + std::to_string(wanted.count) +
                     " signals " + wanted.signal;
      }
      return over;
    }
    wait.wait = until - call.now;
  }
  wait.state = std::move(state);
  return wait;
}

core::Finished event_refusal(const core::Error& error) {
  return refusal(error.status, error.message);
}

}  // namespace

core::InlineResult event(const core::Call& call) {
  const auto wanted = listening_of(call.config);
  if (!wanted) return event_refusal(wanted.error());
  const Value fresh{{"since", call.now.ms}, {"heard", Value::array()}};
  return so_far(call, *wanted, call.state == nullptr ? fresh : *call.state);
}

core::Counted event_signal(const core::Call& call, const core::Signal& signal) {
  const auto wanted = listening_of(call.config);
  if (!wanted || signal.name != wanted->signal) {
    return {std::nullopt, core::status::not_found, "it waits for another signal"};
  }
  Value state = *call.state;
  state["heard"].push_back(
      {{"by", signal.author}, {"at", core::to_rfc3339(call.now)}, {"payload", signal.payload}});
  if (core::dump(state).size() > core::limits::poll_state_bytes) {
    return {std::nullopt, core::status::too_large,
            "what signals " + signal.name + " have brought so far leaves no room for this one"};
  }
  return {so_far(call, *wanted, std::move(state))};
}

}  // namespace antiphon::stages
