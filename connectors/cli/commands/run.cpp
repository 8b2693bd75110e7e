// SPDX-License-Identifier: MIT
// `antiphon run --dry`: a campaign against scripted answers, with no broker and in no time.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/document_files.hpp"
#include "connectors/cli/dry/dry_run.hpp"
#include "connectors/cli/dry/expected.hpp"
#include "connectors/cli/event_lines.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/files.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/run_inputs.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

/// What a million stage runs print is more than anybody compares.
constexpr std::size_t longest_transcript = 64U << 20U;

struct DryRunOptions {
  std::string file;
  std::string answers;
  std::vector<std::string> objects;
  std::string expected;
  std::string campaign;
  std::string plane = "hq";
  std::string at = "2026-01-01T00:00:00Z";
  std::string stage;
  RunInputs inputs;
  std::int64_t stage_runs = 1'000;
  bool dry = false;
  bool json = false;
  bool no_color = false;
};

/// None: what was wrong is printed.
std::optional<campaign::CampaignDocument> read_campaign(const DryRunOptions& options,
                                                        const core::Providers& providers) {
  const auto text = read_document(options.file);
  if (!text) {
    complain(text.error());
    return std::nullopt;
  }
  const auto documents = campaign::load(*text, shown_name(options.file), providers);
  if (!documents) {
    print_problems(documents.error());
    return std::nullopt;
  }
  auto found = one_campaign(*documents, options.campaign, shown_name(options.file));
  if (found) return *std::move(found);
  complain(found.error());
  return std::nullopt;
}

std::optional<campaign::Answers> read_answers(const DryRunOptions& options,
                                              const core::Campaign& campaign) {
  if (options.answers.empty()) return campaign::Answers{};
  const auto text = read_document(options.answers);
  if (!text) {
    complain(text.error());
    return std::nullopt;
  }
  auto answers = campaign::read_answers(*text, shown_name(options.answers), campaign);
  if (answers) return *std::move(answers);
  print_problems(answers.error());
  return std::nullopt;
}

/// Files of objects and nothing else. None: what was wrong is printed.
std::optional<std::vector<dry::GivenObjects>> read_objects(const DryRunOptions& options,
                                                           const core::Providers& providers) {
  std::vector<dry::GivenObjects> all;
  for (const std::string& file : options.objects) {
    auto text = read_document(file);
    if (!text) {
      complain(text.error());
      return std::nullopt;
    }
    const auto documents = campaign::load(*text, shown_name(file), providers);
    if (!documents) {
      print_problems(documents.error());
      return std::nullopt;
    }
    const bool only = std::all_of(documents->begin(), documents->end(), [](const auto& document) {
      return std::holds_alternative<campaign::ObjectDocument>(document);
    });
    if (!only) {
      complain({core::status::bad_request, shown_name(file) + " holds more than objects",
                "--objects wants catalogs, solutions, instances and the like"});
      return std::nullopt;
    }
    all.push_back({*std::move(text), shown_name(file)});
  }
  return all;
}

core::Result<dry::DryOptions> dry_options(const DryRunOptions& options,
                                          const campaign::Answers& answers) {
  dry::DryOptions dry;
  const auto plane = core::PlaneName::parse(options.plane);
  if (!plane) return tl::unexpected<core::Error>(plane.error());
  const auto begin = core::parse_rfc3339(options.at);
  if (!begin) return tl::unexpected<core::Error>(begin.error());
  const auto given = read_inputs(options.inputs);
  if (!given) return tl::unexpected<core::Error>(given.error());
  if (!given->empty() && answers.message) {
    return core::failure(core::status::bad_request,
                         "inputs are given, and a message that starts the run",
                         "the trigger makes the inputs of a message");
  }
  core::Value inputs = answers.inputs;
  inputs.update(*given);
  dry.plane = *plane;
  dry.begin = *begin;
  dry.most_stage_runs = options.stage_runs;
  dry.stage = options.stage;
  dry.inputs = core::dump(inputs);
  return dry;
}

