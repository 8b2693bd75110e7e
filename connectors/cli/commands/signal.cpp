// SPDX-License-Identifier: MIT
// `antiphon signal`: a message to one run.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/names.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct SignalOptions {
  ClientOptions client;
  std::string activation;
  std::string name;
  std::string payload;
  std::string lifetime;
};

core::Result<core::SignalRequest> request_of(const SignalOptions& options) {
  core::SignalRequest request;
  auto id = core::ActivationId::parse(options.activation);
  if (!id) return tl::unexpected<core::Error>(id.error());
  request.activation = *std::move(id);
  if (const auto problem = core::name_problem(options.name); !problem.empty()) {
    return core::failure(core::status::bad_request, "the signal's name " + problem);
  }
  request.name = options.name;
  if (!options.payload.empty()) {
    const bool json = wire::parse_guarded(options.payload, core::limits::signal_bytes).has_value();
    request.payload = json ? options.payload : core::dump(options.payload);
  }
  if (options.lifetime.empty()) return request;
  const auto lifetime = core::parse_duration(options.lifetime);
  if (!lifetime) return tl::unexpected<core::Error>(lifetime.error());
  request.lifetime = *lifetime;
  return request;
}

int send(const SignalOptions& options) {
  auto request = request_of(options);
  if (!request) return report({exit_code::usage, request.error()}, options.client);
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  const auto answer = (*client)->ask(*std::move(request));
  if (!answer) return report(answer.error(), options.client);
  const Value body = core::parse_object(answer->body);
  if (options.client.json) {
    print_json(body);
  } else if (body.value("kept", false)) {
    std::printf("%s keeps it: no stage waits for it yet\n", options.activation.c_str());
  } else {
    std::printf("%s has heard it and is %s\n", options.activation.c_str(),
                cell(body, "state").c_str());
  }
  return exit_code::ok;
}

}  // namespace

void add_signal(CLI::App& app, Run& run) {
  auto options = std::make_shared<SignalOptions>();
  auto* command = app.add_subcommand("signal", "send a run the signal that a stage waits for");
  command->add_option("activation", options->activation, "the run's id")->required();
  command->add_option("name", options->name, "the signal's name")->required();
  command->add_option("--payload", options->payload, "JSON, or else text");
  command->add_option("--lifetime", options->lifetime,
                      "how long it is kept while no stage waits for it, as \"2h\"; 24h");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return send(*options);
    };
  });
}

}  // namespace antiphon::cli
