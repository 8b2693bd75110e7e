// SPDX-License-Identifier: MIT
// `antiphon get`: lists of what a plane knows.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/lists.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"
#include "engine/campaign/yaml_writer.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/names.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct GetOptions {
  ClientOptions client;
  core::QueryRequest query;
  std::vector<std::string> labels;
  std::int64_t run = 0;
  bool all = false;
  std::string output = "table";
  std::string sort_by;
  bool reverse = false;
  bool limited = false;
};

core::Result<core::QueryRequest> query_of(const GetOptions& options) {
  core::QueryRequest query = options.query;
  if (options.run > 0) query.run = options.run;
  for (const std::string& label : options.labels) {
    const auto equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return core::failure(core::status::bad_request, "--label: '" + label + "' is no label",
                           "write it as name=value");
    }
    query.labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  // The pages' size is of no interest where all of them are wanted.
  if (options.all || !options.sort_by.empty()) query.limit = core::limits::page_items;
  return query;
}

/// Whether an item of this kind can have that key; behind another one there is nothing, which would
/// read as an empty list.
bool is_key(const std::string& what, const std::string& after) {
  const auto all_of = [&after](std::string_view known) {
    return after.find_first_not_of(known) == std::string::npos;
  };
  if (what == "campaigns") return all_of("0123456789abcdef");
  if (what == "objects") return core::object_key(after).has_value();
  if (what == "rejects") return all_of("0123456789");
  if (what == "triggers") return std::count(after.begin(), after.end(), '/') == 2;
  if (what == "tasks") return all_of("0123456789.") && after.find('.') == after.rfind('.');
  return core::name_problem(after).empty();
}

/// The item that the page is to begin behind must be there.
std::optional<Failure> after_problem(Client& client, const core::QueryRequest& query) {
  const Failure wrong{
      exit_code::usage,
      {core::status::bad_request, "--after: there is nothing named '" + query.after + "'",
       "give what the page before ended with, as it says"}};
  if (query.after.empty()) return std::nullopt;
  if (!is_key(query.what, query.after)) return wrong;
  if (query.what != "activations") return std::nullopt;
  core::QueryRequest one;
  one.what = "activation";
  one.activation = query.after;
  const auto found = client.ask(std::move(one));
  if (found) return std::nullopt;
  return found.error().exit_code == exit_code::refused ? wrong : found.error();
}

Reached<Value> items_for(Client& client, const GetOptions& options,
                         const core::QueryRequest& query) {
  if (options.sort_by.empty()) {
    return options.all ? every_page(client, query) : found_page(client, query);
  }
  auto found = every_page(client, query);
  if (!found) return found;
  Value& items = (*found)["items"];
  sort_items(items, options.sort_by, options.reverse);
  const auto most = static_cast<std::size_t>(options.query.limit);
  if (options.limited && items.size() > most) {
    items.erase(items.begin() + options.query.limit, items.end());
  }
  return found;
}

void print_table(const Value& found, const GetOptions& options) {
  const std::string& what = options.query.what;
  const Value& items = found["items"];
  if (items.empty()) {
    std::printf("no %s\n", what.c_str());
    return;
  }
  std::fputs(table_of(what, items, options.output == "wide").c_str(), stdout);
  if (!found.contains("next")) return;
  std::printf(
      "%s\n",
      paint("there are more: --all, or --after " + cell(found, "next"), Colour::dim).c_str());
}

int get(const GetOptions& options) {
  const auto query = query_of(options);
  if (!query) return report({exit_code::usage, query.error()}, options.client);
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  if (const auto problem = after_problem(**client, *query)) {
    return report(*problem, options.client);
  }
  const auto found = items_for(**client, options, *query);
  if (!found) return report(found.error(), options.client);
  if (options.client.json || options.output == "json") {
    print_json(*found);
  } else if (options.output == "yaml") {
    std::fputs(campaign::to_yaml(*found).c_str(), stdout);
  } else if (options.output == "name") {
    for (const Value& item : (*found)["items"]) {
      std::printf("%s\n", name_of(query->what, item).c_str());
    }
  } else {
    print_table(*found, options);
  }
  return exit_code::ok;
}

CLI::App* add_list(CLI::App& get_command, Run& run, const std::shared_ptr<GetOptions>& options,
                   const char* what, const char* help) {
  auto* command = get_command.add_subcommand(what, help);
  options->query.what = what;
  auto* limit = command->add_option("--limit", options->query.limit,
                                    "items of a page; with --sort-by the first so many of all");
  limit->check(CLI::Range(1, core::limits::page_items))->capture_default_str();
  command->add_option("--after", options->query.after, "begin behind this item");
  command->add_flag("--all", options->all, "every page");
  command
      ->add_option("--sort-by", options->sort_by,
                   "a field as -o json names it, counts.done for one inside; of every page")
      ->type_name("FIELD");
  command->add_flag("--reverse", options->reverse, "with --sort-by: the greatest first");
  command->add_option("-o,--output", options->output, "how it is printed")
      ->check(CLI::IsMember({"table", "wide", "json", "yaml", "name"}))
      ->capture_default_str();
  add_client_options(*command, options->client);
  command->callback([&run, options, limit] {
    options->limited = limit->count() > 0;
    run = [options] {
      set_colours(options->client.no_color);
      return get(*options);
    };
  });
  return command;
}

void add_labels(CLI::App& command, GetOptions& options) {
  command.add_option("-l,--label", options.labels, "only with this label; may be repeated")
      ->type_name("NAME=VALUE")
      ->delimiter(',');
}

}  // namespace

void add_get(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "get", "list campaigns, activations, approvals, objects, sites, tasks, triggers or rejects");
  command->require_subcommand(1);
  auto versions = std::make_shared<GetOptions>();
  add_labels(*add_list(*command, run, versions, "campaigns", "campaign versions"), *versions);
  auto runs = std::make_shared<GetOptions>();
  auto* activations = add_list(*command, run, runs, "activations", "runs, the newest first");
  add_labels(*activations, *runs);
  activations->add_option("--campaign", runs->query.campaign, "only of this campaign");
  activations->add_option("--state", runs->query.state, "only in this state")
      ->check(CLI::IsMember(
          {"running", "stuck", "paused", "cancelling", "done", "failed", "cancelled"}));
  auto shelf = std::make_shared<GetOptions>();
  auto* objects = add_list(*command, run, shelf, "objects", "catalogs, solutions, instances, ...");
  objects->add_option("kind", shelf->query.kind, "only of this kind");
  add_labels(*objects, *shelf);
  objects->add_option("--namespace", shelf->query.name_space, "only of this namespace");
  auto planes = std::make_shared<GetOptions>();
  add_labels(*add_list(*command, run, planes, "sites", "planes below this one"), *planes);
  auto work = std::make_shared<GetOptions>();
  auto* tasks = add_list(*command, run, work, "tasks", "a run's work, a line per context");
  tasks->add_option("activation", work->query.activation, "the run's id")->required();
  tasks->add_option("--run", work->run, "only of this stage run");
  add_list(*command, run, std::make_shared<GetOptions>(), "approvals",
           "what waits for somebody's approval");
  auto heard = std::make_shared<GetOptions>();
  add_list(*command, run, heard, "triggers", "what messages start, and what waits to be started")
      ->add_option("--campaign", heard->query.campaign, "only of this campaign");
  add_list(*command, run, std::make_shared<GetOptions>(), "rejects",
           "what was refused, the newest first");
}

}  // namespace antiphon::cli
