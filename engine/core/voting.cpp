// SPDX-License-Identifier: MIT
#include "engine/core/voting.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

/// Stage runs back in which the end of an approval is looked for, and contexts that are named.
constexpr std::int64_t looked_back = 16;
constexpr std::size_t named_contexts = 8;

bool asks_people(const Slice& slice, const Task& task) {
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  return info != nullptr && info->vote != nullptr;
}

template <class Wanted>
std::vector<Task> tasks_of(Slice& slice, std::int64_t run, Wanted wanted) {
  std::vector<Task> found;
  slice.rows.each_task(slice.activation->id, run, -1, std::numeric_limits<std::int32_t>::max(),
                       [&](const Task& task) {
                         if (asks_people(slice, task) && wanted(task)) found.push_back(task);
                         return true;
                       });
  return found;
}

std::vector<Task> ballots(Slice& slice, const std::string& context) {
  if (!slice.run || ended(slice.run->state)) return {};
  if (slice.activation->state == ActivationState::cancelling) return {};
  return tasks_of(slice, slice.run->run, [&](const Task& task) {
    return polling(task) && (context.empty() || task.context == context);
  });
}

std::string run_named(const Slice& slice) {
  return "run " + slice.activation->id.text();
}

Answer conflict(std::string error, std::string hint) {
  return {status::conflict, std::move(error), std::move(hint), {}};
}

Answer which_one(const Slice& slice, const std::vector<Task>& open) {
  std::string names;
  for (std::size_t i = 0; i < std::min(open.size(), named_contexts); ++i) {
    names += (names.empty() ? "" : ", ") + open[i].context;
  }
  if (open.size() > named_contexts) names += ", ...";
  return conflict(run_named(slice) + " asks about " + std::to_string(open.size()) +
                      " contexts in stage " + slice.run->stage,
                  "name one of them as `context`: " + names);
}

/// The end of what was asked last.
std::optional<Task> last_decided(Slice& slice, const std::string& context) {
  const std::int64_t last = slice.activation->run;
  for (std::int64_t run = last; run > 0 && run > last - looked_back; --run) {
    const auto found = tasks_of(slice, run, [&](const Task& task) {
      return settled(task.state) && (context.empty() || task.context == context);
    });
    if (!found.empty()) return found.back();
  }
  return std::nullopt;
}

std::string how_it_ended(const Task& task) {
  std::string text = decision_text(task);
  if (!text.empty()) return text;
  return std::string(to_text(task.state)) + (task.error.empty() ? "" : " (" + task.error + ")");
}

/// The same vote of the same person was counted: it came twice.
bool is_counted(const Task& task, const Vote& vote) {
  if (vote.author == "unnamed") return false;
  const Value outputs = parse_object(task.outputs);
  for (const Value& answer : outputs.value("answers", Value::array())) {
    const bool same = answer.value("by", "") == vote.author &&
                      answer.value("approve", !vote.approve) == vote.approve;
    if (same) return true;
  }
  return false;
}

}  // namespace

std::string decision_text(const Task& task) {
  const Value outputs = parse_object(task.outputs);
  const auto approved = outputs.find("approved");
  if (task.state != TaskState::done || approved == outputs.end() || !approved->is_boolean()) {
    return {};
  }
  const Value comments = outputs.value("comments", Value::object());
  std::string by;
  for (const Value& name : outputs.value("by", Value::array())) {
    const std::string who = plain_text(name);
    const auto comment = comments.find(who);
    by += (by.empty() ? "" : ", ") + who;
    if (comment != comments.end()) by += " (" + plain_text(*comment) + ")";
  }
  return std::string(approved->get<bool>() ? "approved" : "rejected") + " by " +
         (by.empty() ? "its deadline" : by);
}

void seek_ballot(Slice& slice, const std::string& context) {
  std::vector<Task> open = ballots(slice, context);
  if (open.size() == 1) slice.task = std::move(open.front());
}

Answer no_ballot(Slice& slice, const VoteGiven& event) {
  const Activation& activation = *slice.activation;
  const std::vector<Task> open = ballots(slice, event.context);
  if (open.size() > 1) return which_one(slice, open);
  if (activation.state == ActivationState::cancelling) {
    return conflict(run_named(slice) + " is being cancelled", "nobody is asked any more");
  }
  const std::string where = event.context.empty() ? "" : " of context " + event.context;
  if (const auto before = last_decided(slice, event.context)) {
    if (is_counted(*before, event.vote)) {
      return {status::ok,
              {},
              {},
              dump({{"activation", activation.id.text()},
                    {"state", to_text(activation.state)},
                    {"decided", true}})};
    }
    return conflict("it comes too late: what " + run_named(slice) + " asked" + where + " is " +
                        how_it_ended(*before),
                    "`antiphon describe " + activation.id.text() + "` says what it does now");
  }
  const std::string now = ended(activation.state)
                              ? " has ended (" + std::string(to_text(activation.state)) + ")"
                              : " asks nobody now" + where;
  return conflict(run_named(slice) + now,
                  "`antiphon get approvals` lists what waits for an approval");
}

}  // namespace antiphon::core
