// SPDX-License-Identifier: MIT
// `antiphon context`: names for how planes are reached, and which one is in use.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "connectors/cli/client_options.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/contexts.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/names.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using Settings = std::map<std::string, std::string>;

/// Reads the contexts, has `change` change them, and writes them; gives the exit code.
template <class Change>
int changed(Change change, const std::string& said) {
  auto contexts = read_contexts();
  if (!contexts) return fail(contexts.error(), exit_code::usage);
  if (const auto problem = change(*contexts)) return fail(*problem, exit_code::usage);
  if (const auto written = write_contexts(*contexts); !written) {
    return fail(written.error(), exit_code::failed);
  }
  std::printf("%s\n", said.c_str());
  return exit_code::ok;
}

core::Error unknown(const Contexts& contexts, const std::string& name) {
  std::string known;
  for (const auto& [one, settings] : contexts.named) known += (known.empty() ? "" : ", ") + one;
  return {core::status::not_found, "there is no context '" + name + "'",
          known.empty() ? "make one with `antiphon context set`" : "there are: " + known};
}

/// What would make every later command fail, said at once.
std::optional<core::Error> problem_of(const Settings& settings) {
  const auto check = [&settings](const char* key, auto parse) -> std::optional<core::Error> {
    const auto found = settings.find(key);
    if (found == settings.end() || found->second.empty()) return std::nullopt;
    const auto parsed = parse(found->second);
    return parsed ? std::nullopt : std::optional<core::Error>(parsed.error());
  };
  if (auto problem = check("plane", core::PlaneName::parse)) return problem;
  if (auto problem = check("user", core::UserName::parse)) return problem;
  return check("timeout", core::parse_duration);
}

int set(const std::string& name, const Settings& given) {
  if (const std::string problem = core::name_problem(name); !problem.empty()) {
    return fail({core::status::bad_request, "'" + name + "' cannot name a context: " + problem, ""},
                exit_code::usage);
  }
  if (const auto problem = problem_of(given)) return fail(*problem, exit_code::usage);
  const auto change = [&](Contexts& contexts) -> std::optional<core::Error> {
    Settings& settings = contexts.named[name];
    for (const auto& [key, value] : given) {
      if (value.empty()) {
        settings.erase(key);
      } else {
        settings[key] = value;
      }
    }
    return std::nullopt;
  };
  return changed(
      change, "context " + name + " is set; `antiphon context use " + name + "` takes it into use");
}

int use(const std::string& name) {
  const auto change = [&name](Contexts& contexts) -> std::optional<core::Error> {
    if (contexts.named.count(name) == 0) return unknown(contexts, name);
    contexts.current = name;
    return std::nullopt;
  };
  return changed(change, "context " + name + " is in use");
}

int remove(const std::string& name) {
  const auto change = [&name](Contexts& contexts) -> std::optional<core::Error> {
    if (contexts.named.erase(name) == 0) return unknown(contexts, name);
    if (contexts.current == name) contexts.current.clear();
    return std::nullopt;
  };
  return changed(change, "context " + name + " is deleted");
}

int list(bool json) {
  const auto contexts = read_contexts();
  if (!contexts) return fail(contexts.error(), exit_code::usage);
  if (json) {
    print_json({{"current", contexts->current}, {"contexts", contexts->named}});
    return exit_code::ok;
  }
  if (contexts->named.empty()) {
    std::printf("no contexts\n");
    return exit_code::ok;
  }
  Table table({"IN USE", "CONTEXT", "BROKER", "PLANE", "USER"});
  for (const auto& [name, settings] : contexts->named) {
    const nlohmann::json row = settings;
    table.add({name == contexts->current ? "*" : "", name, cell(row, "broker"), cell(row, "plane"),
               cell(row, "user")});
  }
  std::fputs(table.text().c_str(), stdout);
  return exit_code::ok;
}

void add_set(CLI::App& context, Run& run, const std::shared_ptr<std::string>& name) {
  auto* command = context.add_subcommand("set", "make a context, or change what it says");
  command->add_option("name", *name, "the context's name")->required();
  const auto options = std::make_shared<ClientOptions>();
  for (const ClientSetting& setting : client_settings()) {
    command->add_option(setting.flag, (*options).*setting.value, setting.help);
  }
  command->footer("An empty value takes a setting out again.");
  command->callback([&run, command, options, name] {
    Settings given;
    for (const ClientSetting& setting : client_settings()) {
      if (command->get_option(setting.flag)->count() == 0) continue;
      std::string value = (*options).*setting.value;
      const bool is_file =
          setting.value == &ClientOptions::password_file || setting.value == &ClientOptions::ca ||
          setting.value == &ClientOptions::certificate || setting.value == &ClientOptions::key;
      // The next command may be given somewhere else.
      if (is_file && !value.empty()) value = std::filesystem::absolute(value).string();
      given[setting.key] = std::move(value);
    }
    run = [name, given] { return set(*name, given); };
  });
}

}  // namespace

void add_context(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("context", "names for how planes are reached");
  command->require_subcommand(1);
  const auto name = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  auto* use_command = command->add_subcommand("use", "take a context into use");
  use_command->add_option("name", *name, "the context's name")->required();
  use_command->callback([&run, name] { run = [name] { return use(*name); }; });
  auto* list_command = command->add_subcommand("list", "the contexts, and which one is in use");
  list_command->add_flag("--json", *json, "print JSON");
  list_command->callback([&run, json] { run = [json] { return list(*json); }; });
  add_set(*command, run, name);
  auto* delete_command = command->add_subcommand("delete", "forget a context");
  delete_command->add_option("name", *name, "the context's name")->required();
  delete_command->callback([&run, name] { run = [name] { return remove(*name); }; });
}

}  // namespace antiphon::cli
