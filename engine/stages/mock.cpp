// SPDX-License-Identifier: MIT
#include "engine/stages/integer.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

/// Unlike the counter, mock leaves a fraction alone.
bool is_integer(const core::Value& value) {
  const auto number = integer_of(value);
  return number && (value.is_string() || value == *number);
}

}  // namespace

core::InlineResult mock(const core::Call& call) {
  core::Value outputs = call.inputs;
  if (const auto foo = outputs.find("foo"); foo != outputs.end()) {
    if (foo->is_null() || *foo == "") {
      *foo = 1;
    } else if (is_integer(*foo)) {
      *foo = sum(*foo, 1);
    }
  }
  return core::Finished{200, std::move(outputs), {}};
}

}  // namespace antiphon::stages