void tell_unused(const campaign::Answers& answers, const dry::Answered& answered) {
  const auto tell = [&](const std::string& stage, const std::string& task) {
    if (answered.contains({stage, task})) return;
    const std::string of_task = task.empty() ? "" : ", task '" + printable(task) + "'";
    std::fprintf(stderr, "antiphon: nobody asked for the answers of stage '%s'%s\n",
                 printable(stage).c_str(), of_task.c_str());
  };
  for (const auto& [stage, script] : answers.stages) {
    if (script.own) tell(stage, {});
    for (const auto& [task, of_task] : script.tasks) tell(stage, task);
  }
}

/// The run could not come to its end: because of what was given, or by itself.
int stuck(const core::Error& error) {
  const bool by_itself =
      error.status == core::status::conflict || error.status == core::status::timed_out;
  return fail(error, by_itself ? exit_code::failed : exit_code::usage);
}

/// Was it printed as it was expected?
int compare(const DryRunOptions& options, const std::string& printed) {
  const auto expected = read_text(options.expected, longest_transcript);
  if (!expected) return fail(expected.error(), exit_code::usage);
  const std::string differing = dry::differences(*expected, printed);
  if (differing.empty()) {
    std::printf("%s: as expected\n", shown_name(options.expected).c_str());
    return exit_code::ok;
  }
  std::printf("%s: not as expected: %s", shown_name(options.expected).c_str(),
              printable_lines(differing).c_str());
  return exit_code::failed;
}

int run_dry(const DryRunOptions& options) {
  const core::Providers providers = stages::standard_providers();
  const auto document = read_campaign(options, providers);
  if (!document) return exit_code::usage;
  const auto answers = read_answers(options, *document->campaign);
  if (!answers) return exit_code::usage;
  auto objects = read_objects(options, providers);
  if (!objects) return exit_code::usage;
  auto dry = dry_options(options, *answers);
  if (!dry) return fail(dry.error(), exit_code::usage);
  dry->objects = *std::move(objects);
  const bool compared = !options.expected.empty();
  std::string printed;
  const auto print = [&](const std::string& text) {
    printed += text;
    if (!compared) std::fputs(text.c_str(), stdout);
  };
  EventLines lines(false);
  const auto end = dry::run_dry(
      *document, *answers, providers, *dry,
      [&](const core::LifeCycle& event) { print(event_line(event, lines, options.json) + "\n"); });
  if (!end) return stuck(end.error());
  const bool done = end->state == core::ActivationState::done;
  if (done && !options.json) print(json_text(end->outputs) + "\n");
  tell_unused(*answers, end->answered);
  if (compared) return compare(options, printed);
  return done ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_run(CLI::App& app, Run& run) {
  auto options = std::make_shared<DryRunOptions>();
  auto* command =
      app.add_subcommand("run", "try a campaign out on scripted answers, with no broker");
  command->add_flag("--dry", options->dry, "nothing is really done; `activate` starts real runs")
      ->required();
  command->add_option("file", options->file, "a YAML or JSON file with the campaign; - is stdin")
      ->required()
      ->type_name("FILE");
  command->add_option("--answers", options->answers, "what its stages are said to have done")
      ->type_name("FILE");
  command
      ->add_option("--objects", options->objects,
                   "what is in the plane's registry, as `apply` takes it")
      ->type_name("FILE");
  command
      ->add_option("--expect", options->expected,
                   "compare with what was printed once, and print the differences")
      ->type_name("FILE");
  command->add_option("--campaign", options->campaign, "which one, of a file with several");
  add_input_options(*command, options->inputs);
  command->add_option("--stage", options->stage, "begin here, not at the first stage");
  command->add_option("--plane", options->plane, "the plane's name")->capture_default_str();
  command->add_option("--at", options->at, "the time at which the run begins")
      ->capture_default_str();
  command->add_option("--stage-runs", options->stage_runs, "more than so many are no good end")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "print each event as a line of JSON");
  command->add_flag("--no-color", options->no_color, "no colours");
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->no_color || !options->expected.empty());
      return run_dry(*options);
    };
  });
}

}  // namespace antiphon::cli
