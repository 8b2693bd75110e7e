// SPDX-License-Identifier: MIT
// `antiphon logs`: what the scripts of a run wrote, as far as it was kept.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/follow.hpp"
#include "connectors/cli/follow_logs.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct LogsOptions {
  ClientOptions client;
  std::string activation;
  std::string stage;
  std::string context;
  bool follow = false;
};

void print_stream(const Value& log, const char* name) {
  const std::string text = printable_lines(log.value(name, ""));
  if (text.empty()) return;
  std::printf("--- %s\n%s%s", name, text.c_str(), text.ends_with('\n') ? "" : "\n");
}

void print_log(const Value& log) {
  const std::string title = "stage " + cell(log, "stage") + " (run " + cell(log, "run") + "), " +
                            context_cell(log) + ", attempt " + cell(log, "attempt") + ": " +
                            cell(log, "state");
  std::printf("%s\n", paint(title, Colour::bold).c_str());
  print_stream(log, "out");
  print_stream(log, "err");
  const std::string note = cell(log, "note");
  if (!note.empty()) std::printf("(%s)\n", note.c_str());
}

bool wanted(const Value& log, const LogsOptions& options) {
  return (options.stage.empty() || cell(log, "stage") == options.stage) &&
         (options.context.empty() || cell(log, "context") == options.context);
}

/// Those that were asked for, each with its stage's name.
Value chosen(const Value& items, const Value& history, const LogsOptions& options) {
  const auto stages = stages_of(history);
  Value logs = Value::array();
  for (Value log : items) {
    const auto stage = stages.find(log.value("run", std::int64_t{0}));
    log["stage"] = stage == stages.end() ? "" : stage->second;
    if (log.contains("attempt") && wanted(log, options)) logs.push_back(std::move(log));
  }
  return logs;
}

int follow(const LogsOptions& options) {
  const auto run = core::ActivationId::parse(options.activation);
  if (!run) return report({exit_code::usage, run.error()}, options.client);
  auto client = Client::connect(options.client, followed_filters(options.client));
  if (!client) return report(client.error(), options.client);
  bool any = false;
  const int code = follow_logs(**client, options.client, *run, [&](const Value& log) {
    if (!wanted(log, options)) return;
    any = true;
    if (options.client.json) {
      std::printf("%s\n", json_line(log).c_str());
    } else {
      print_log(log);
    }
    std::fflush(stdout);
  });
  const bool over = code == exit_code::ok || code == exit_code::failed;
  if (!any && over && !options.client.json) std::printf("nothing was written\n");
  return code;
}

int logs(const LogsOptions& options) {
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  core::QueryRequest query;
  query.activation = options.activation;
  query.what = "history";
  const auto history = every_page(**client, query);
  if (!history) return report(history.error(), options.client);
  query.what = "logs";
  const auto items = every_page(**client, query);
  if (!items) return report(items.error(), options.client);
  const Value found = chosen((*items)["items"], (*history)["items"], options);
  if (options.client.json) {
    print_json({{"items", found}});
    return exit_code::ok;
  }
  for (const Value& log : found) print_log(log);
  if (found.empty()) std::printf("nothing was written, or nothing has ended yet\n");
  return exit_code::ok;
}

}  // namespace

void add_logs(CLI::App& app, Run& run) {
  auto options = std::make_shared<LogsOptions>();
  auto* command = app.add_subcommand("logs", "what the scripts of a run wrote");
  command->add_option("activation", options->activation, "the run's id")->required();
  command->add_option("--stage", options->stage, "only of this stage");
  command->add_option("--context", options->context, "only of this context, or site");
  command->add_flag("-f,--follow", options->follow,
                    "go on until the run ends; exit code 1 if it fails");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return options->follow ? follow(*options) : logs(*options);
    };
  });
}

}  // namespace antiphon::cli
