// SPDX-License-Identifier: MIT
// `antiphon graph`: the stages of a campaign as a picture; of a file it needs no broker.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/document_files.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/campaign/documents.hpp"
#include "engine/campaign/graph.hpp"
#include "engine/campaign/version_reference.hpp"
#include "engine/core/json.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

struct GraphOptions {
  ClientOptions client;
  std::string target;
  std::string campaign;
  std::string format = "mermaid";
};

int draw(const GraphOptions& options, const std::vector<campaign::Document>& documents) {
  const auto found = one_campaign(documents, options.campaign, shown_name(options.target));
  if (!found) return fail(found.error(), exit_code::usage);
  const bool dot = options.format == "dot";
  const std::string text = dot ? campaign::to_dot(*found) : campaign::to_mermaid(*found);
  std::fputs(text.c_str(), stdout);
  return exit_code::ok;
}

int draw_text(const GraphOptions& options, const std::string& text, const std::string& name) {
  const core::Providers providers = stages::standard_providers();
  const auto documents = campaign::load(text, name, providers);
  if (documents) return draw(options, *documents);
  print_problems(documents.error());
  return exit_code::failed;
}

/// What a plane has under that name.
int draw_known(const GraphOptions& options) {
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  core::QueryRequest query;
  query.what = "campaign";
  query.campaign = options.target;
  const auto answer = (*client)->ask(std::move(query));
  if (!answer) return report(answer.error(), options.client);
  const core::Value item = core::parse_object(answer->body).value("item", core::Value::object());
  return draw_text(options, core::dump(item.value("document", core::Value::object())),
                   options.target + ".json");
}

/// A name that can be a campaign's and is no file's is one.
bool is_campaign(const std::string& target) {
  std::error_code unknown;
  if (target == "-" || std::filesystem::exists(target, unknown)) return false;
  return !target.ends_with(".yaml") && !target.ends_with(".yml") && !target.ends_with(".json") &&
         campaign::parse_reference(target).has_value();
}

int graph(const GraphOptions& options) {
  if (is_campaign(options.target)) return draw_known(options);
  const auto text = read_document(options.target);
  if (text) return draw_text(options, *text, shown_name(options.target));
  return fail(text.error(), exit_code::usage);
}

}  // namespace

void add_graph(CLI::App& app, Run& run) {
  auto options = std::make_shared<GraphOptions>();
  auto* command = app.add_subcommand("graph", "the stages of a campaign as a picture");
  command
      ->add_option("target", options->target,
                   "a YAML or JSON file, - for stdin; or a campaign that the plane has")
      ->required()
      ->type_name("FILE|CAMPAIGN[:VERSION]");
  command->add_option("--campaign", options->campaign, "which one, of a file with several");
  command->add_option("--format", options->format, "mermaid or dot")
      ->check(CLI::IsMember({"mermaid", "dot"}))
      ->capture_default_str();
  add_client_options(*command, options->client);
  command->callback([&run, options] { run = [options] { return graph(*options); }; });
}

}  // namespace antiphon::cli
