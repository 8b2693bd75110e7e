// SPDX-License-Identifier: MIT
// Following what the work of a run wrote, until the run ends.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "connectors/cli/client.hpp"

namespace antiphon::cli {

/// Tells each log that there is, then each new one or changed one, with its stage's name as
/// `stage`. `client` was connected with followed_filters(). Gives the exit code: as follow(), or
/// exit_code::interrupted.
int follow_logs(Client& client, const ClientOptions& options, const core::ActivationId& run,
                const std::function<void(const nlohmann::json& log)>& tell);

/// The stages of a run's history, by the number of the stage run.
std::map<std::int64_t, std::string> stages_of(const nlohmann::json& history);

}  // namespace antiphon::cli
