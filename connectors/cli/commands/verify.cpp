// SPDX-License-Identifier: MIT
// `antiphon verify`: is that store sound? It reads the file while no plane serves it, and says what
// is wrong, what that means and what to do.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/progress.hpp"
#include "engine/campaign/documents.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/stages/registry.hpp"
#include "engine/store/sqlite_verify.hpp"

namespace antiphon::cli {
namespace {

using core::Value;
using store::Finding;

/// Of a file that is damaged throughout nobody reads more.
constexpr std::size_t findings_kept = 1'000;

struct Rule {
  const char* name;
  const char* meaning;
  const char* advice;
};

constexpr const char* restore =
    "Restore a backup, or move the file away to begin with an empty store.";
constexpr const char* look =
    "Look at the run with `antiphon describe`; if in doubt, cancel it and start it again.";

constexpr Rule rules[]{
    {"file", "SQLite's own check failed: a disk, or a copy of a file in use, damaged it.", restore},
    {"rows", "No plane can have written such rows: the file was damaged or edited.", restore},
    {"texts", "A stored text is not the JSON that it was; a plane that reads it stops.", restore},
    {"versions", "A campaign version is not what was applied; its runs cannot go on.", restore},
    {"triggers", "What starts runs is not what the newest campaign versions say.",
     "Apply the campaign's document again: that puts its triggers in force."},
    {"objects", "An object of the registry is not what was applied, or nobody's.",
     "Apply its document again."},
    {"lanes", "What waits to start runs of a trigger is not what is counted.",
     "Look at the trigger's runs, and send again what started none."},
    {"I2", "The same request gets its first answer again for longer than it should.",
     "Name requests anew, and wait: it passes."},
    {"I3", "Counters or outputs are not what the tasks say; later stages may have used them.",
     look},
    {"I4", "Stages were opened or closed out of their order.", look},
    {"I5", "What has ended looks as if it went on, or the other way round.", look},
    {"I6", "Work for another plane is not kept once per attempt; it may have been done twice.",
     "Look at the run here, and at the one of the plane that commanded it."},
    {"I7", "A task has an answer that is not its own site's.", look},
    {"I8", "More is kept than the bounds allow.", look},
    {"waits", "Something is open, and nothing will wake it as it should.", look},
    {"time", "Instants are out of the order that a plane's clock always has.", look},
};

struct VerifyOptions {
  ClientOptions output;  ///< only how to print
  std::string path;
};

struct Findings {
  std::vector<Finding> kept;
  std::size_t count = 0;

