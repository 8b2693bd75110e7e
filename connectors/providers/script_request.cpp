// SPDX-License-Identifier: MIT
#include "connectors/providers/script_request.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "connectors/providers/program_path.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

namespace fs = std::filesystem;
namespace status = core::status;
using core::Value;

/// Linux takes no longer ones.
constexpr std::size_t variable_bytes = 120 * 1024;

/// Who is given the file; none: the system, by its `#!` line.
enum class Engine { none, bash, powershell };

struct Named {
  std::string script;
  std::string folder;
  Engine engine;
};

core::Result<std::string> text_of(const Value& config, const char* key) {
  if (!config.contains(key)) return std::string();
  const Value& value = config.at(key);
  if (value.is_string() && value.get_ref<const std::string&>().find('\0') == std::string::npos) {
    return value.get<std::string>();
  }
  return core::failure(status::bad_request,
                       std::string("config.") + key + " is " + core::dump(value), "a text");
}

core::Result<Named> named_in(const Value& config) {
  const auto script = text_of(config, "script");
  if (!script) return tl::unexpected(script.error());
  const auto folder = text_of(config, "scriptFolder");
  if (!folder) return tl::unexpected(folder.error());
  const auto engine = text_of(config, "scriptEngine");
  if (!engine) return tl::unexpected(engine.error());
  if (script->empty()) {
    return core::failure(status::bad_request, "config.script is missing", "a script's file name");
  }
  if (folder->find("://") != std::string::npos) {
    return core::failure(status::bad_request,
                         "config.scriptFolder '" + *folder + "' is not supported",
                         "a script lies in a folder of the plane that runs it");
  }
  if (*engine == "bash") return Named{*script, *folder, Engine::bash};
  if (*engine == "powershell" || (engine->empty() && script->ends_with(".ps1"))) {
    return Named{*script, *folder, Engine::powershell};
  }
  if (engine->empty()) return Named{*script, *folder, Engine::none};
  return core::failure(status::bad_request,
                       "config.scriptEngine '" + *engine + "' is not supported",
                       "'bash', 'powershell', or none and a script with a #! line");
}

bool is_variable_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

/// With a prefix, so that nobody who commands a plane can say by a variable what runs there.
core::Result<std::vector<std::string>> environment_in(const Value& config) {
  std::vector<std::string> variables;
  const auto given = config.find("environment");
  if (given == config.end()) return variables;
  const auto wrong =
      core::failure(status::bad_request, "config.environment is no object of texts",
                    "{\"TOKEN\": \"...\"}; names are letters, digits and '_', texts have at most " +
                        std::to_string(variable_bytes) + " bytes");
  if (!given->is_object()) return wrong;
  for (const auto& [name, value] : given->items()) {
    if (!is_variable_name(name) || !value.is_string()) return wrong;
    const auto& text = value.get_ref<const std::string&>();
    if (text.find('\0') != std::string::npos || text.size() > variable_bytes) return wrong;
    variables.push_back("ANTIPHON_ENV_" + name + "=" + text);
  }
  return variables;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end() && in_path != path.end();
}

/// As they are on disk, links resolved; one that does not exist allows nothing.
std::vector<fs::path> real_folders(const std::vector<fs::path>& folders) {
  std::vector<fs::path> real;
  for (const fs::path& folder : folders) {
    std::error_code problem;
    fs::path path = fs::canonical(folder, problem);
    if (!problem) real.push_back(std::move(path));
  }
  return real;
}

std::string list_of(const std::vector<fs::path>& folders) {
  std::string list;
  for (const fs::path& folder : folders) list += (list.empty() ? "" : ", ") + folder.string();
  return list;
}

core::Result<fs::path> found(const Named& named, const std::vector<fs::path>& folders) {
  const auto allowed = [&](const fs::path& path) {
    return std::any_of(folders.begin(), folders.end(),
                       [&](const fs::path& folder) { return lies_in(path, folder); });
  };
  bool outside = false;
  for (const fs::path& base : folders) {
    // An absolute scriptFolder or script takes the place of what is before it.
    const fs::path wanted = (base / named.folder / named.script).lexically_normal();
    // The name is judged before the disk is asked, so that nobody learns what exists elsewhere.
    if (!allowed(wanted)) {
      outside = true;
      continue;
    }
    std::error_code problem;
    fs::path real = fs::canonical(wanted, problem);
    if (problem) continue;
    if (allowed(real)) return real;
    outside = true;
  }
  if (outside) {
    return core::failure(status::forbidden,
                         "script '" + named.script + "' lies outside of the script folders",
                         "this plane runs scripts of " + list_of(folders));
  }
  return core::failure(status::bad_request, "there is no script '" + named.script + "'",
                       "this plane runs scripts of " + list_of(folders));
}

/// PowerShell for Linux, where the plane's own PATH has it.
core::Result<std::string> found_pwsh() {
  if (const auto program = find_program("pwsh")) return program->string();
  const char* path = std::getenv("PATH");
  const std::string folders = path == nullptr ? "" : path;
  return core::failure(status::bad_request, "PowerShell is not there: no folder of PATH has pwsh",
                       "install PowerShell 7 for Linux (its program is `pwsh`) where this plane "
                       "runs; its PATH is " +
                           folders);
}

core::Result<std::vector<std::string>> program_of(const Named& named, const fs::path& script) {
  std::error_code problem;
  if (!fs::is_regular_file(script, problem)) {
    return core::failure(status::bad_request, "script '" + named.script + "' is no regular file");
  }
  const bool itself = named.engine == Engine::none;
  if (::access(script.c_str(), itself ? X_OK : R_OK) != 0) {
    return core::failure(
        status::forbidden,
        "script '" + named.script + "' is not " + (itself ? "executable" : "readable"),
        itself ? "chmod +x, and a #! line" : "the plane's user may read it");
  }
  if (itself) return std::vector<std::string>{script.string()};
  if (named.engine == Engine::bash) {
    return std::vector<std::string>{"/bin/bash", script.string()};
  }
  const auto pwsh = found_pwsh();
  if (!pwsh) return tl::unexpected(pwsh.error());
  return std::vector<std::string>{*pwsh, "-NoProfile", "-NonInteractive", "-File", script.string()};
}

}  // namespace

core::Result<ScriptCall> read_script_request(const core::JsonText& request,
                                             const std::vector<fs::path>& folders) {
  const Value value = core::parse_object(request);
  const Value config = value.value("config", Value::object());
  const Value inputs = value.value("inputs", Value::object());
  if (!config.is_object() || !inputs.is_object()) {
    return core::failure(status::bad_request, "config or inputs are no object");
  }
  const auto named = named_in(config);
  if (!named) return tl::unexpected(named.error());
  const auto real = real_folders(folders);
  if (real.empty()) {
    return core::failure(status::forbidden, "this plane runs no scripts",
                         "its configuration names the folders whose scripts may be run");
  }
  const auto script = found(*named, real);
  if (!script) return tl::unexpected(script.error());
  auto argv = program_of(*named, *script);
  if (!argv) return tl::unexpected(argv.error());
  auto environment = environment_in(config);
  if (!environment) return tl::unexpected(environment.error());
  return ScriptCall{std::move(*argv), core::dump(inputs), std::move(*environment)};
}

}  // namespace antiphon::providers
