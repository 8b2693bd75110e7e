// SPDX-License-Identifier: MIT
// A run of a campaign on a plane of its own, in memory and in no time, with scripted answers from
// outside: the plane's shell and core are the real ones.
#pragma once

#include <string>
#include <vector>

#include "connectors/cli/dry/outside.hpp"
#include "engine/campaign/documents.hpp"

namespace antiphon::cli::dry {

/// Documents of objects that the plane's registry has when the run begins.
struct GivenObjects {
  std::string text;
  std::string file;  ///< what to call it in messages
};

struct DryOptions {
  core::PlaneName plane;
  core::Instant begin;
  std::int64_t most_stage_runs = 1'000;
  std::string stage;      ///< empty: the campaign's first
  core::JsonText inputs;  ///< an object; of a run that no message starts
  std::vector<GivenObjects> objects;
};

struct DryEnd {
  core::ActivationState state = core::ActivationState::running;
  core::Value outputs;  ///< of the last stage, as people are shown them
  Answered answered;    ///< whose answers were taken
};

/// Runs until the run ends, and tells each event on the way. An error: it could not begin, an
/// answer is missing, or it does not come to an end by itself.
core::Result<DryEnd> run_dry(const campaign::CampaignDocument& document,
                             const campaign::Answers& answers, const core::Providers& providers,
                             const DryOptions& options, const Outside::Tell& tell);

}  // namespace antiphon::cli::dry
