// SPDX-License-Identifier: MIT
// The outputs of a stage run as one object, made of its settled tasks in order of ordinal: own keys
// as they are, another context's as `<ctx>.<key>`, a part's below its name, and the counters
// `__succeeded`, `__failed`, `__total`.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "engine/core/model.hpp"
#include "engine/core/names.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

/// All tasks of one context: the stage's own provider's first, then the parts that were begun.
using ContextTasks = std::span<const Task>;

/// Whether a further part is to begin, at once or when an open one has settled.
bool wants_part(const Parts& parts, ContextTasks tasks);

/// How a context ended.
struct Verdict {
  bool done = false;
  int status = 0;
  std::string error;       ///< empty if done
  bool timed_out = false;  ///< nothing but the deadline made it fail
};

/// All of its tasks are settled.
Verdict verdict_of(const Parts& parts, ContextTasks tasks);

/// What they left: the own provider's outputs, and each part's below its name.
Value outputs_of(ContextTasks tasks);

/// Calls `visit` for each context of tasks that come in order of ordinal.
template <class Visit>
void each_context(const Parts& parts, ContextTasks tasks, Visit visit) {
  const auto place = [&parts](const Task& task) { return task.key.ordinal / places(parts); };
  for (std::size_t first = 0, last = 0; first < tasks.size(); first = last) {
    while (last < tasks.size() && place(tasks[last]) == place(tasks[first])) ++last;
    visit(tasks.subspan(first, last - first));
  }
}

struct Aggregate {
  Value outputs = Value::object();
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::string first_error{};  ///< of the first failed context, naming it unless it is the own plane
  bool all_timed_out = true;  ///< every failed context ran into its deadline
  Value last{};               ///< compat: what the site that answered last gave
  Instant last_at{};
};

/// Adds a context. `self` is the plane whose context's keys stay without prefix.
void add(Aggregate& all, const StageRun& run, ContextTasks tasks, const PlaneName& self);

/// Adds the counters; the last thing done to it.
void finish(Aggregate& all);

/// What is stored of finished outputs: over limits::outputs_bytes, an object that says so, with the
/// counters.
JsonText stored(const Aggregate& all);

}  // namespace antiphon::core