  void add(Finding finding) {
    if (count++ < findings_kept) kept.push_back(std::move(finding));
  }
};

core::Result<core::CampaignPtr> read_document(const core::CampaignVersion& row,
                                              const core::Providers& providers) {
  if (runtime::sha256(row.document) != row.hash) {
    return core::failure(core::status::conflict, "it is not the one that was applied");
  }
  return campaign::load_canonical(row.document, providers);
}

/// The rules that were broken, in the order of the table.
std::vector<Rule> broken_rules(const Findings& findings) {
  std::set<std::string_view> names;
  for (const Finding& finding : findings.kept) names.insert(finding.rule);
  std::vector<Rule> broken;
  std::copy_if(std::begin(rules), std::end(rules), std::back_inserter(broken),
               [&](const Rule& rule) { return names.contains(rule.name); });
  return broken;
}

std::string counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void print_findings(const Findings& findings) {
  for (const Finding& finding : findings.kept) {
    std::printf("%s %s [%s]\n", paint("FOUND", Colour::bad).c_str(),
                printable(finding.text).c_str(), finding.rule.c_str());
  }
  if (findings.count > findings.kept.size()) {
    std::printf("... and %zu more\n", findings.count - findings.kept.size());
  }
  if (findings.count > 0) std::printf("\nwhat it means\n");
  for (const Rule& rule : broken_rules(findings)) {
    std::printf("%-9s %s\n%-9s %s\n", rule.name, rule.meaning, "", rule.advice);
  }
  if (findings.count > 0) std::printf("\n");
}

void print_text(const std::string& path, const store::Verified& verified,
                const Findings& findings) {
  print_findings(findings);
  const std::string plane =
      verified.plane.empty() ? "no plane known" : "plane " + verified.plane.text();
  std::printf("%s: %s, schema %s, %s\n", path.c_str(), plane.c_str(),
              verified.schema == 0 ? "unknown" : std::to_string(verified.schema).c_str(),
              verified.clean ? "closed in order" : "not closed in order");
  std::printf(
      "checked %s, %s, %s, %s, %s, %s\n", counted(verified.runs, "run").c_str(),
      counted(verified.stage_runs, "stage run").c_str(), counted(verified.tasks, "task").c_str(),
      counted(verified.versions, "campaign version").c_str(),
      counted(verified.triggers, "trigger").c_str(), counted(verified.objects, "object").c_str());
  if (findings.count == 0) {
    std::printf("%s\n", paint("sound", Colour::good).c_str());
    return;
  }
  const auto count = static_cast<std::int64_t>(findings.count);
  std::printf("%s; the file was left as it is, keep a copy\n",
              paint(counted(count, "finding"), Colour::bad).c_str());
}

Value to_json(const std::string& path, const store::Verified& verified, const Findings& findings) {
  Value items = Value::array();
  for (const Finding& finding : findings.kept) {
    items.push_back({{"rule", finding.rule}, {"problem", finding.text}});
    if (!finding.run.empty()) items.back()["run"] = finding.run;
  }
  Value meanings = Value::object();
  for (const Rule& rule : broken_rules(findings)) {
    meanings[rule.name] = {{"meaning", rule.meaning}, {"advice", rule.advice}};
  }
  return {{"store", path},
          {"plane", verified.plane.text()},
          {"schema", verified.schema},
          {"closedInOrder", verified.clean},
          {"ok", findings.count == 0},
          {"checked",
           {{"runs", verified.runs},
            {"stageRuns", verified.stage_runs},
            {"tasks", verified.tasks},
            {"campaignVersions", verified.versions},
            {"triggers", verified.triggers},
            {"objects", verified.objects}}},
          {"count", findings.count},
          {"findings", std::move(items)},
          {"rules", std::move(meanings)}};
}

int verify(const VerifyOptions& options) {
  const core::Providers providers = stages::standard_providers();
  Findings findings;
  Progress progress("checking " + printable(options.path));
  progress.show(0, 1);
  const store::VerifyHooks hooks{
      [&](const core::CampaignVersion& row) { return read_document(row, providers); },
      [&](Finding finding) { findings.add(std::move(finding)); },
      [&](std::int64_t done, std::int64_t all) { progress.show(done, all); }};
  const auto verified = store::verify_sqlite(options.path, hooks);
  progress.clear();
  if (!verified) {
    const bool held = verified.error().status == core::status::conflict;
    return report({held ? exit_code::refused : exit_code::usage, verified.error()}, options.output);
  }
  if (options.output.json) {
    print_json(to_json(options.path, *verified, findings));
  } else {
    print_text(options.path, *verified, findings);
  }
  return findings.count == 0 ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_verify(CLI::App& app, Run& run) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command = app.add_subcommand(
      "verify", "whether a store file is sound; needs no broker, and changes nothing");
  command->add_option("store", options->path, "the store of a plane that is not running")
      ->required()
      ->type_name("FILE");
  command->add_flag("--json", options->output.json, "print JSON")->group("Output");
  command
      ->add_flag("--no-color", options->output.no_color,
                 "no colours on a terminal either (or NO_COLOR)")
      ->group("Output");
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->output.no_color);
      return verify(*options);
    };
  });
}

}  // namespace antiphon::cli
