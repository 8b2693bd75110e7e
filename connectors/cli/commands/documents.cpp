// SPDX-License-Identifier: MIT
// `antiphon apply` and `antiphon validate`: documents to a plane, or only looked at.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/campaign/documents.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct DocumentOptions {
  ClientOptions client;
  std::vector<std::string> files;
};

/// The text of a file; "-" is stdin.
std::optional<std::string> read(const std::string& name) {
  if (name == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(name, std::ios::binary);
  if (!file) {
    complain({core::status::not_found, name + " cannot be read", {}});
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string shown_name(const std::string& name) {
  return name == "-" ? "stdin" : name;
}

void print_problems(const std::vector<campaign::Problem>& problems) {
  for (const auto& problem : problems) {
    std::fprintf(stderr, "%s\n", campaign::to_text(problem).c_str());
  }
}

Value problem_value(const std::string& file, const campaign::Problem& problem) {
  return {{"file", file},           {"line", problem.line},       {"column", problem.column},
          {"field", problem.field}, {"message", problem.message}, {"hint", problem.hint}};
}

std::string item_text(const campaign::Document& document) {
  if (const auto* version = std::get_if<campaign::CampaignDocument>(&document)) {
    return "campaign " + version->campaign->name.text() + ":" + version->campaign->version.text() +
           ", " + std::to_string(version->campaign->stages.size()) + " stages";
  }
  if (const auto* run = std::get_if<campaign::ActivationDocument>(&document)) {
    return "activation of " + run->campaign.text();
  }
  return "container " + std::get<campaign::ContainerDocument>(document).name.text();
}

int validate(const DocumentOptions& options) {
  const core::Providers providers = stages::standard_providers();
  Value report = Value::array();
  bool all_good = true;
  for (const std::string& file : options.files) {
    const auto text = read(file);
    if (!text) return exit_code::usage;
    const auto documents = campaign::load(*text, shown_name(file), providers);
    if (!documents) {
      all_good = false;
      if (!options.client.json) print_problems(documents.error());
      for (const auto& problem : documents.error()) report.push_back(problem_value(file, problem));
    } else if (!options.client.json) {
      for (const auto& document : *documents) {
        std::printf("%s: %s\n", shown_name(file).c_str(), item_text(document).c_str());
      }
    }
  }
  if (options.client.json) print_json({{"ok", all_good}, {"problems", report}});
  return all_good ? exit_code::ok : exit_code::failed;
}

void print_items(const std::string& body) {
  for (const Value& item : core::parse_object(body).value("items", Value::array())) {
    std::printf("%s %s: %s\n", cell(item, "kind").c_str(), cell(item, "name").c_str(),
                cell(item, "result").c_str());
  }
}

int apply(const DocumentOptions& options) {
  const core::Providers providers = stages::standard_providers();
  std::vector<core::ApplyRequest> requests;
  bool all_good = true;
  for (const std::string& file : options.files) {
    auto text = read(file);
    if (!text) return exit_code::usage;
    const auto documents = campaign::load(*text, shown_name(file), providers);
    if (!documents) {
      print_problems(documents.error());
      all_good = false;
      continue;
    }
    core::ApplyRequest request;
    request.document = std::move(*text);
    request.file = shown_name(file);
    requests.push_back(std::move(request));
  }
  if (!all_good) return exit_code::refused;
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  Value items = Value::array();
  for (core::ApplyRequest& request : requests) {
    const auto answer = (*client)->ask(std::move(request));
    if (!answer) return report(answer.error(), options.client);
    if (!options.client.json) print_items(answer->body);
    for (const Value& item : core::parse_object(answer->body)["items"]) items.push_back(item);
  }
  if (options.client.json) print_json({{"ok", true}, {"items", items}});
  return exit_code::ok;
}

}  // namespace

void add_apply(CLI::App& app, Run& run) {
  auto options = std::make_shared<DocumentOptions>();
  auto* command = app.add_subcommand("apply", "give a plane campaign documents");
  command->add_option("-f,--file,files", options->files, "YAML or JSON files; - is stdin")
      ->required()
      ->type_name("FILE");
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
