// SPDX-License-Identifier: MIT
// The outputs of a stage run as one object, made of its settled tasks in order of ordinal: own keys
// as they are, another context's as `<ctx>.<key>`, and the counters `__succeeded`, `__failed`,
// `__total`.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/model.hpp"
#include "engine/core/names.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

struct Aggregate {
  Value outputs = Value::object();
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::string first_error{};  ///< of the first failed context, naming it unless it is the own plane
  bool all_timed_out = true;  ///< every failed context ran into its deadline
};

/// Adds a settled task. `self` is the plane whose context's keys stay without prefix.
void add(Aggregate& all, const Task& task, const PlaneName& self);

/// Adds the counters; the last thing done to it.
void finish(Aggregate& all);

/// What is stored of finished outputs: over limits::outputs_bytes, an object that says so, with the
/// counters.
JsonText stored(const Aggregate& all);

}  // namespace antiphon::core
