// SPDX-License-Identifier: MIT
// The script provider's part of a plane's configuration.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "engine/core/limits.hpp"
#include "engine/core/names.hpp"

namespace antiphon::providers {

/// What the script provider has from the plane's configuration.
struct ScriptOptions {
  std::filesystem::path state_dir;  ///< the plane's own; run folders are below <state_dir>/runs
  std::filesystem::path data_dir;   ///< ANTIPHON_DATA: where scripts leave what is to stay on this
                                    ///< site; made if missing
  core::PlaneName site;             ///< ANTIPHON_SITE
  std::vector<std::filesystem::path> script_folders;  ///< the only ones whose files are executed
  /// The program that is started with the arguments `script-runner <run folder>`: this one, even
  /// when its file was replaced.
  std::filesystem::path runner = "/proc/self/exe";
  std::size_t max_running = core::limits::running_scripts;
};

}  // namespace antiphon::providers
