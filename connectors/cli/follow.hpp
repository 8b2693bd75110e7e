// SPDX-License-Identifier: MIT
// Following runs on the bus: the event and status topics of a plane, until a run ends.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/cli/client.hpp"

namespace antiphon::cli {

/// The filters that a Client has to be connected with to follow runs.
std::vector<std::string> followed_filters(const ClientOptions& options);

/// The run as the plane knows it.
Reached<nlohmann::json> look_up(Client& client, const core::ActivationId& run);

/// Is the run over, by what look_up() gave?
bool has_ended(const nlohmann::json& run);

/// Does the run stand still until somebody steps it, by what look_up() gave?
bool awaits_step(const nlohmann::json& run);

/// The run as soon as it is over, waits for a step, or is past stage run `opened`. The client has
/// followed_filters().
Reached<nlohmann::json> await_stand(Client& client, const core::ActivationId& run,
                                    std::int64_t opened);

/// Of a command that ends with a run, by the state in which that ended.
int exit_code_of(std::string_view state);

/// The line that a person sees until something happens; nothing with --json.
void say_watching(const std::string& what, const ClientOptions& options);

/// Prints what happens, a line (or, with --json, an object) each, until run `only` ends; all runs
/// and no end if there is none, once the
/// plane has answered. Gives the exit code: 0 when the run was done, 1 when it failed or
/// was cancelled, 3 when the plane does not answer at the beginning, 4 when it knows no such run.
/// Of a run that is over already it says how it ended. With `to_step` it ends with 0 too when the
/// run waits for a step.
int follow(Client& client, const ClientOptions& options,
           const std::optional<core::ActivationId>& only, bool to_step = false);

}  // namespace antiphon::cli
