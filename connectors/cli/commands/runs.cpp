// SPDX-License-Identifier: MIT
// `antiphon activate` and the verbs on a run: runs are started and steered.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/follow.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/run_inputs.hpp"
#include "engine/core/json.hpp"
#include "engine/core/random.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct ActivateOptions {
  ClientOptions client;
  std::string campaign;
  RunInputs inputs;
  std::string id;
  std::string stage;
  std::string name_space;
  bool paused = false;
  bool wait = false;
};

struct VerbOptions {
  ClientOptions client;
  std::string activation;
  std::string reason;
  std::string grace;
  std::string stage;
  std::string outputs;
  RunInputs inputs;
  bool wait = false;
};

int usage(const core::Error& error, const ClientOptions& options) {
  return report({exit_code::usage, error}, options);
}

core::Result<core::ActivateRequest> request_of(const ActivateOptions& options) {
  core::ActivateRequest request;
  const auto colon = options.campaign.find(':');
  auto campaign = core::CampaignName::parse(options.campaign.substr(0, colon));
  if (!campaign) return tl::unexpected<core::Error>(campaign.error());
  request.campaign = *campaign;
  if (colon != std::string::npos) {
    auto version = core::VersionName::parse(options.campaign.substr(colon + 1));
    if (!version) return tl::unexpected<core::Error>(version.error());
    request.version = *version;
  }
  if (!options.name_space.empty()) {
    auto name = core::Namespace::parse(options.name_space);
    if (!name) return tl::unexpected<core::Error>(name.error());
    request.name_space = *name;
  }
  if (options.id.empty()) {
    request.activation = core::make_activation_id(request.campaign, runtime::fresh_seed());
  } else {
    auto id = core::ActivationId::parse(options.id);
    if (!id) return tl::unexpected<core::Error>(id.error());
    request.activation = *id;
  }
  auto inputs = read_inputs(options.inputs);
  if (!inputs) return tl::unexpected<core::Error>(inputs.error());
  request.inputs = core::dump(*inputs);
  request.stage = options.stage;
  request.paused = options.paused;
  return request;
}

void print_outputs(Client& client, const core::ActivationId& id) {
  core::QueryRequest query;
  query.what = "activation";
  query.activation = id.text();
  const auto answer = client.ask(std::move(query));
  if (answer)
    print_json(core::parse_object(answer->body)["item"].value("outputs", Value::object()));
}

int activate(const ActivateOptions& options) {
  auto request = request_of(options);
  if (!request) return usage(request.error(), options.client);
  const core::ActivationId id = request->activation;
  auto client = Client::connect(
      options.client, options.wait ? followed_filters(options.client) : std::vector<std::string>{});
  if (!client) return report(client.error(), options.client);
  const auto answer = (*client)->ask(std::move(*request));
  if (!answer) return report(answer.error(), options.client);
  if (!options.wait) {
    const Value body = core::parse_object(answer->body);
    if (options.client.json) {
      print_json(body);
    } else {
      std::printf("%s\n", id.text().c_str());
    }
    return exit_code::ok;
  }
  const int code = follow(**client, options.client, id, true);
  if (!options.client.json && code == exit_code::ok) print_outputs(**client, id);
  return code;
}

/// What `skip` and `set` give the run.
std::optional<core::Error> read_given(const VerbOptions& options, core::VerbRequest& request) {
  if (!options.outputs.empty()) {
    const auto outputs = read_json_file("--outputs", options.outputs);
    if (!outputs) return outputs.error();
    request.given = core::dump(*outputs);
  }
  if (request.verb != core::Verb::set) return std::nullopt;
  const auto inputs = read_inputs(options.inputs);
  if (!inputs) return inputs.error();
  if (inputs->empty()) {
    return core::Error{core::status::bad_request, "there is nothing to set",
                       "say what changes, as -i version=2"};
  }
  request.given = core::dump(*inputs);
  return std::nullopt;
}

core::Result<core::VerbRequest> request_of(const VerbOptions& options, core::Verb verb) {
  core::VerbRequest request;
  auto id = core::ActivationId::parse(options.activation);
  if (!id) return tl::unexpected<core::Error>(id.error());
  request.activation = *std::move(id);
  request.verb = verb;
  request.reason = options.reason;
  request.stage = options.stage;
  if (!options.grace.empty()) {
    const auto grace = core::parse_duration(options.grace);
    if (!grace) return tl::unexpected<core::Error>(grace.error());
    request.grace = *grace;
  }
  if (auto problem = read_given(options, request)) return tl::unexpected(*std::move(problem));
  return request;
}

