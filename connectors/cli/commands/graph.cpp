// SPDX-License-Identifier: MIT
// `antiphon graph`: the stages of a campaign as a picture; of a file without a broker.
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
#include "engine/core/status.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

using campaign::CampaignDocument;

struct GraphOptions {
  std::string file;
  std::string campaign;
  std::string format = "mermaid";
};

int fail(int code, std::string message, std::string hint) {
  complain({core::status::bad_request, std::move(message), std::move(hint)});
  return code;
}

bool is_named(const CampaignDocument& document, const std::string& wanted) {
  const std::string name = document.campaign->name.text();
  return wanted.empty() || wanted == name ||
         wanted == name + ":" + document.campaign->version.text();
}

int draw(const GraphOptions& options, const std::vector<campaign::Document>& documents) {
  std::vector<const CampaignDocument*> found;
  std::string names;
  for (const auto& document : documents) {
    const auto* version = std::get_if<CampaignDocument>(&document);
    if (version == nullptr) continue;
    names += (names.empty() ? "" : ", ") + version->campaign->name.text() + ":" +
             version->campaign->version.text();
    if (is_named(*version, options.campaign)) found.push_back(version);
  }
  if (found.size() > 1) {
    return fail(exit_code::usage, options.file + " has several campaigns: " + names,
                "name one with --campaign");
  }
  if (found.empty()) {
    return fail(exit_code::failed, options.file + " has no campaign " + options.campaign,
                names.empty() ? "" : "it has " + names);
  }
  const bool dot = options.format == "dot";
  const std::string text = dot ? campaign::to_dot(*found[0]) : campaign::to_mermaid(*found[0]);
  std::fputs(text.c_str(), stdout);
  return exit_code::ok;
}

int graph(const GraphOptions& options) {
  const auto text = read_document(options.file);
  if (!text) {
    complain(text.error());
    return exit_code::usage;
  }
  const core::Providers providers = stages::standard_providers();
  const auto documents = campaign::load(*text, shown_name(options.file), providers);
  if (documents) return draw(options, *documents);
  print_problems(documents.error());
  return exit_code::failed;
}

}  // namespace

void add_graph(CLI::App& app, Run& run) {
  auto options = std::make_shared<GraphOptions>();
  auto* command = app.add_subcommand("graph", "the stages of a campaign as a picture");
  command->add_option("file", options->file, "a YAML or JSON file; - is stdin")
      ->required()
      ->type_name("FILE");
  command->add_option("--campaign", options->campaign, "which one, of a file with several");
  command->add_option("--format", options->format, "mermaid or dot")
      ->check(CLI::IsMember({"mermaid", "dot"}))
      ->capture_default_str();
  command->callback([&run, options] { run = [options] { return graph(*options); }; });
}

}  // namespace antiphon::cli
