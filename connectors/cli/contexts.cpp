// SPDX-License-Identifier: MIT
#include "connectors/cli/contexts.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "connectors/cli/files.hpp"
#include "connectors/providers/durable_file.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// What an environment variable says; empty: nothing.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

tl::unexpected<core::Error> not_ours(const fs::path& file, const std::string& problem) {
  return core::failure(core::status::bad_request, file.string() + ": " + problem,
                       "mend it, or move it away and make the contexts again with `antiphon "
                       "context set`");
}

core::Result<Contexts> contexts_of(const Json& value, const fs::path& file) {
  if (!value.is_object()) return not_ours(file, "is not a JSON object");
  Contexts contexts;
  contexts.current = value.value("current", Json()).is_string() ? value["current"] : Json("");
  const Json named = value.value("contexts", Json::object());
  if (!named.is_object()) return not_ours(file, "`contexts` is not an object");
  for (const auto& [name, settings] : named.items()) {
    if (!settings.is_object()) return not_ours(file, "context '" + name + "' is not an object");
    auto& context = contexts.named[name];
    for (const auto& [key, text] : settings.items()) {
      if (!text.is_string()) return not_ours(file, "'" + key + "' of '" + name + "' is no text");
      context[key] = text.get<std::string>();
    }
  }
  return contexts;
}

}  // namespace

fs::path contexts_file() {
  fs::path folder = variable("XDG_CONFIG_HOME");
  if (folder.empty() && !variable("HOME").empty()) folder = fs::path(variable("HOME")) / ".config";
  return folder.empty() ? fs::path() : folder / "antiphon" / "contexts.json";
}

core::Result<Contexts> read_contexts() {
  const fs::path file = contexts_file();
  std::error_code problem;
  if (file.empty() || !fs::exists(file, problem)) return Contexts{};
  const auto text = read_text(file.string(), core::limits::document_bytes);
  if (!text) return tl::unexpected<core::Error>(text.error());
  return contexts_of(Json::parse(*text, nullptr, false), file);
}

core::Result<void> write_contexts(const Contexts& contexts) {
  const fs::path file = contexts_file();
  if (file.empty()) {
    return core::failure(core::status::bad_request, "there is no place for contexts",
                         "set HOME or XDG_CONFIG_HOME");
  }
  std::error_code problem;
  if (fs::create_directories(file.parent_path(), problem)) {
    fs::permissions(file.parent_path(), fs::perms::owner_all, problem);
  }
  const Json value{{"current", contexts.current}, {"contexts", contexts.named}};
  return providers::replace_file(file,
                                 value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

core::Result<std::map<std::string, std::string>> settings_in_use(const std::string& name) {
  const auto contexts = read_contexts();
  if (!contexts) return tl::unexpected<core::Error>(contexts.error());
  const std::string wanted = name.empty() ? contexts->current : name;
  if (wanted.empty()) return std::map<std::string, std::string>{};
  const auto found = contexts->named.find(wanted);
  if (found != contexts->named.end()) return found->second;
  return core::failure(core::status::not_found, "there is no context '" + wanted + "'",
                       "see `antiphon context list`");
}

}  // namespace antiphon::cli
