// SPDX-License-Identifier: MIT
// `antiphon trigger`: triggers of a campaign are turned on and off, whatever its document says.
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

struct TriggerOptions {
  ClientOptions client;
  std::string campaign;
  std::string trigger;
  std::string name_space = "default";
};

core::Result<core::SwitchRequest> request_of(const TriggerOptions& options) {
  auto campaign = core::CampaignName::parse(options.campaign);
  if (!campaign) return tl::unexpected<core::Error>(campaign.error());
  auto name_space = core::Namespace::parse(options.name_space);
  if (!name_space) return tl::unexpected<core::Error>(name_space.error());
  if (const std::string wrong = core::name_problem(options.trigger); !wrong.empty()) {
    return core::failure(400, "the trigger's name " + wrong);
  }
  return core::SwitchRequest{{}, *std::move(name_space), *std::move(campaign), options.trigger};
}

int turn(const TriggerOptions& options, bool enabled) {
  auto request = request_of(options);
  if (!request) return report({exit_code::usage, request.error()}, options.client);
  request->enabled = enabled;
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  const auto answer = (*client)->ask(*std::move(request));
  if (!answer) return report(answer.error(), options.client);
  if (options.client.json) {
    print_json(core::parse_object(answer->body));
  } else {
    std::printf("%s/%s is %s\n", options.campaign.c_str(), options.trigger.c_str(),
                enabled ? "enabled" : "disabled");
  }
  return exit_code::ok;
}

void add_turn(CLI::App& parent, Run& run, bool enabled) {
  auto options = std::make_shared<TriggerOptions>();
  auto* command = parent.add_subcommand(
      enabled ? "enable" : "disable",
      enabled ? "messages start runs again" : "messages start no runs, also of later versions");
  command->add_option("campaign", options->campaign, "the campaign's name")->required();
  command->add_option("trigger", options->trigger, "the trigger's name")->required();
  command->add_option("-n,--namespace", options->name_space, "the campaign's namespace");
  add_client_options(*command, options->client);
  command->callback(
      [&run, options, enabled] { run = [options, enabled] { return turn(*options, enabled); }; });
}

}  // namespace

void add_trigger(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("trigger", "turn a campaign's triggers on and off");
  command->require_subcommand(1);
  add_turn(*command, run, true);
  add_turn(*command, run, false);
}

}  // namespace antiphon::cli
