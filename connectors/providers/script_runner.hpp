// SPDX-License-Identifier: MIT
// `antiphon runner <folder>`: the small process between plane and script. It has a session of its
// own, so that it outlives the plane that started it and the next one finds it, or its result.
#pragma once

#include <filesystem>

namespace antiphon::providers {

/// Runs the script of a run folder to its end and returns this process's exit code: 0 when the
/// folder says how it ended, or somebody else had claimed it. To be called by main() before
/// anything else is set up: it changes this process's folder, signals and stdout. Stdout is closed
/// as soon as the run is claimed.
int run_script(const std::filesystem::path& folder);

}  // namespace antiphon::providers
