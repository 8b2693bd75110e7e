// SPDX-License-Identifier: MIT
// Asks people. Its state is the request as it is published: with the answers that were given.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

constexpr std::int64_t most_needed = 32;
constexpr std::size_t most_approvers = 256;
constexpr core::Duration no_end = core::days(3650);  // the task's deadline comes first

struct Plan {
  std::string ask;
  std::string why;
  std::vector<std::string> approvers;  ///< none: whoever may publish the topic
  std::int64_t need = 1;
  std::int64_t rejections = 1;
  std::optional<core::Duration> deadline{};
  std::string otherwise = "reject";
  std::optional<core::Duration> escalate_after{};
  std::string escalate_to;
};

tl::unexpected<core::Error> wrong(const std::string& name, const std::string& what,
                                  std::string hint = {}) {
  return core::failure(core::status::bad_request, "config '" + name + "': " + what,
                       std::move(hint));
}

Result<std::string> text_of(const Value& config, const std::string& name) {
  const auto found = config.find(name);
  if (found == config.end() || found->is_null()) return std::string();
  if (found->is_structured()) return wrong(name, "no text");
  std::string text = core::plain_text(*found);
  if (text.size() > core::limits::reason_bytes) {
    return wrong(name, "has more than " + std::to_string(core::limits::reason_bytes) + " bytes");
  }
  return text;
}

Result<std::optional<core::Duration>> time_of(const Value& config, const std::string& name) {
  const auto text = text_of(config, name);
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return std::nullopt;
  const auto time = core::parse_duration(*text);
  if (!time) return wrong(name, time.error().message, time.error().hint);
  return *time;
}

Result<std::int64_t> count_of(const Value& config, const std::string& name) {
  const auto count = number_setting(config, name, 1);
  if (count && *count >= 1 && *count <= most_needed) return count;
  return wrong(name, "no number from 1 to " + std::to_string(most_needed));
}

