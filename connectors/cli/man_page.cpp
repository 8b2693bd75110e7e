// SPDX-License-Identifier: MIT
#include "connectors/cli/man_page.hpp"

#include <map>
#include <vector>

#include "connectors/cli/client_options.hpp"
#include "connectors/cli/command_tree.hpp"

namespace antiphon::cli {
namespace {

/// Text in which nothing means anything to roff: a dash stays a dash that can be copied, and no
/// line begins with a dot or a quote.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool begins = out.empty() || out.back() == '\n';
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\n') {
      out += "\n.br\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(const std::string& text) {
  return "\\fB" + plain(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + plain(text) + "\\fR";
}

std::string heading(const std::string& title) {
  return ".SH " + title + "\n";
}

/// What `option` is called, for the synopsis and the list.
std::string names(const CommandOption& option) {
  std::string text;
  for (const std::string& name : option.names) text += (text.empty() ? "" : ", ") + bold(name);
  if (option.names.empty()) return italic(option.argument);
  return option.argument.empty() ? text : text + " " + italic(option.argument);
}

std::string entry(const CommandOption& option) {
  std::string text = ".TP\n" + names(option) + "\n" + plain(option.help);
  std::string values;
  for (const std::string& choice : option.choices) values += (values.empty() ? "" : ", ") + choice;
  if (!values.empty()) text += "; one of " + plain(values);
  if (!option.fallback.empty()) text += " (default: " + plain(option.fallback) + ")";
  if (!option.environment.empty()) text += "; environment: " + bold(option.environment);
  return text + "\n";
}

std::string synopsis(const Command& command) {
  std::string text = bold("antiphon " + command.path);
  if (!command.commands.empty()) text += " " + italic("COMMAND");
  for (const CommandOption& argument : command.arguments) {
    const std::string word = italic(argument.argument) + (argument.many ? "..." : "");
    text += argument.required ? " " + word : " [" + word + "]";
  }
  return text + " [" + italic("options") + "]\n";
}

/// The options that every command has which asks a plane are listed once, and --help never.
bool is_common(const CommandOption& option) {
  return option.group == reaching_the_plane || option.names.front() == "--help";
}

std::string section(const Command& command) {
  std::string text = ".SS antiphon " + plain(command.path) + "\n" + plain(command.help) +
                     ".\n.PP\n" + synopsis(command);
  bool asks = false;
  for (const CommandOption& argument : command.arguments) text += entry(argument);
  for (const CommandOption& option : command.options) {
    asks = asks || option.group == reaching_the_plane;
    if (!is_common(option)) text += entry(option);
  }
  if (asks) text += ".PP\nIt asks a plane: see REACHING THE PLANE.\n";
  if (!command.footer.empty()) text += ".PP\n" + plain(command.footer) + "\n";
  return text;
}

std::string common_options(const std::vector<Command>& tree) {
  for (const Command& command : tree) {
    std::string text;
    for (const CommandOption& option : command.options) {
      if (option.group == reaching_the_plane) text += entry(option);
    }
    if (!text.empty()) return text;
  }
  return {};
}

std::string exit_codes() {
  const std::vector<std::pair<int, const char*>> codes{
      {0, "ok"},
      {1, "the run, the check or the expression failed"},
      {2, "the words of the command are off, or a file that they name"},
      {3, "the broker or the plane does not answer"},
      {4, "it answered, and said no"},
      {130, "Ctrl-C, where a command goes on until somebody ends it"}};
  std::string text;
  for (const auto& [code, meaning] : codes) {
    text += ".TP\n" + bold(std::to_string(code)) + "\n" + plain(meaning) + "\n";
  }
  return text;
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
  const std::vector<Command> tree = command_tree(app);
  std::string page = ".\\\" Written by `antiphon man`.\n.TH ANTIPHON 1 \"\" \"antiphon " +
                     plain(version) + "\" \"User Commands\"\n" + heading("NAME") +
                     "antiphon \\- runs campaigns over many sites on an MQTT broker\n" +
                     heading("SYNOPSIS") + bold("antiphon") + " " + italic("COMMAND") + " [" +
                     italic("options") + "]\n" + heading("DESCRIPTION") + plain(tree.front().help) +
                     "\n" + heading("COMMANDS");
  for (const Command& command : tree) {
    if (!command.path.empty()) page += section(command);
  }
  page += heading("REACHING THE PLANE") +
          "What every command takes that asks a plane; a flag wins over the environment.\n" +
          common_options(tree);
  return page + heading("EXIT STATUS") + exit_codes() + heading("SEE ALSO") +
         ".BR mosquitto_pub (1),\n.BR mosquitto_sub (1)\n";
}

}  // namespace antiphon::cli
