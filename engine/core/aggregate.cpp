// SPDX-License-Identifier: MIT
#include "engine/core/aggregate.hpp"

#include <algorithm>

#include "engine/core/compat.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

bool is_done(const Task& task) {
  return task.state == TaskState::done;
}

/// Its own status and error stand among a failed part's outputs.
Value part_outputs(const Task& part) {
  Value outputs = parse_object(part.outputs);
  if (is_done(part)) return outputs;
  outputs["status"] = part.status;
  outputs["error"] = error_text(part.status, part.error);
  return outputs;
}

std::int64_t failures_of(ContextTasks parts) {
  return std::count_if(parts.begin(), parts.end(),
                       [](const Task& part) { return settled(part.state) && !is_done(part); });
}

/// Of the context's parts; no further one begins.
bool too_many(const Parts& parts, std::int64_t failures) {
  return parts.tolerated != Parts::all && failures > parts.tolerated;
}

Verdict of_failures(const Parts& parts, ContextTasks begun, std::int64_t failures) {
  const bool late = std::all_of(begun.begin(), begun.end(), [](const Task& part) {
    return is_done(part) || part.status == status::timed_out;
  });
  const std::string how = parts.tolerated == 0 ? std::string("error action is stop on any failure")
                                               : "error action is stop on more than " +
                                                     std::to_string(parts.tolerated) + " failures";
  return {false, status::internal_error,
          "Task failed " + std::to_string(failures) + " times, " + how, late};
}

}  // namespace

bool wants_part(const Parts& parts, ContextTasks tasks) {
  const ContextTasks begun = tasks.subspan(1);
  return is_done(tasks.front()) && static_cast<int>(begun.size()) < parts.count &&
         !too_many(parts, failures_of(begun));
}

Verdict verdict_of(const Parts& parts, ContextTasks tasks) {
  const Task& own = tasks.front();
  if (!is_done(own)) return {false, own.status, own.error, own.status == status::timed_out};
  const std::int64_t failures = failures_of(tasks.subspan(1));
  if (too_many(parts, failures)) return of_failures(parts, tasks.subspan(1), failures);
  if (wants_part(parts, tasks)) {
    return {false, status::cancelled, "not all of its tasks were begun", false};
  }
  return {true, own.status, {}, false};
}

Value outputs_of(ContextTasks tasks) {
  Value outputs = parse_object(tasks.front().outputs);
  for (const Task& part : tasks.subspan(1)) outputs[part.name] = part_outputs(part);
  return outputs;
}

void add(Aggregate& all, const StageRun& run, ContextTasks tasks, const PlaneName& self) {
  const std::string& context = tasks.front().context;
  const bool own = context == self.text();
  const std::string prefix = own ? std::string() : context + ".";
  const Verdict verdict = verdict_of(run.parts, tasks);
  const Value outputs = outputs_of(tasks);
  for (const auto& [key, value] : outputs.items()) all.outputs[prefix + key] = value;
  // The own plane's `status` stays as the provider wrote it; a site's is the number that it came
  // to.
  const bool keep = own && verdict.done && outputs.contains("status");
  if (!keep) all.outputs[prefix + "status"] = verdict.status;
  (verdict.done ? all.succeeded : all.failed) += 1;
  compat::add_context(all, run, tasks, verdict, own);
  if (verdict.done) return;
  const std::string error = error_text(verdict.status, verdict.error);
  all.outputs[prefix + "error"] = error;
  if (all.first_error.empty()) all.first_error = own ? error : context + ": " + error;
  if (!verdict.timed_out) all.all_timed_out = false;
}

void finish(Aggregate& all) {
  compat::finish(all);
  all.outputs["__succeeded"] = all.succeeded;
  all.outputs["__failed"] = all.failed;
  all.outputs["__total"] = all.succeeded + all.failed;
}

JsonText stored(const Aggregate& all) {
  JsonText text = dump(all.outputs);
  if (text.size() <= limits::outputs_bytes) return text;
  Value small{{"__truncated", {{"bytes", text.size()}, {"limit", limits::outputs_bytes}}}};
  for (const char* counter : {"__succeeded", "__failed", "__total"}) {
    small[counter] = all.outputs.at(counter);
  }
  return dump(small);
}

}  // namespace antiphon::core