/// A list of users, or their names in one text.
Result<std::vector<std::string>> approvers_of(const Value& config) {
  std::vector<std::string> names;
  const auto found = config.find("approvers");
  if (found == config.end() || found->is_null()) return names;
  if (found->is_array()) {
    for (const Value& name : *found) names.push_back(core::plain_text(name));
  } else {
    const std::string text = core::plain_text(*found);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find_first_of(", ", at), text.size());
      if (end > at) names.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  for (const std::string& name : names) {
    const std::string problem = core::name_problem(name);
    if (!problem.empty()) return wrong("approvers", "'" + name + "' " + problem);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return wrong("approvers", "names nobody", "leave it out to let anybody");
  if (names.size() > most_approvers) {
    return wrong("approvers", "has more than " + std::to_string(most_approvers) + " names");
  }
  return names;
}

std::optional<core::Error> contradiction(const Plan& plan) {
  if (plan.ask.empty()) return wrong("ask", "is missing", "say what is to be approved").value();
  const auto many = static_cast<std::int64_t>(plan.approvers.size());
  if (many > 0 && plan.need > many) {
    return wrong("need", "is more than there are approvers, " + std::to_string(many)).value();
  }
  if (plan.escalate_after.has_value() == plan.escalate_to.empty()) {
    return wrong("escalateTo", "goes together with escalateAfter",
                 "escalateAfter: 2h, escalateTo: plant/duty")
        .value();
  }
  if (plan.escalate_to.find_first_of("+#") != std::string::npos) {
    return wrong("escalateTo", "is no topic to publish to", "without + and #").value();
  }
  if (plan.otherwise != "approve" && plan.otherwise != "reject" && plan.otherwise != "fail") {
    return wrong("default", "'" + plan.otherwise + "' is not one of approve, reject, fail").value();
  }
  return std::nullopt;
}

Result<Plan> plan_of(const Value& config) {
  Plan plan;
  const auto ask = text_of(config, "ask");
  const auto why = text_of(config, "why");
  const auto approvers = approvers_of(config);
  const auto need = count_of(config, "need");
  const auto rejections = count_of(config, "rejections");
  const auto deadline = time_of(config, "deadline");
  const auto otherwise = text_of(config, "default");
  const auto after = time_of(config, "escalateAfter");
  const auto to = text_of(config, "escalateTo");
  for (const auto* text : {&ask, &why, &otherwise, &to}) {
    if (!*text) return tl::unexpected(text->error());
  }
  if (!approvers) return tl::unexpected(approvers.error());
  for (const auto* count : {&need, &rejections}) {
    if (!*count) return tl::unexpected(count->error());
  }
  for (const auto* time : {&deadline, &after}) {
    if (!*time) return tl::unexpected(time->error());
  }
  plan = {*ask,
          *why,
          *approvers,
          *need,
          *rejections,
          *deadline,
          otherwise->empty() ? plan.otherwise : *otherwise,
          *after,
          *to};
  if (auto problem = contradiction(plan)) return tl::unexpected(*std::move(problem));
  return plan;
}

core::Finished refusal_of(const core::Error& error) {
  return refusal(error.status, error.message + (error.hint.empty() ? "" : "; " + error.hint));
}

Value first_request(const core::Call& call, const Plan& plan) {
  Value request{{"ask", plan.ask},
                {"need", plan.need},
                {"rejections", plan.rejections},
                {"answers", Value::array()},
                {"since", core::to_rfc3339(call.now)}};
  if (!plan.why.empty()) request["why"] = plan.why;
  if (!plan.approvers.empty()) request["approvers"] = plan.approvers;
  if (plan.deadline) {
    request["until"] = core::to_rfc3339(call.now + *plan.deadline);
    request["default"] = plan.otherwise;
  }
  constexpr std::array<std::pair<const char*, const char*>, 3> facts{
      {{"__stage", "stage"}, {"__site", "context"}, {"__campaignversion", "campaign"}}};
  for (const auto& [input, name] : facts) {
    const auto found = call.inputs.find(input);
    if (found != call.inputs.end()) request[name] = *found;
  }
  return request;
}

std::int64_t count(const Value& request, bool approve) {
  const Value& answers = request.at("answers");
  return std::count_if(answers.begin(), answers.end(),
                       [approve](const Value& answer) { return answer.at("approve") == approve; });
}

core::Finished decided(const Value& request, bool approve, bool by_default) {
  Value by = Value::array();
  Value comments = Value::object();
  for (const Value& answer : request.at("answers")) {
    if (!by_default && answer.at("approve") == approve) by.push_back(answer.at("by"));
    const auto comment = answer.find("comment");
    if (comment != answer.end()) comments[answer.at("by").get<std::string>()] = *comment;
  }
  return {core::status::ok,
          {{"approved", approve},
           {"by", by},
           {"byDefault", by_default},
           {"comments", comments},
           {"answers", request.at("answers")}},
          {}};
}

std::string waits_for(const Plan& plan, const Value& request) {
  std::string text = "approval: " + plan.ask;
  const std::int64_t have = count(request, true);
  if (plan.need > 1) {
    text += " (" + std::to_string(have) + " of " + std::to_string(plan.need) + " have approved)";
  }
  return text;
}

core::Instant since(const Value& request) {
  return core::parse_rfc3339(request.at("since").get<std::string>()).value_or(core::Instant{});
}

core::InlineResult at_its_deadline(const Plan& plan, const Value& request) {
  if (plan.otherwise != "fail") return decided(request, plan.otherwise == "approve", true);
  return core::Finished{core::status::timed_out,
                        {{"answers", request.at("answers")}},
                        "nobody decided within " + core::to_text(*plan.deadline) + ": " + plan.ask};
}

core::InlineResult where_it_stands(const core::Call& call, const Plan& plan, Value request) {
  if (count(request, true) >= plan.need) return decided(request, true, false);
  if (count(request, false) >= plan.rejections) return decided(request, false, false);
  const core::Instant begun = since(request);
  core::NotYet wait{no_end, {}, waits_for(plan, request)};
  if (plan.deadline) {
    const core::Instant until = begun + *plan.deadline;
    if (until <= call.now) return at_its_deadline(plan, request);
    wait.wait = until - call.now;
  }
  if (plan.escalate_after && !request.value("escalated", false)) {
    const core::Instant then = begun + *plan.escalate_after;
    if (call.now < then) {
      wait.wait = std::min(wait.wait, then - call.now);
    } else {
      request["escalated"] = true;
      wait.tell = {plan.escalate_to, request};
    }
  }
  wait.state = {{"request", std::move(request)}};
  return wait;
}

}  // namespace

core::InlineResult approval(const core::Call& call) {
  const auto plan = plan_of(call.config);
  if (!plan) return refusal_of(plan.error());
  return where_it_stands(
      call, *plan, call.state == nullptr ? first_request(call, *plan) : call.state->at("request"));
}

core::Counted approval_vote(const core::Call& call, const core::Vote& vote) {
  const auto plan = plan_of(call.config);
  if (!plan) return {refusal_of(plan.error())};
  const auto& may = plan->approvers;
  if (!may.empty() && std::find(may.begin(), may.end(), vote.author) == may.end()) {
    return {std::nullopt, core::status::forbidden,
            vote.author + " is not among those who may decide: " + joined(may),
            vote.author == "unnamed" ? "the topic's last level says who it is" : ""};
  }
  Value request = call.state->at("request");
  Value& answers = request["answers"];
  Value answer{{"by", vote.author}, {"approve", vote.approve}, {"at", core::to_rfc3339(call.now)}};
  if (!vote.comment.empty()) answer["comment"] = vote.comment;
  const auto before = std::find_if(answers.begin(), answers.end(),
                                   [&](const Value& one) { return one.at("by") == vote.author; });
  if (before == answers.end()) {
    answers.push_back(std::move(answer));
  } else if (before->at("approve") == vote.approve && vote.comment.empty()) {
    return {};  // it came twice
  } else {
    *before = std::move(answer);
  }
  return {where_it_stands(call, *plan, std::move(request))};
}

}  // namespace antiphon::stages
