// SPDX-License-Identifier: MIT
// `antiphon version`, `completion` and `man`: the program about itself.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/completion.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/man_page.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/version.hpp"

namespace antiphon::cli {

void add_version(CLI::App& app, Run& run) {
  auto json = std::make_shared<bool>(false);
  auto* command = app.add_subcommand("version", "the program's version");
  command->add_flag("--json", *json, "print JSON");
  command->callback([&run, json] {
    run = [json] {
      if (*json) {
        print_json({{"version", version}, {"protocol", 1}});
      } else {
        std::printf("antiphon %s\n", version);
      }
      return exit_code::ok;
    };
  });
}

void add_completion(CLI::App& app, Run& run) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "a completion script for your shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("For this shell:  source <(antiphon completion bash)");
  command->callback([&run, &app, shell] {
    run = [&app, shell] {
      std::fputs(completion_script(app, *shell).c_str(), stdout);
      return exit_code::ok;
    };
  });
}

void add_man(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("man", "the manual page, for `man -l -`");
  command->footer("To read it:  antiphon man | man -l -");
  command->callback([&run, &app] {
    run = [&app] {
      std::fputs(man_page(app, version).c_str(), stdout);
      return exit_code::ok;
    };
  });
}

}  // namespace antiphon::cli
