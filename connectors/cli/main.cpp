// SPDX-License-Identifier: MIT
// The program: a tree of commands, of which each is a file in commands/, and `serve`.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string_view>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/completion.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/serve.hpp"
#include "connectors/cli/version.hpp"
#include "connectors/providers/script_runner.hpp"

namespace {

namespace cli = antiphon::cli;

/// Prints help, or what is wrong with the words and what was probably meant.
int complain_about_words(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const std::string near = cli::nearest_word(app, argc, argv);
  const bool unknown_command = argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty();
  if (unknown_command) {
    std::fprintf(stderr, "antiphon: there is no command '%s'\n", argv[1]);
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
  if (argc == 3 && std::string_view(argv[1]) == "runner") {
    return antiphon::providers::run_script(argv[2]);
  }
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
  cli::add_apply(app, run);
  cli::add_validate(app, run);
  cli::add_activate(app, run);
  cli::add_verbs(app, run);
  cli::add_get(app, run);
  cli::add_describe(app, run);
  cli::add_watch(app, run);
  cli::add_eval(app, run);
  cli::add_check_site(app, run);
  cli::add_completion(app, run);
  cli::add_version(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return complain_about_words(app, error, argc, argv);
  }
  return run();
}
