// SPDX-License-Identifier: MIT
// `antiphon lint`: what is allowed in campaigns and probably not meant; needs no broker.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/document_files.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/campaign/lint.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct LintOptions {
  std::vector<std::string> files;
  std::vector<std::string> allowed;
  bool strict = false;
  bool rules = false;
  bool json = false;
};

struct Found {
  int warnings = 0;
  int notes = 0;
  bool unreadable = false;  ///< a document that is none
  Value list = Value::array();
  Value problems = Value::array();
};

std::string_view level_of(const campaign::Rule& rule) {
  return rule.level == campaign::Level::note ? "note" : "warning";
}

int print_rules(bool json) {
  Value list = Value::array();
  Table table({"RULE", "LEVEL", "WHY"});
  for (const campaign::Rule& rule : campaign::lint_rules()) {
    list.push_back({{"rule", rule.name}, {"level", level_of(rule)}, {"why", rule.why}});
    table.add({std::string(rule.name), std::string(level_of(rule)), std::string(rule.why)});
  }
  if (json) {
    print_json({{"rules", list}});
  } else {
    std::fputs(table.text().c_str(), stdout);
  }
  return exit_code::ok;
}

/// --allow is for rules that there are.
std::optional<core::Error> wrong_rule(const std::vector<std::string>& allowed) {
  for (const std::string& word : allowed) {
    const std::string name = word.substr(0, word.find('@'));
    if (campaign::find_rule(name) != nullptr) continue;
    return core::Error{core::status::bad_request, "--allow: there is no rule '" + name + "'",
                       campaign::rule_hint(name)};
  }
  return std::nullopt;
}

void add_linted(const std::string& file, const campaign::Linted& linted, bool json, Found& found) {
  for (const campaign::Warning& warning : linted.warnings) {
    ++(warning.rule->level == campaign::Level::note ? found.notes : found.warnings);
    found.list.push_back(warning_value(file, warning));
    if (!json) std::printf("%s\n", printable_lines(campaign::to_text(warning)).c_str());
  }
  if (linted.dropped > 0 && !json) {
    std::printf("%s: and %zu more\n", shown_name(file).c_str(), linted.dropped);
  }
  found.warnings += static_cast<int>(linted.dropped);
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

int conclude(const LintOptions& options, const Found& found) {
  if (options.json) {
    print_json({{"ok", !found.unreadable && found.warnings == 0},
                {"warnings", found.list},
                {"problems", found.problems}});
  } else if (!found.unreadable) {
    std::printf("%s: %s, %s\n", counted(options.files.size(), "file").c_str(),
                counted(static_cast<std::size_t>(found.warnings), "warning").c_str(),
                counted(static_cast<std::size_t>(found.notes), "note").c_str());
  }
  const bool failed = found.unreadable || (options.strict && found.warnings > 0);
  return failed ? exit_code::failed : exit_code::ok;
}

int lint(const LintOptions& options) {
  if (options.rules) return print_rules(options.json);
  if (const auto wrong = wrong_rule(options.allowed)) {
    complain(*wrong);
    return exit_code::usage;
  }
  const core::Providers providers = stages::standard_providers();
  Found found;
  for (const std::string& file : options.files) {
    const auto text = read_document(file);
    if (!text) {
      complain(text.error());
      return exit_code::usage;
    }
    const auto linted =
        campaign::load_and_lint(*text, shown_name(file), providers, options.allowed);
    if (linted) {
      add_linted(file, *linted, options.json, found);
      continue;
    }
    found.unreadable = true;
    if (!options.json) print_problems(linted.error());
    for (const auto& problem : linted.error()) {
      found.problems.push_back(problem_value(file, problem));
    }
  }
  return conclude(options, found);
}

}  // namespace

void add_lint(CLI::App& app, Run& run) {
  auto options = std::make_shared<LintOptions>();
  auto* command =
      app.add_subcommand("lint", "what is probably not meant in documents; needs no broker");
  auto* rules = command->add_flag("--rules", options->rules, "list the rules");
  command->add_option("files", options->files, "YAML or JSON files; - is stdin")->type_name("FILE");
  command->add_option("--allow", options->allowed, "say nothing of this rule, or of RULE@STAGE")
      ->type_name("RULE");
  command->add_flag("--strict", options->strict, "warnings fail");
  command->add_flag("--json", options->json, "print JSON");
  command->callback([&run, options, rules] {
    if (options->files.empty() && rules->count() == 0) throw CLI::RequiredError("files");
    run = [options] { return lint(*options); };
  });
}

}  // namespace antiphon::cli
