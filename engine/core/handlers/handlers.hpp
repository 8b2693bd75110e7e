// SPDX-License-Identifier: MIT
// One handler per event, each in the file of its name. They change the slice; apply() saves it.
#pragma once

#include <optional>
#include <string>

#include "engine/core/campaign.hpp"
#include "engine/core/events.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::core {

void handle(Slice& slice, const ActivationRequested& event);
void handle(Slice& slice, const CommandReceived& event);
void handle(Slice& slice, const CancelReceived& event);
void handle(Slice& slice, const ReplyReceived& event);
void handle(Slice& slice, const WorkReported& event);
void handle(Slice& slice, const DueReached& event);
void handle(Slice& slice, const VerbRequested& event);
void handle(Slice& slice, const StepRequested& event);
void handle(Slice& slice, const VoteGiven& event);
void handle(Slice& slice, const SignalGiven& event);
void handle(Slice& slice, const JournalLost& event);

/// "build, test": the stages there are, for who named another one.
std::string stage_names(const Campaign& campaign);

/// Why nothing is begun for this command. What has begun is answered from its rows, whatever is
/// offered by now.
std::optional<Error> why_unfit(const Plane& plane, const Command& command);

}  // namespace antiphon::core
