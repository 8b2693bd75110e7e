// SPDX-License-Identifier: MIT
// The Template that compile() makes.
#pragma once

#include <utility>

#include "engine/core/template.hpp"
#include "engine/expression/pattern.hpp"

namespace antiphon::expression {

class Compiled final : public core::Template {
 public:
  explicit Compiled(Pattern pattern) : pattern_(std::move(pattern)) {}

  core::Result<core::Value> evaluate(const core::Scope& scope) const override;

  const Pattern& pattern() const { return pattern_; }

 private:
  Pattern pattern_;
};

}  // namespace antiphon::expression
