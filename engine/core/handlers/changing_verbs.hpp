// SPDX-License-Identifier: MIT
// The verbs that change where a run goes on, or with what: each says why it cannot be, or does it.
#pragma once

#include <optional>
#include <string>

#include "engine/core/events.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

/// "run r1 <is>".
Answer conflict(const Activation& activation, const std::string& is, std::string hint);

/// "pause by ann: why", for the history.
std::string reason_text(const VerbRequested& event);

/// The failed run's last stage opens again: the contexts that failed, or with `stage` all.
std::optional<Answer> retry(Slice& slice, const VerbRequested& event);

/// The run goes on with `stage`.
std::optional<Answer> rewind(Slice& slice, const VerbRequested& event);

/// The stage at which the run failed, was cancelled or waits counts as done, with `given` as
/// outputs.
std::optional<Answer> skip(Slice& slice, const VerbRequested& event);

/// `given` is put over the inputs of a paused run.
std::optional<Answer> set_inputs(Slice& slice, const VerbRequested& event);

}  // namespace antiphon::core
