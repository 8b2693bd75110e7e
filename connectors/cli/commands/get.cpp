// SPDX-License-Identifier: MIT
// `antiphon get`: lists of what a plane knows.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"
#include "engine/core/json.hpp"
#include "engine/core/names.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct GetOptions {
  ClientOptions client;
  core::QueryRequest query;
  std::int64_t run = 0;
  bool all = false;
};

std::string labels_cell(const Value& item) {
  std::string text;
  const Value labels = item.value("labels", Value::object());
  for (const auto& [key, value] : labels.items()) {
    text += (text.empty() ? "" : ",") + key + "=" + core::plain_text(value);
  }
  return printable(text);
}

std::string joined(const Value& list) {
  std::string text;
  for (const Value& item : list) text += (text.empty() ? "" : ",") + core::plain_text(item);
  return printable(text);
}

Table table_of(const std::string& what) {
  if (what == "campaigns") return Table({"CAMPAIGN", "VERSION", "NAMESPACE", "STAGES", "APPLIED"});
  if (what == "activations")
    return Table({"ACTIVATION", "CAMPAIGN", "STATE", "STAGE", "RUN", "UPDATED", "ERROR"});
  if (what == "objects")
    return Table({"KIND", "NAME", "NAMESPACE", "GENERATION", "STATE", "FROM", "UPDATED"});
  if (what == "sites") return Table({"SITE", "STATE", "VERSION", "OFFERS", "LABELS", "LAST SEEN"});
  if (what == "tasks")
    return Table({"RUN", "CONTEXT", "PROVIDER", "STATE", "STATUS", "ATTEMPT", "ERROR"});
  return Table({"AT", "STATUS", "SENDER", "TOPIC", "REASON"});
}

std::vector<std::string> cells_of(const std::string& what, const Value& item) {
  if (what == "campaigns") {
    return {cell(item, "name"), cell(item, "version"), cell(item, "namespace"),
            joined(item.value("stages", Value::array())), cell(item, "applied")};
  }
  if (what == "activations") {
    return {cell(item, "id"),   cell(item, "campaign") + ":" + cell(item, "version"),
            state_cell(item),   cell(item, "stage"),
            cell(item, "run"),  cell(item, "updated"),
            cell(item, "error")};
  }
  if (what == "objects") {
    return {cell(item, "kind"),       cell(item, "name"),  cell(item, "namespace"),
            cell(item, "generation"), cell(item, "state"), cell(item, "origin"),
            cell(item, "updated")};
  }
  if (what == "sites") {
    const char* state = item.value("online", false) ? "online" : "offline";
    return {cell(item, "name"),    paint(state, colour_of(state)),
            cell(item, "version"), joined(item.value("offers", Value::array())),
            labels_cell(item),     cell(item, "lastSeen")};
  }
  if (what == "tasks") {
    return {cell(item, "run"),    context_cell(item),    cell(item, "provider"), state_cell(item),
            cell(item, "status"), cell(item, "attempt"), cell(item, "error")};
  }
  return {cell(item, "at"), cell(item, "status"), cell(item, "sender"), cell(item, "topic"),
          cell(item, "reason")};
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

int get(const GetOptions& options) {
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  if (const auto problem = after_problem(**client, options.query)) {
    return report(*problem, options.client);
  }
  core::QueryRequest query = options.query;
  if (options.run > 0) query.run = options.run;
  const auto found = options.all ? every_page(**client, query) : one_page(**client, query);
  if (!found) return report(found.error(), options.client);
  if (options.client.json) {
    print_json(*found);
    return exit_code::ok;
  }
  const Value& items = (*found)["items"];
  if (items.empty()) {
    std::printf("no %s\n", query.what.c_str());
    return exit_code::ok;
  }
  Table table = table_of(query.what);
  for (const Value& item : items) table.add(cells_of(query.what, item));
  std::fputs(table.text().c_str(), stdout);
  if (found->contains("next")) {
    std::printf(
        "%s\n",
        paint("there are more: --all, or --after " + cell(*found, "next"), Colour::dim).c_str());
  }
  return exit_code::ok;
}

CLI::App* add_list(CLI::App& get_command, Run& run, const std::shared_ptr<GetOptions>& options,
                   const char* what, const char* help) {
  auto* command = get_command.add_subcommand(what, help);
  options->query.what = what;
  command->add_option("--limit", options->query.limit, "items of a page")
      ->check(CLI::Range(1, 500));
  command->add_option("--after", options->query.after, "begin behind this item");
  command->add_flag("--all", options->all, "every page");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return get(*options);
    };
  });
  return command;
}

}  // namespace

void add_get(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("get", "list campaigns, activations, objects, sites, tasks or rejects");
  command->require_subcommand(1);
  add_list(*command, run, std::make_shared<GetOptions>(), "campaigns", "campaign versions");
  auto runs = std::make_shared<GetOptions>();
  auto* activations = add_list(*command, run, runs, "activations", "runs, the newest first");
  activations->add_option("--campaign", runs->query.campaign, "only of this campaign");
  activations->add_option("--state", runs->query.state, "only in this state")
      ->check(CLI::IsMember({"running", "paused", "cancelling", "done", "failed", "cancelled"}));
  auto shelf = std::make_shared<GetOptions>();
  auto* objects = add_list(*command, run, shelf, "objects", "catalogs, solutions, instances, ...");
  objects->add_option("kind", shelf->query.kind, "only of this kind");
  objects->add_option("--namespace", shelf->query.name_space, "only of this namespace");
  add_list(*command, run, std::make_shared<GetOptions>(), "sites", "planes below this one");
  auto work = std::make_shared<GetOptions>();
  auto* tasks = add_list(*command, run, work, "tasks", "a run's work, a line per context");
  tasks->add_option("activation", work->query.activation, "the run's id")->required();
  tasks->add_option("--run", work->run, "only of this stage run");
  add_list(*command, run, std::make_shared<GetOptions>(), "rejects",
           "what was refused, the newest first");
}

}  // namespace antiphon::cli
