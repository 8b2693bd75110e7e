// SPDX-License-Identifier: MIT
// `antiphon watch`: what happens in a plane's runs, live.
#include <CLI/CLI.hpp>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/follow.hpp"
#include "connectors/cli/output.hpp"

namespace antiphon::cli {
namespace {

struct WatchOptions {
  ClientOptions client;
  std::string activation;
};

int watch(const WatchOptions& options) {
  std::optional<core::ActivationId> only;
  if (!options.activation.empty()) {
    const auto id = core::ActivationId::parse(options.activation);
    if (!id) return report({exit_code::usage, id.error()}, options.client);
    only = *id;
  }
  auto client = Client::connect(options.client, followed_filters(options.client));
  if (!client) return report(client.error(), options.client);
  if (only) say_watching("run " + only->text(), options.client);
  return follow(**client, options.client, only);
}

}  // namespace

void add_watch(CLI::App& app, Run& run) {
  auto options = std::make_shared<WatchOptions>();
  auto* command = app.add_subcommand("watch", "see runs live; with an activation, until it ends");
  command->add_option("activation", options->activation, "only this run; exit code 1 if it fails");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return watch(*options);
    };
  });
}

}  // namespace antiphon::cli
