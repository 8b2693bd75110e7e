// SPDX-License-Identifier: MIT
#include "connectors/cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <vector>

#include "engine/campaign/nearest.hpp"

namespace antiphon::cli {
namespace {

/// The words that may follow a path of commands ("", "get", "get sites").
using Words = std::map<std::string, std::vector<std::string>>;

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

void collect(const CLI::App& app, const std::string& path, Words& words) {
  auto& list = words[path];
  for (const CLI::App* command : app.get_subcommands({})) {
    list.push_back(command->get_name());
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), words);
  }
  const auto flags = flags_of(app);
  list.insert(list.end(), flags.begin(), flags.end());
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string bash(const Words& words) {
  std::string script =
      "# bash completion for antiphon\n"
      "_antiphon() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} path= word i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    case \"${path:+$path }$word\" in\n";
  for (const auto& [path, list] : words) {
    if (!path.empty()) script += "      '" + path + "') path='" + path + "' ;;\n";
  }
  script += "    esac\n  done\n  local words=\n  case \"$path\" in\n";
  for (const auto& [path, list] : words) {
    script += "    '" + path + "') words='" + joined(list) + "' ;;\n";
  }
  return script +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -o default -F _antiphon antiphon\n";
}

std::string fish(const Words& words) {
  std::string script = "# fish completion for antiphon\n";
  for (const auto& [path, list] : words) {
    const std::string condition =
        path.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + path;
    for (const std::string& word : list) {
      const bool flag = word.starts_with("--");
      script += "complete -c antiphon -n '" + condition + "' " +
                (flag ? "-l " + word.substr(2) : "-f -a " + word) + "\n";
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  Words words;
  collect(app, {}, words);
  if (shell == "fish") return fish(words);
  const std::string script = bash(words);
  return shell == "zsh"
             ? "#compdef antiphon\nautoload -U +X bashcompinit && bashcompinit\n" + script
             : script;
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
