// SPDX-License-Identifier: MIT
// The contexts that a stage fans out over: what its document says, or those it had before.
#pragma once

#include <string>
#include <vector>

#include "engine/core/campaign.hpp"
#include "engine/core/error.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

struct Contexts {
  std::vector<std::string> texts;
  std::string note;  ///< which were named more than once
};

/// The stage input `context`, which `$val` and `$context` read; null if there is none or it cannot
/// be evaluated yet.
Value context_value(const StageSpec& spec, const RunScope& scope);

/// As the document has them, each once.
Result<Contexts> resolve_contexts(const Slice& slice, const StageSpec& spec, const RunScope& scope);

/// Those of the stage run that the slice's one repeats, in their places.
Result<Contexts> same_contexts(const Slice& slice);

}  // namespace antiphon::core
