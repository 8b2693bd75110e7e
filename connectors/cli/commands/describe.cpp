// SPDX-License-Identifier: MIT
// `antiphon describe`: one run from its trigger to where it stands: timeline, work per context,
// what it waits for.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"
#include "connectors/cli/waits.hpp"
#include "engine/core/limits.hpp"
#include "engine/runtime/clock.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct DescribeOptions {
  ClientOptions client;
  std::string activation;
};

/// A run may have very many sites: then those that are not done come first, and the rest is
/// counted.
constexpr std::size_t most_lines = 200;

core::Instant now() {
  return runtime::SystemClock().wall();
}

/// Until its end, or until now.
std::string took(const Value& from_to, const char* from, const char* to) {
  const auto begun = core::parse_rfc3339(cell(from_to, from));
  const auto ended = core::parse_rfc3339(cell(from_to, to));
  if (!begun) return "";
  if (ended) return elapsed(*ended - *begun);
  return now() < *begun ? "" : elapsed(now() - *begun) + " so far";
}

void print_fact(const char* name, const std::string& value) {
  if (!value.empty()) std::printf("%-10s %s\n", name, value.c_str());
}

void print_head(const Value& run) {
  print_fact("run", paint(cell(run, "id"), Colour::bold));
  print_fact("campaign", cell(run, "campaign") + ":" + cell(run, "version"));
  print_fact("state",
             state_cell(run) + " (" + cell(run, "status") + " " + cell(run, "statusMessage") + ")");
  print_fact("started", cell(run, "created") + " by " + cell(run, "author"));
  print_fact("ended", cell(run, "ended"));
  print_fact(cell(run, "state") == "paused" ? "paused" : "error", cell(run, "error"));
  if (const auto stuck = run.find("stuck"); stuck != run.end()) {
    print_fact("stuck", "in stage " + cell(run, "stage") + " since " + cell(*stuck, "since") +
                            ", which usually takes " + cell(*stuck, "usual"));
  }
  const std::string act = cell(run, "act");
  print_fact("next", cell(run, "nextStage") + (act.empty() ? "" : " (" + act + ")"));
  if (run.contains("trigger")) {
    print_fact("trigger",
               cell(run["trigger"], "topic") + " " + json_line(run["trigger"]["payload"]));
  }
  print_fact("inputs", json_line(run.value("inputs", Value::object())));
}

/// Who had a stage run opened, and what else there is to know of it.
std::string note_of(const Value& stage) {
  std::string text = cell(stage, "act");
  const auto add = [&text](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  };
  const std::string again = cell(stage, "againOf");
  if (!again.empty()) add("keeps what ended well in run " + again);
  const std::string stepped_by = cell(stage, "steppedBy");
  if (!stepped_by.empty()) add("step by " + stepped_by);
  add(cell(stage, "note"));
  return text;
}

void print_timeline(const Value& history) {
  Table table(
      {"RUN", "STAGE", "PROVIDER", "STATE", "DONE", "FAILED", "OPEN", "TOOK", "NEXT", "ERROR"});
  for (const Value& stage : history) {
    const Value counts = stage.value("counts", Value::object());
    const std::string handled = stage.value("handled", false) ? " (handled)" : "";
    table.add({cell(stage, "run"), cell(stage, "stage"), cell(stage, "provider"),
               state_cell(stage) + handled, cell(counts, "done"), cell(counts, "failed"),
               cell(counts, "open"),
               took(stage, stage.contains("begins") ? "begins" : "opened", "ended"),
               cell(stage, "nextStage"), cell(stage, "error")});
  }
  std::printf("\n%s", table.text().c_str());
  for (const Value& stage : history) {
    const std::string note = note_of(stage);
    if (note.empty()) continue;
    std::printf("note of run %s, stage %s: %s\n", cell(stage, "run").c_str(),
                cell(stage, "stage").c_str(), note.c_str());
  }
}

void print_more(std::size_t all, const std::string& command) {
  if (all <= most_lines) return;
  std::printf("and %zu more: %s\n", all - most_lines, command.c_str());
}

