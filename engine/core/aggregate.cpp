// SPDX-License-Identifier: MIT
#include "engine/core/aggregate.hpp"

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {

void add(Aggregate& all, const Task& task, const PlaneName& self) {
  const bool own = task.context == self.text();
  const bool done = task.state == TaskState::done;
  const std::string prefix = own ? std::string() : task.context + ".";
  const Value outputs = parse_object(task.outputs);
  for (const auto& [key, value] : outputs.items()) all.outputs[prefix + key] = value;
  // The own plane's `status` stays as the provider wrote it; a site's is the number that it came
  // to.
  const bool keep = own && done && outputs.contains("status");
  if (!keep) all.outputs[prefix + "status"] = task.status;
  (done ? all.succeeded : all.failed) += 1;
  if (done) return;
  const std::string error = error_text(task.status, task.error);
  all.outputs[prefix + "error"] = error;
  if (all.first_error.empty()) all.first_error = own ? error : task.context + ": " + error;
  if (task.status != status::timed_out) all.all_timed_out = false;
}

void finish(Aggregate& all) {
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
