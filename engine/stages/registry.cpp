// SPDX-License-Identifier: MIT
#include "engine/stages/registry.hpp"

#include "engine/stages/stages.hpp"

namespace antiphon::stages {

core::Providers standard_providers() {
  using core::Executor;
  using core::RestartRule;
  return core::Providers({
      {"counter", Executor::inline_stage, RestartRule::rerun, true, counter},
      {"delay", Executor::inline_stage, RestartRule::due_row, true, delay},
      {"list", Executor::inline_stage, RestartRule::rerun, true, list},
      {"mock", Executor::inline_stage, RestartRule::rerun, true, mock},
      {"remote", Executor::remote, RestartRule::resend, false, nullptr},
      {"script", Executor::worker, RestartRule::reattach_else_uncertain, false, nullptr},
  });
}

}  // namespace antiphon::stages
