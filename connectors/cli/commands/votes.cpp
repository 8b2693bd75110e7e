// SPDX-License-Identifier: MIT
// `antiphon approve` and `reject`: somebody's yes or no to what a run asks.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct CastOptions {
  ClientOptions client;
  std::string activation;
  std::string comment;
  std::string context;
};

int cast(const CastOptions& options, bool approve) {
  auto id = core::ActivationId::parse(options.activation);
  if (!id) return report({exit_code::usage, id.error()}, options.client);
  core::VoteRequest request;
  request.activation = *id;
  request.approve = approve;
  request.comment = options.comment;
  request.context = options.context;
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  const auto answer = (*client)->ask(std::move(request));
  if (!answer) return report(answer.error(), options.client);
  const Value body = core::parse_object(answer->body);
  if (options.client.json) {
    print_json(body);
  } else if (body.value("decided", false)) {
    std::printf("%s is decided, the run is %s\n", id->text().c_str(), cell(body, "state").c_str());
  } else {
    std::printf("%s still waits for %s\n", id->text().c_str(), cell(body, "waitsFor").c_str());
  }
  return exit_code::ok;
}

void add_vote(CLI::App& app, Run& run, bool approve, const char* help) {
  auto options = std::make_shared<CastOptions>();
  auto* command = app.add_subcommand(approve ? "approve" : "reject", help);
  command->add_option("activation", options->activation, "the run's id")->required();
  command->add_option("--comment", options->comment, "why; kept in the history");
  command->add_option("--context", options->context,
                      "of a stage that asks about several: which one is meant");
  add_client_options(*command, options->client);
  command->callback([&run, options, approve] {
    run = [options, approve] {
      set_colours(options->client.no_color);
      return cast(*options, approve);
    };
  });
}

}  // namespace

void add_votes(CLI::App& app, Run& run) {
  add_vote(app, run, true, "say yes to what a run asks");
  add_vote(app, run, false, "say no to what a run asks");
}

}  // namespace antiphon::cli
