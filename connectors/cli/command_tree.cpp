// SPDX-License-Identifier: MIT
#include "connectors/cli/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace antiphon::cli {
namespace {

/// CLI11 keeps a list of allowed values only in a type's text: "TEXT:{bash,fish}".
std::vector<std::string> choices_in(const std::string& type) {
  const auto begin = type.find(":{");
  const auto end = type.find('}', begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 2, end - begin - 2), ',');
}

std::string value_word(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string word = type.substr(0, type.find(':'));
  return word.empty() ? "VALUE" : word;
}

CommandOption read_option(const CLI::Option& option) {
  CommandOption out;
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  if (option.get_items_expected_max() > 0 && option.get_type_size_max() > 0) {
    out.argument = value_word(option);
    out.choices = choices_in(option.get_type_name());
  }
  out.help = option.get_description();
  out.fallback = option.get_default_str();
  out.environment = option.get_envname();
  out.group = option.get_group();
  out.required = option.get_required();
  out.many = option.get_items_expected_max() > 1;
  return out;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Command>& tree) {
  Command command{path, app.get_description(), app.get_footer(), {}, {}, {}};
  const auto children = app.get_subcommands({});
  for (const CLI::App* child : children) command.commands.push_back(child->get_name());
  for (const CLI::Option* option : app.get_options()) {
    CommandOption one = read_option(*option);
    if (option->get_positional()) {
      CommandOption argument = one;
      argument.names.clear();
      argument.argument = option->get_name(true, false);
      command.arguments.push_back(std::move(argument));
    }
    if (!one.names.empty()) command.options.push_back(std::move(one));
  }
  tree.push_back(std::move(command));
  for (const CLI::App* child : children) {
    collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), tree);
  }
}

}  // namespace

std::vector<Command> command_tree(const CLI::App& app) {
  std::vector<Command> tree;
  collect(app, {}, tree);
  return tree;
}

std::string last_word(const std::string& path) {
  return path.substr(path.rfind(' ') + 1);
}

}  // namespace antiphon::cli
