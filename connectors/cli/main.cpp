// SPDX-License-Identifier: MIT
// The program: a tree of commands, of which each is a file in commands/, and `serve`.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/completion.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/serve.hpp"
#include "connectors/cli/serve/logging.hpp"
#include "connectors/cli/version.hpp"
#include "connectors/providers/script_runner.hpp"

namespace {

namespace cli = antiphon::cli;

/// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

std::string names_of_commands(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return names;
}

/// Prints help, or what is wrong with the words and what was probably meant.
int complain_about_words(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const std::string near = cli::nearest_word(app, argc, argv);
  const CLI::App& command = innermost(app);
  const bool unknown_command = argc > 1 && argv[1][0] != '-' && &command == &app;
  if (unknown_command) {
    std::fprintf(stderr, "antiphon: there is no command '%s'\n", argv[1]);
  } else if (&command != &app && !names_of_commands(command).empty()) {
    std::fprintf(stderr, "antiphon: %s wants one of %s\n", command.get_name().c_str(),
                 names_of_commands(command).c_str());
  } else {
    std::fprintf(stderr, "antiphon: %s\n", error.what());
  }
  if (!near.empty()) std::fprintf(stderr, "  hint: did you mean '%s'?\n", near.c_str());
  std::fprintf(stderr, "  see `antiphon --help`, or `antiphon COMMAND --help`\n");
  return cli::exit_code::usage;
}

}  // namespace

int main(int argc, char** argv) {
  // Between a plane and a script stands this program again, and nothing of it but this
  // (script_runner.hpp).
  if (argc == 3 && std::string_view(argv[1]) == "script-runner") {
    return antiphon::providers::run_script(argv[2]);
  }
  cli::set_up_logging("warn", "text");  // stdout is for what was asked
  CLI::App app{
      "Antiphon runs campaigns over many sites on an MQTT broker: the centre calls, the sites "
      "answer."};
  app.name("antiphon");
  app.set_version_flag("--version", std::string("antiphon ") + cli::version);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 the run or check failed, 2 usage, 3 broker or plane not reachable, 4 "
      "refused.");
  cli::Run run;
  cli::add_serve(app, run);
  cli::add_runner(app, run);
  cli::add_apply(app, run);
  cli::add_delete(app, run);
  cli::add_validate(app, run);
  cli::add_activate(app, run);
  cli::add_verbs(app, run);
  cli::add_trigger(app, run);
  cli::add_votes(app, run);
  cli::add_signal(app, run);
  cli::add_step(app, run);
  cli::add_get(app, run);
  cli::add_describe(app, run);
  cli::add_logs(app, run);
  cli::add_watch(app, run);
  cli::add_top(app, run);
  cli::add_run(app, run);
  cli::add_dev(app, run);
  cli::add_lint(app, run);
  cli::add_graph(app, run);
  cli::add_eval(app, run);
  cli::add_check_site(app, run);
  cli::add_verify(app, run);
  cli::add_context(app, run);
  cli::add_completion(app, run);
  cli::add_man(app, run);
  cli::add_version(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return complain_about_words(app, error, argc, argv);
  }
  return run();
}
