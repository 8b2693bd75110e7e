// SPDX-License-Identifier: MIT
// The rules of lint, a few to a file; each looks at one campaign and adds what it finds.
#pragma once

#include "engine/campaign/documents.hpp"
#include "engine/campaign/flow.hpp"
#include "engine/campaign/lint/findings.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::campaign::lint {

/// "spec.stages.deploy.tasks[0]"
std::string part_path(std::string_view stage, std::size_t part);

struct Subject {
  const core::Campaign& campaign;
  const Flow& flow;
  const std::vector<std::string>& names;  ///< of its stages
  const core::Providers& providers;
  const std::vector<std::string>& begun;  ///< stages at which activations of the same text begin
  Findings& findings;
};

/// unreachable-stage, unknown-next-stage, endless-loop.
void check_flow(const Subject& subject);

/// output-of-unknown-stage, output-before-run, trigger-without-default.
void check_reads(const Subject& subject);

/// no-timeout, tasks-of-remote-stage.
void check_work(const Subject& subject);

/// differs-from-symphony.
void check_symphony(const Subject& subject);

}  // namespace antiphon::campaign::lint
