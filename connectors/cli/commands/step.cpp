// SPDX-License-Identifier: MIT
// `antiphon step`: a pipeline opens the next stage of a stepped run, waits for its end, and
// branches on the exit code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/follow.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"
#include "connectors/cli/run_inputs.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct StepOptions {
  ClientOptions client;
  std::string activation;
  std::string stage;
  RunInputs inputs;
  std::string outputs;
  std::string token;
  bool self_driving = false;
  bool stepped = false;
  bool wait = false;
};

core::Result<core::StepRequest> request_of(const StepOptions& options) {
  core::StepRequest request;
  auto id = core::ActivationId::parse(options.activation);
  if (!id) return tl::unexpected<core::Error>(id.error());
  request.activation = *id;
  request.stage = options.stage;
  request.token = options.token;
  auto inputs = read_inputs(options.inputs);
  if (!inputs) return tl::unexpected<core::Error>(inputs.error());
  if (!inputs->empty()) request.inputs = core::dump(*inputs);
  if (!options.outputs.empty()) {
    auto outputs = read_json_file("--outputs", options.outputs);
    if (!outputs) return tl::unexpected<core::Error>(outputs.error());
    request.outputs = core::dump(*outputs);
  }
  if (options.self_driving) request.self_driving = true;
  if (options.stepped) request.self_driving = false;
  return request;
}

std::string told(const Value& run) {
  const std::string id = cell(run, "id");
  const std::string proposal = cell(run, "proposal");
  if (!proposal.empty()) return id + " waits for a step, to stage " + proposal;
  const std::string error = cell(run, "error");
  return id + " is " + cell(run, "state") + (error.empty() ? "" : ": " + error);
}

/// Where the run stands, for people or for programs; gives the exit code.
int stand(const Value& run, const ClientOptions& options) {
  const Value outputs = run.value("outputs", Value::object());
  if (options.json) {
    Value out{{"activation", cell(run, "id")}, {"outputs", outputs}};
    for (const char* field : {"state", "status", "stage", "run", "proposal", "error"}) {
      if (const auto found = run.find(field); found != run.end()) out[field] = *found;
    }
    print_json(out);
  } else {
    std::fprintf(stderr, "%s\n", told(run).c_str());
    print_json(outputs);
  }
  if (!has_ended(run)) return exit_code::ok;
  return cell(run, "state") == "done" ? exit_code::all_done : exit_code::failed;
}

/// What came of a step that is further back: the run stood at the end of stage run `opened`.
int stood(Client& client, const ClientOptions& options, const Value& run, std::int64_t opened) {
  core::QueryRequest query;
  query.what = "history";
  query.activation = cell(run, "id");
  const auto history = every_page(client, query);
  if (!history) return report(history.error(), options);
  for (const Value& visit : (*history)["items"]) {
    if (visit.value("run", std::int64_t{0}) != opened) continue;
    const std::string next = cell(visit, "nextStage");
    if (options.json) {
      print_json({{"activation", cell(run, "id")},
                  {"state", cell(run, "state")},
                  {"stage", cell(visit, "stage")},
                  {"run", opened},
                  {"proposal", next}});
    } else {
      std::fprintf(stderr, "%s is past this step, which led to stage %s\n", cell(run, "id").c_str(),
                   next.c_str());
    }
  }
  return exit_code::ok;
}

int wait(Client& client, const StepOptions& options, const core::ActivationId& id,
         std::int64_t opened) {
  const auto run = await_stand(client, id, opened);
  if (!run) return report(run.error(), options.client);
  if (run->value("run", std::int64_t{0}) > opened) {
    return stood(client, options.client, *run, opened);
  }
  return stand(*run, options.client);
}

int step(const StepOptions& options) {
  auto request = request_of(options);
  if (!request) return report({exit_code::usage, request.error()}, options.client);
  const core::ActivationId id = request->activation;
  auto client = Client::connect(
      options.client, options.wait ? followed_filters(options.client) : std::vector<std::string>{});
  if (!client) return report(client.error(), options.client);
  const auto answer = (*client)->ask(std::move(*request));
  if (!answer) return report(answer.error(), options.client);
  const Value body = core::parse_object(answer->body);
  if (options.wait) {
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    return wait(**client, options, id, options.self_driving ? last : body.value("run", last));
  }
  if (options.client.json) {
    print_json(body);
  } else if (options.stepped) {
    std::printf("%s waits for a step after each stage\n", id.text().c_str());
  } else {
    std::printf("%s: stage %s #%s\n", id.text().c_str(), cell(body, "stage").c_str(),
                cell(body, "run").c_str());
  }
  return exit_code::ok;
}

}  // namespace

void add_step(CLI::App& app, Run& run) {
  auto options = std::make_shared<StepOptions>();
  auto* command = app.add_subcommand("step", "open the next stage of a run that waits for a step");
  command->add_option("activation", options->activation, "the run's id")->required();
  command->add_option("--stage", options->stage, "this one, not the one that is proposed");
  add_input_options(*command, options->inputs);
  command->add_option("--outputs", options->outputs,
                      "a file with a JSON object, put over the outputs of the stage before; - is "
                      "stdin");
  command->add_option("--token", options->token, "a step of the same token again opens nothing");
  auto* drive = command->add_flag("--self-driving", options->self_driving,
                                  "the run goes on by itself from here");
  command
      ->add_flag("--stepped", options->stepped,
                 "open nothing: the run waits for steps after the stage that is open")
      ->excludes(drive);
  command->add_flag("-w,--wait", options->wait,
                    "until the run waits again (exit code 0), is done (10) or has failed (1)");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return step(*options);
    };
  });
}

}  // namespace antiphon::cli
