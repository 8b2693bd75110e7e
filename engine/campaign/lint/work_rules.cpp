// SPDX-License-Identifier: MIT
// Rules about the work of a stage.
#include "engine/campaign/lint/rules.hpp"
#include "engine/campaign/problems.hpp"

namespace antiphon::campaign::lint {
namespace {

/// Of the stage's own work, at a plane below or here. A proxy waits for some seconds anyway.
void check_own_work(const Subject& subject, const core::StageSpec& stage) {
  if (stage.proxy) return;
  const auto* provider = subject.providers.find(stage.provider);
  if (provider == nullptr || provider->executor == core::Executor::inline_stage) return;
  const bool remote = provider->executor == core::Executor::remote;
  if (!remote && stage.work_timeout.ms > 0) return;
  subject.findings.add(
      "no-timeout", stage.name, stage_path(stage.name),
      remote ? "nothing says how long the sites may take"
             : "nothing says how long " + in_quotes(stage.provider) + " may take",
      remote && stage.work_timeout.ms > 0
          ? "give the stage a `timeout`, for example 10m: `workTimeout` is kept by the sites, and "
            "only by those that hear of the work"
          : "give the stage a `timeout`, for example 10m");
}

void check_part(const Subject& subject, const core::StageSpec& stage, std::size_t place) {
  const core::PartSpec& part = stage.tasks[place];
  const auto* provider = subject.providers.find(part.provider);
  if (provider == nullptr || provider->executor != core::Executor::worker) return;
  if (stage.work_timeout.ms > 0) return;
  subject.findings.add("no-timeout", stage.name, part_path(stage.name, place),
                       "nothing says how long " + in_quotes(part.provider) + " may take",
                       "give the stage a `timeout`, for example 10m: it is that of its tasks, too");
}

void check_parts(const Subject& subject, const core::StageSpec& stage) {
  if (stage.tasks.empty()) return;
  if (stage.provider == "remote") {
    subject.findings.add("tasks-of-remote-stage", stage.name, stage_path(stage.name) + ".tasks",
                         "no task of a remote stage is begun",
                         "put them into a stage of their own, before or after it");
    return;
  }
  if (stage.timeout) return;
  for (std::size_t i = 0; i < stage.tasks.size(); ++i) check_part(subject, stage, i);
}

}  // namespace

std::string part_path(std::string_view stage, std::size_t part) {
  return child_path(stage_path(stage) + ".tasks", part);
}

void check_work(const Subject& subject) {
  for (const auto& [name, stage] : subject.campaign.stages) {
    if (!stage.timeout) check_own_work(subject, stage);
    check_parts(subject, stage);
  }
}

}  // namespace antiphon::campaign::lint
