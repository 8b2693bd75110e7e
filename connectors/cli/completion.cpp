// SPDX-License-Identifier: MIT
#include "connectors/cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "connectors/cli/command_tree.hpp"
#include "engine/campaign/nearest.hpp"

namespace antiphon::cli {
namespace {

using Tree = std::vector<Command>;

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

/// "'get'|'get sites'": every path but the program's own.
std::string paths(const Tree& tree, const char* between) {
  std::vector<std::string> all;
  for (const Command& command : tree) {
    if (!command.path.empty()) all.push_back(quoted(command.path));
  }
  return joined(all, between);
}

/// "'get activations --state'|...": the option behind each command where a value follows.
std::string places(const Command& command, const CommandOption& option) {
  std::vector<std::string> all;
  for (const std::string& name : option.names) all.push_back(quoted(command.path + " " + name));
  return joined(all, "|");
}

std::vector<std::string> names_of_options(const Command& command) {
  std::vector<std::string> all;
  for (const CommandOption& option : command.options) {
    all.insert(all.end(), option.names.begin(), option.names.end());
  }
  return all;
}

/// What may stand where no option is begun: commands, or the values that the arguments know.
std::vector<std::string> words_of(const Command& command) {
  std::vector<std::string> words = command.commands;
  for (const CommandOption& argument : command.arguments) {
    words.insert(words.end(), argument.choices.begin(), argument.choices.end());
  }
  return words;
}

/// With nothing else to say an option may be begun at once.
bool offers_options_only(const Command& command) {
  return command.commands.empty() && command.arguments.empty();
}

std::string bash(const Tree& tree) {
  std::string script =
      "# bash completion for antiphon\n"
      "_antiphon() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
      "  local at= i words= options=\n"
      "  # bash takes the = of --state=done for a word of its own\n"
      "  if [ \"$current\" = = ]; then current=\n"
      "  elif [ \"$previous\" = = ]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"${at:+$at }${COMP_WORDS[i]}\" in\n"
      "      " +
      paths(tree, "|") +
      ") at=\"${at:+$at }${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case \"$at $previous\" in\n";
  for (const Command& command : tree) {
    for (const CommandOption& option : command.options) {
      if (option.argument.empty()) continue;
      const std::string found = option.choices.empty()
                                    ? ""
                                    : "COMPREPLY=($(compgen -W " + quoted(joined(option.choices)) +
                                          " -- \"$current\")); ";
      script += "    " + places(command, option) + ") " + found + "return ;;\n";
    }
  }
  script += "  esac\n  case \"$at\" in\n";
  for (const Command& command : tree) {
    script += "    " + quoted(command.path) + ") words=" + quoted(joined(words_of(command))) +
              " options=" + quoted(joined(names_of_options(command))) +
              (offers_options_only(command) ? " words=$options" : "") + " ;;\n";
  }
  return script +
         "  esac\n"
         "  case \"$current\" in -*) words=$options ;; esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -o default -F _antiphon antiphon\n";
}

/// "'sites:planes below this one'": as zsh's _describe takes it.
std::string described(const std::string& word, const std::string& help) {
  return " " + quoted(word + ":" + help);
}

const Command& child_of(const Tree& tree, const Command& command, const std::string& word) {
  const std::string path = command.path.empty() ? word : command.path + " " + word;
  return *std::find_if(tree.begin(), tree.end(),
                       [&path](const Command& one) { return one.path == path; });
}

std::string zsh_lists(const Tree& tree, const Command& command) {
  std::string words;
  std::string options;
  for (const std::string& word : command.commands) {
    words += described(word, child_of(tree, command, word).help);
  }
  for (const CommandOption& argument : command.arguments) {
    for (const std::string& choice : argument.choices) words += described(choice, argument.help);
  }
  for (const CommandOption& option : command.options) {
    for (const std::string& name : option.names) options += described(name, option.help);
  }
  return "    " + quoted(command.path) + ")\n      words_here=(" + words +
         ")\n      options_here=(" + options + ")" +
         (offers_options_only(command) ? "\n      words_here=(\"${options_here[@]}\")" : "") +
         " ;;\n";
}

std::string zsh(const Tree& tree) {
  std::string script =
      "#compdef antiphon\n"
      "_antiphon() {\n"
      "  local at= i previous=$words[CURRENT-1]\n"
      "  local -a words_here options_here\n"
      "  if [[ $words[CURRENT] == --*=* ]]; then\n"
      "    previous=${words[CURRENT]%%=*}\n"
      "    compset -P '*='\n"
      "  fi\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"${at:+$at }$words[i]\" in\n"
      "      " +
      paths(tree, "|") +
      ") at=\"${at:+$at }$words[i]\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$at $previous\" in\n";
  for (const Command& command : tree) {
    for (const CommandOption& option : command.options) {
      if (option.argument.empty()) continue;
      const std::string found =
          option.choices.empty() ? "_files" : "compadd -- " + joined(option.choices);
      script += "    " + places(command, option) + ") " + found + "; return ;;\n";
    }
  }
  script += "  esac\n  case \"$at\" in\n";
  for (const Command& command : tree) script += zsh_lists(tree, command);
  return script +
         "  esac\n"
         "  if [[ $words[CURRENT] == -* ]]; then _describe option options_here\n"
         "  elif (($#words_here)); then _describe word words_here\n"
         "  else _files; fi\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _antiphon ]; then _antiphon; else compdef _antiphon antiphon; "
         "fi\n";
}

/// Where `command` was named and no further one.
std::string fish_line(const Command& command) {
  return "complete -c antiphon -n 'test (__antiphon_at) = \"" + command.path + "\"'";
}

std::string fish_option(const CommandOption& option) {
  std::string words;
  for (const std::string& name : option.names) {
    words += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.argument.empty()) words += " -r";
  if (!option.choices.empty()) words += " -f -a " + quoted(joined(option.choices));
  return words + " -d " + quoted(option.help);
}

std::string fish(const Tree& tree) {
  std::string script =
      "# fish completion for antiphon\n"
      "function __antiphon_at\n"
      "  set -l at ''\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    set -l next (string trim -- \"$at $word\")\n"
      "    contains -- \"$next\" " +
      paths(tree, " ") +
      "; and set at $next\n"
      "  end\n"
      "  echo $at\n"
      "end\n";
  for (const Command& command : tree) {
    const std::string line = fish_line(command);
    for (const std::string& word : command.commands) {
      script +=
          line + " -f -a " + word + " -d " + quoted(child_of(tree, command, word).help) + "\n";
    }
    for (const CommandOption& argument : command.arguments) {
      if (argument.choices.empty()) continue;
      script += line + " -f -a " + quoted(joined(argument.choices)) + " -d " +
                quoted(argument.help) + "\n";
    }
    for (const CommandOption& option : command.options) script += line + fish_option(option) + "\n";
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  const Tree tree = command_tree(app);
  if (shell == "fish") return fish(tree);
  return shell == "zsh" ? zsh(tree) : bash(tree);
}

std::string nearest_word(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* level = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto commands = level->get_subcommands({});
    const auto command =
        std::find_if(commands.begin(), commands.end(),
                     [&word](const CLI::App* one) { return one->get_name() == word; });
    if (command != commands.end()) {
      level = *command;
      continue;
    }
    std::vector<std::string> known;
    if (word.starts_with("--")) {
      known = flags_of(*level);
    } else if (!commands.empty()) {
      for (const CLI::App* one : commands) known.push_back(one->get_name());
    }
    const std::string bare = word.substr(0, word.find('='));
    if (std::find(known.begin(), known.end(), bare) != known.end()) continue;
    if (const auto near = campaign::nearest(bare, known)) return *near;
  }
  return {};
}

}  // namespace antiphon::cli