/// The work of the current, or last, stage run.
void print_tasks(const Value& run, Value tasks) {
  if (tasks.empty()) return;
  if (tasks.size() > most_lines) {
    std::stable_sort(tasks.begin(), tasks.end(), [](const Value& one, const Value& other) {
      return cell(one, "state") != "done" && cell(other, "state") == "done";
    });
  }
  Table table({"CONTEXT", "PROVIDER", "STATE", "TOOK", "OUTPUTS OR ERROR"});
  for (std::size_t i = 0; i < std::min(tasks.size(), most_lines); ++i) {
    const Value& task = tasks[i];
    const std::string error = cell(task, "error");
    table.add({context_cell(task), cell(task, "provider"), state_cell(task),
               took(task, "created", "settled"),
               error.empty() && task.contains("outputs") ? json_line(task["outputs"]) : error});
  }
  std::printf("\n%s", table.text().c_str());
  print_more(tasks.size(), "antiphon get tasks " + cell(run, "id") + " --run " + cell(run, "run"));
}

void print_waits(const RunFacts& facts) {
  const auto waits = waits_of(facts, now());
  if (waits.empty()) return;
  Table table({"WAITS", "FOR", "WOKEN BY"});
  for (std::size_t i = 0; i < std::min(waits.size(), most_lines); ++i) {
    table.add({waits[i].who, waits[i].why, waits[i].woken_by});
  }
  std::printf("\n%s", table.text().c_str());
  print_more(waits.size(), "antiphon get tasks " + cell(facts.run, "id"));
}

void print_run(const Value& run, const Value& history, const Value& tasks, const Value& sites) {
  print_head(run);
  print_timeline(history);
  print_tasks(run, tasks);
  print_waits({run, history.empty() ? Value() : history.back(), tasks, sites});
  if (run.contains("outputs")) {
    std::printf("\noutputs of stage %s\n", cell(run, "stage").c_str());
    print_json(run["outputs"]);
  }
}

int describe_object(Client& client, const DescribeOptions& options) {
  core::QueryRequest query;
  query.what = "objects";
  query.object = options.activation;
  const auto found = one_page(client, query);
  if (!found) return report(found.error(), options.client);
  if (options.client.json) {
    print_json(*found);
    return exit_code::ok;
  }
  const Value& item = (*found)["item"];
  print_fact("object", paint(cell(item, "kind") + "/" + cell(item, "name"), Colour::bold));
  print_fact("namespace", cell(item, "namespace"));
  print_fact("generation", cell(item, "generation"));
  print_fact("from", cell(item, "origin"));
  print_fact("state", cell(item, "state"));
  print_fact("updated", cell(item, "updated") + " by " + cell(item, "author"));
  std::printf("\ndocument\n");
  print_json(item.value("document", Value::object()));
  if (item.contains("objectStatus")) {
    std::printf("\nstatus of %s\n", cell(item, "statusAt").c_str());
    print_json(item["objectStatus"]);
  }
  return exit_code::ok;
}

int describe_run(Client& client, const DescribeOptions& options) {
  core::QueryRequest query;
  query.limit = core::limits::page_items;
  query.activation = options.activation;
  query.what = "activation";
  const auto head = one_page(client, query);
  if (!head) return report(head.error(), options.client);
  query.what = "history";
  const auto history = every_page(client, query);
  if (!history) return report(history.error(), options.client);
  query.what = "tasks";
  const Value& run = (*head)["item"];
  if (!options.client.json) query.run = run.value("run", 0);
  const auto tasks = every_page(client, query);
  if (!tasks) return report(tasks.error(), options.client);
  if (options.client.json) {
    print_json({{"item", run}, {"history", (*history)["items"]}, {"tasks", (*tasks)["items"]}});
    return exit_code::ok;
  }
  query.what = "sites";
  const auto sites = every_page(client, query);
  if (!sites) return report(sites.error(), options.client);
  print_run(run, (*history)["items"], (*tasks)["items"], (*sites)["items"]);
  return exit_code::ok;
}

int describe(const DescribeOptions& options) {
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  const bool is_object = options.activation.find('/') != std::string::npos;
  return is_object ? describe_object(**client, options) : describe_run(**client, options);
}

}  // namespace

void add_describe(CLI::App& app, Run& run) {
  auto options = std::make_shared<DescribeOptions>();
  auto* command = app.add_subcommand(
      "describe", "one run: its timeline, its sites, what it waits for; or one object");
  command->add_option("activation", options->activation, "the run's id, or <kind>/<name>")
      ->required();
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return describe(*options);
    };
  });
}

}  // namespace antiphon::cli
