// SPDX-License-Identifier: MIT
// From a stage's config and inputs to the program to execute. Only what lies in a script folder of
// the plane's own configuration is ever executed: whoever may command a plane may not choose what
// runs there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/value.hpp"

namespace antiphon::providers {

struct ScriptCall {
  std::vector<std::string> argv;           ///< without the inputs file, which is the last argument
  core::JsonText inputs;                   ///< an object
  std::vector<std::string> environment{};  ///< "NAME=text", besides what every script has
};

/// `request` is {"config": {"script", "scriptFolder"?, "scriptEngine"?, "environment"?}, "inputs"}.
/// The script is looked for in `scriptFolder`, which is below one of `folders`, else in each of
/// `folders`; symbolic links are followed before it is judged. It must be an executable file; with
/// scriptEngine "bash" or "powershell" a readable one, and so if its name ends in ".ps1", which is
/// powershell's. Symphony's `name` and `stagingFolder` are read past: the run
/// folder is the staging folder. Failure 400: there is no such script, or no
/// PowerShell; 403: it may not be run.
core::Result<ScriptCall> read_script_request(const core::JsonText& request,
                                             const std::vector<std::filesystem::path>& folders);

}  // namespace antiphon::providers
