// SPDX-License-Identifier: MIT
#include "engine/campaign/lint/values.hpp"

namespace antiphon::campaign::lint {
namespace {

/// `first`, and of `more` what it does not have.
core::TemplateMap joined(core::TemplateMap first, const core::TemplateMap& more) {
  first.insert(more.begin(), more.end());
  return first;
}

class Walk {
 public:
  explicit Walk(const std::function<void(const Written&)>& visit) : visit_(visit) {}

  void value(const core::TemplatePtr& value, const core::TemplateMap& inputs, bool after) const {
    if (value != nullptr) visit_({*value, inputs, after});
  }

  void map(const core::TemplateMap& values, const core::TemplateMap& inputs) const {
    for (const auto& [name, one] : values) value(one, inputs, false);
  }

 private:
  const std::function<void(const Written&)>& visit_;
};

}  // namespace

void each_value(const core::StageSpec& stage, const std::function<void(const Written&)>& visit) {
  const Walk walk(visit);
  walk.value(stage.contexts, stage.inputs, false);
  walk.value(stage.target, stage.inputs, false);
  walk.map(stage.inputs, stage.inputs);
  walk.map(stage.config, stage.inputs);
  for (const core::PartSpec& part : stage.tasks) {
    // A task's inputs and target read what the stage's provider got; its config, what the task got.
    const core::TemplateMap before = joined(stage.inputs, part.inputs);
    walk.value(part.target, before, false);
    walk.map(part.inputs, before);
    walk.map(part.config, joined(part.inputs, stage.inputs));
  }
  walk.value(stage.selector, stage.inputs, true);
}

}  // namespace antiphon::campaign::lint
