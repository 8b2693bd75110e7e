// SPDX-License-Identifier: MIT
// `compat: symphony-0.49`: the values of Symphony 0.49 that are otherwise here and that a document
// may rely on. All of them are listed, and made, here.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/core/aggregate.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/model.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core::compat {

/// How a document asks for them.
inline constexpr std::string_view symphony = "symphony-0.49";

/// What is otherwise then, and what stands there without it; docs/campaigns.md says the same.
struct Change {
  std::string_view what;
  std::string_view then;
  std::string_view without;
};
inline constexpr std::array changes{
    Change{"a `status` among outputs that succeeds", "200", "200, 201, 202, 204, 9996"},
    Change{"`<ctx>.status` of a context that is not this plane", "9998", "its own status"},
    Change{"status and error of such a context that failed",
           "also `<ctx>.status.<ctx>`, `<ctx>.error.<ctx>`", "`<ctx>.status`, `<ctx>.error`"},
    Change{"outputs of a remote stage", "also those of the site that answered last, as they are",
           "`<ctx>.<key>`"},
    Change{"a handled error in the history", "9996, without its text",
           "its number and text, marked handled"},
    Change{"an activation whose stage there is not", "begins at `firstStage`", "is refused"},
};

/// Whether this number among a stage's outputs is a success.
bool succeeds(const StageRun& run, int status);

/// What further, or other, keys a context has among the stage's outputs.
void add_context(Aggregate& all, const StageRun& run, ContextTasks tasks, const Verdict& verdict,
                 bool own);

/// Once all contexts are added.
void finish(Aggregate& all);

/// How a stage run that passed its error on stands in the history.
void forget_handled(StageRun& run);

/// Where a run begins that asks for `stage`, which may be empty.
const std::string& first_stage(const Campaign& campaign, const std::string& stage);

}  // namespace antiphon::core::compat
