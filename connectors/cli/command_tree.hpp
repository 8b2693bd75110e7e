// SPDX-License-Identifier: MIT
// The tree of commands as plain values, read off CLI11's: what --help, the completion scripts and
// the manual page say has this one source.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace antiphon::cli {

/// A flag, an option or (no names) a positional argument.
struct CommandOption {
  std::vector<std::string> names;  ///< "--state", "-f": the long ones first
  std::string argument;            ///< what stands for its value: "FILE", "kind"; empty: takes none
  std::vector<std::string> choices;  ///< the only values; empty: any
  std::string help;
  std::string fallback;     ///< its default, as help shows it
  std::string environment;  ///< the variable that sets it
  std::string group;
  bool required = false;
  bool many = false;
};

struct Command {
  std::string path;  ///< "", "get", "get sites"
  std::string help;
  std::string footer;
  std::vector<std::string> commands;  ///< the words that may follow
  std::vector<CommandOption> options;
  std::vector<CommandOption> arguments;
};

/// Each command behind the one it belongs to; the program itself first.
std::vector<Command> command_tree(const CLI::App& app);

/// The last word of a path.
std::string last_word(const std::string& path);

}  // namespace antiphon::cli
