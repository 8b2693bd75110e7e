// SPDX-License-Identifier: MIT
// A proxied stage: a task whose work is to ask a runner elsewhere, in Symphony's request format.
#pragma once

#include "engine/core/campaign.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// Hands the task to the worker that asks the runner, or settles it as failed. Its request has the
/// proxy's evaluated config as `config`, and as `inputs` Symphony's ActivationData: `config` and
/// `inputs` are the stage's, evaluated, the latter laid over the activation's. The caller writes
/// the task's row.
void start_by_proxy(Slice& slice, const StageSpec& spec, const RunScope& scope, Task& task,
                    const Value& config, const Value& inputs);

/// The stage's evaluated inputs, of the unpacked request of its own work, proxied or not.
Value stage_inputs(const Value& request);

}  // namespace antiphon::core
