// SPDX-License-Identifier: MIT
// A JSONPath of the Kubernetes kind (docs/expressions.md, JSONPath): parsed once, asked many times.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/value.hpp"

namespace antiphon::expression {

namespace json_path {
struct Step;
}

class JsonPath {
 public:
  /// An error says what is wrong at which character of the path.
  static core::Result<JsonPath> parse(std::string_view text);

  /// What the path leads to: one match as it is, several as a list, whole numbers as integers. An
  /// object in which nothing matches is asked once more as the only item of a list. Status 404:
  /// nothing matches; 1000: the path cannot be followed. `visits` goes down with each value that
  /// was looked at; at zero it is an error.
  core::Result<core::Value> find(const core::Value& value, int& visits) const;

 private:
  using Steps = std::vector<json_path::Step>;

  explicit JsonPath(std::shared_ptr<const Steps> steps) : steps_(std::move(steps)) {}

  std::shared_ptr<const Steps> steps_;
};

}  // namespace antiphon::expression
