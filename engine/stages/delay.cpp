// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>

#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr double most_seconds = 1e12;  // as parse_duration: some 30,000 years

core::InlineResult refused(const std::string& what) {
  return core::Finished{500, core::Value::object(),
                        "input 'delay': " + what + "; write seconds, or a duration as 1m30s"};
}

core::InlineResult after_seconds(double seconds) {
  if (!(seconds >= 0 && seconds <= most_seconds)) return refused("the number is out of range");
  return core::DueAfter{core::milliseconds(std::llround(seconds * 1000))};
}

}  // namespace

core::InlineResult delay(const core::Call& call) {
  const auto wanted = call.inputs.find("delay");
  if (wanted == call.inputs.end()) return core::Finished{200, core::Value::object(), {}};
  if (wanted->is_number()) return after_seconds(wanted->get<double>());
  if (!wanted->is_string()) return refused("neither a number nor text");
  const auto duration = core::parse_duration(wanted->get_ref<const std::string&>());
  if (!duration) return refused(duration.error().message);
  return core::DueAfter{*duration};
}

}  // namespace antiphon::stages