int act(const VerbOptions& options, core::Verb verb) {
  auto request = request_of(options, verb);
  if (!request) return usage(request.error(), options.client);
  const core::ActivationId id = request->activation;
  auto client = Client::connect(
      options.client, options.wait ? followed_filters(options.client) : std::vector<std::string>{});
  if (!client) return report(client.error(), options.client);
  const auto answer = (*client)->ask(*std::move(request));
  if (!answer) return report(answer.error(), options.client);
  const Value body = core::parse_object(answer->body);
  if (options.client.json) {
    print_json(body);
  } else {
    std::printf("%s is %s\n", id.text().c_str(), cell(body, "state").c_str());
  }
  if (!options.wait || cell(body, "state") == "cancelled") return exit_code::ok;
  const int code = follow(**client, options.client, id);
  const bool to_end = verb == core::Verb::cancel || verb == core::Verb::terminate;
  return code == exit_code::failed && to_end ? exit_code::ok : code;
}

void add_verb(CLI::App& app, Run& run, core::Verb verb, const char* help) {
  auto options = std::make_shared<VerbOptions>();
  auto* command = app.add_subcommand(std::string(core::to_text(verb)), help);
  command->add_option("activation", options->activation, "the run's id")->required();
  command->add_option("--reason", options->reason, "kept in the history");
  if (verb == core::Verb::cancel) {
    command->add_option("--grace", options->grace,
                        "how long its tasks may take to end, as \"30s\"; 0s: as terminate does");
  }
  if (verb == core::Verb::retry) {
    command->add_option(
        "--stage", options->stage,
        "the stage that failed: all of it again, not only the contexts that failed");
  }
  if (verb == core::Verb::rewind) {
    command->add_option("stage", options->stage, "where it goes on")->required();
  }
  if (verb == core::Verb::skip) {
    command->add_option("--stage", options->stage, "refuse if the run stands at another one");
    command->add_option("--outputs", options->outputs,
                        "JSON file of what the stage is said to have given; -: stdin");
  }
  if (verb == core::Verb::set) add_input_options(*command, options->inputs);
  const bool stays = verb == core::Verb::pause || verb == core::Verb::set;
  if (!stays && verb != core::Verb::resume) {
    command->add_flag("-w,--wait", options->wait, "until the run has ended");
  }
  add_client_options(*command, options->client);
  command->callback([&run, options, verb] {
    run = [options, verb] {
      set_colours(options->client.no_color);
      return act(*options, verb);
    };
  });
}

}  // namespace

void add_activate(CLI::App& app, Run& run) {
  auto options = std::make_shared<ActivateOptions>();
  auto* command = app.add_subcommand("activate", "start a run of a campaign");
  command->add_option("campaign", options->campaign, "name, or name:version")->required();
  add_input_options(*command, options->inputs);
  command->add_option("--id", options->id, "the run's id; the same id again starts nothing");
  command->add_option("--stage", options->stage, "begin here, not at the first stage");
  command->add_option("-n,--namespace", options->name_space, "the campaign's namespace");
  command->add_flag("--paused", options->paused,
                    "wait for `antiphon resume` before the first stage");
  command->add_flag("-w,--wait", options->wait,
                    "follow the run until it ends, or waits for a step; exit code 1 if it fails");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return activate(*options);
    };
  });
}

void add_verbs(CLI::App& app, Run& run) {
  add_verb(app, run, core::Verb::cancel, "stop a run: its sites are told, nothing new begins");
  add_verb(app, run, core::Verb::terminate,
           "end a run now: its sites are told, and not waited for");
  add_verb(app, run, core::Verb::pause, "open no further stage of a run");
  add_verb(app, run, core::Verb::resume, "let a paused run go on");
  add_verb(app, run, core::Verb::retry, "try again what failed in a failed run's last stage");
  add_verb(app, run, core::Verb::rewind,
           "go on with a stage of one's choice; all outputs so far are kept");
  add_verb(app, run, core::Verb::skip,
           "go on as if the stage at which a run failed or waits had been done");
  add_verb(app, run, core::Verb::set, "change the inputs of a paused run");
}

}  // namespace antiphon::cli
