// SPDX-License-Identifier: MIT
// `antiphon apply` and `antiphon validate`: documents to a plane, or only looked at.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/document_files.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/campaign/lint.hpp"
#include "engine/core/json.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct DocumentOptions {
  ClientOptions client;
  std::vector<std::string> files;
  std::string new_version;  ///< "true": the next that is free; empty: not asked for
};

core::Result<core::VersionName> new_name_of(const DocumentOptions& options) {
  if (options.new_version.empty() || options.new_version == "true") return core::VersionName();
  return core::VersionName::parse(options.new_version);
}

void add_problems(const std::string& file, const std::vector<campaign::Problem>& found,
                  Value& problems) {
  for (const auto& problem : found) problems.push_back(problem_value(file, problem));
}

void add_warnings(const std::string& file, const campaign::Linted& linted, Value& warnings) {
  for (const auto& warning : linted.warnings) {
    if (warning.rule->level == campaign::Level::note) continue;
    warnings.push_back(warning_value(file, warning));
  }
}

std::string item_text(const campaign::Document& document) {
  if (const auto* version = std::get_if<campaign::CampaignDocument>(&document)) {
    return "campaign " + version->campaign->name.text() + ":" + version->campaign->version.text() +
           ", " + std::to_string(version->campaign->stages.size()) + " stages";
  }
  if (const auto* run = std::get_if<campaign::ActivationDocument>(&document)) {
    return "activation of " + run->campaign.text();
  }
  if (const auto* object = std::get_if<campaign::ObjectDocument>(&document)) {
    return "object " + core::to_text(object->key);
  }
  return "container " + std::get<campaign::ContainerDocument>(document).name.text();
}

int validate(const DocumentOptions& options) {
  const core::Providers providers = stages::standard_providers();
  Value problems = Value::array();
  Value warnings = Value::array();
  bool all_good = true;
  for (const std::string& file : options.files) {
    const auto text = read_document(file);
    if (!text) return report({exit_code::usage, text.error()}, options.client);
    const auto linted = campaign::load_and_lint(*text, shown_name(file), providers);
    if (!linted) {
      all_good = false;
      if (!options.client.json) print_problems(linted.error());
      add_problems(file, linted.error(), problems);
      continue;
    }
    add_warnings(file, *linted, warnings);
    if (options.client.json) continue;
    for (const auto& document : linted->documents) {
      std::printf("%s: %s\n", shown_name(file).c_str(), item_text(document).c_str());
    }
    print_warnings(*linted);
  }
  if (options.client.json) {
    print_json({{"ok", all_good}, {"problems", problems}, {"warnings", warnings}});
  }
  return all_good ? exit_code::ok : exit_code::failed;
}

void print_items(const Value& items) {
  for (const Value& item : items) {
    const std::string instead = cell(item, "instead");
    const std::string error = cell(item, "error");
    std::string why = instead.empty() ? "" : ", as " + instead + " has other content";
    if (!error.empty()) why += ", " + error;
    const std::string name = cell(item, "name").empty() ? "" : " " + cell(item, "name");
    std::printf("%s%s: %s%s\n", cell(item, "kind").c_str(), name.c_str(),
                cell(item, "result").c_str(), why.c_str());
  }
}

/// What has changed of a version that cannot change, a line a field, on stderr.
void print_changes(const Value& body) {
  for (const Value& change : body.value("changes", Value::array())) {
    const auto before = change.find("old");
    const auto after = change.find("new");
    std::string line = "  " + cell(change, "field") + ": ";
    if (after == change.end()) line += "removed ";
    if (before != change.end()) line += paint_on_stderr(json_line(*before), Colour::bad);
    if (after != change.end()) {
      line += before == change.end() ? "added " : " -> ";
      line += paint_on_stderr(json_line(*after), Colour::good);
    }
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  if (const std::string more = cell(body, "more"); !more.empty()) {
    std::fprintf(stderr, "  and %s more\n", more.c_str());
  }
}

/// Gives the plane one file after the other.
int send(std::vector<core::ApplyRequest> requests, const Value& warnings,
         const ClientOptions& options) {
  auto client = Client::connect(options);
  if (!client) return report(client.error(), options);
  Value all = Value::array();
  for (core::ApplyRequest& request : requests) {
    const auto answer = (*client)->ask(std::move(request));
    if (!answer) {
      const Value body = core::parse_object(answer.error().body);
      if (!options.json) print_items(body.value("items", Value::array()));
      if (!options.json) print_changes(body);
      return report(answer.error(), options);
    }
    const Value items = core::parse_object(answer->body).value("items", Value::array());
    if (!options.json) print_items(items);
    all.insert(all.end(), items.begin(), items.end());
  }
  if (options.json) print_json({{"ok", true}, {"items", all}, {"warnings", warnings}});
  return exit_code::ok;
}

int apply(const DocumentOptions& options) {
  const core::Providers providers = stages::standard_providers();
  const auto new_name = new_name_of(options);
  if (!new_name) return report({exit_code::usage, new_name.error()}, options.client);
  std::vector<core::ApplyRequest> requests;
  Value problems = Value::array();
  Value warnings = Value::array();
  for (const std::string& file : options.files) {
    auto text = read_document(file);
    if (!text) return report({exit_code::usage, text.error()}, options.client);
    const auto linted = campaign::load_and_lint(*text, shown_name(file), providers);
    if (!linted) {
      print_problems(linted.error());
      add_problems(file, linted.error(), problems);
      continue;
    }
    print_warnings(*linted);
    add_warnings(file, *linted, warnings);
    core::ApplyRequest request;
    request.document = std::move(*text);
    request.file = shown_name(file);
    request.new_version = !options.new_version.empty();
    request.new_name = *new_name;
    requests.push_back(std::move(request));
  }
  if (problems.empty()) return send(std::move(requests), warnings, options.client);
  if (options.client.json) print_json({{"ok", false}, {"problems", problems}});
  return exit_code::refused;
}

}  // namespace

void add_apply(CLI::App& app, Run& run) {
  auto options = std::make_shared<DocumentOptions>();
  auto* command = app.add_subcommand("apply", "give a plane campaigns and objects");
  command->add_option("-f,--file,files", options->files, "YAML or JSON files; - is stdin")
      ->required()
      ->type_name("FILE");
  command->add_flag("--new-version", options->new_version,
                    "a campaign that has changed under its version becomes the next one that is "
                    "free, or the one in --new-version=NAME");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return apply(*options);
    };
  });
}

void add_validate(CLI::App& app, Run& run) {
  auto options = std::make_shared<DocumentOptions>();
  auto* command = app.add_subcommand("validate", "check documents; needs no broker");
  command->add_option("files", options->files, "YAML or JSON files; - is stdin")
      ->required()
      ->type_name("FILE");
  command->add_flag("--json", options->client.json, "print JSON");
  command->callback([&run, options] { run = [options] { return validate(*options); }; });
}

}  // namespace antiphon::cli
