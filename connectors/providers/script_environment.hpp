// SPDX-License-Identifier: MIT
// The environment of scripts, by allow-list: what the plane was started with (broker passwords,
// tokens) is not theirs.
#pragma once

#include <string>
#include <vector>

#include "connectors/providers/run_folder.hpp"
#include "connectors/providers/script_options.hpp"

namespace antiphon::providers {

/// PATH HOME LANG TZ TMPDIR of this process, and ANTIPHON_TASK, _ATTEMPT, _ACTIVATION, _RUN, _SITE,
/// _DATA.
std::vector<std::string> script_environment(const Piece& piece, const ScriptOptions& options);

/// The first five, and what a test build of the runner listens to.
std::vector<std::string> runner_environment();

/// The one of a script's variables by which its processes are known.
std::string task_mark(const Piece& piece);

}  // namespace antiphon::providers
