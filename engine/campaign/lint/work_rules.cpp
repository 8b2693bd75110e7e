// SPDX-License-Identifier: MIT
// Rules about the work of a stage.
#include "engine/campaign/lint/rules.hpp"
#include "engine/campaign/problems.hpp"

namespace antiphon::campaign::lint {

void check_work(const Subject& subject) {
  for (const auto& [name, stage] : subject.campaign.stages) {
    const auto* provider = subject.providers.find(stage.provider);
    if (provider == nullptr || stage.timeout) continue;
    if (provider->executor == core::Executor::inline_stage) continue;
    const bool remote = provider->executor == core::Executor::remote;
    subject.findings.add("no-timeout", name, stage_path(name),
                         remote
                             ? "nothing says how long the sites may take"
                             : "nothing says how long " + in_quotes(stage.provider) + " may take",
                         "give the stage a `timeout`, for example 10m");
  }
}

}  // namespace antiphon::campaign::lint
