// SPDX-License-Identifier: MIT
#include "connectors/cli/waits.hpp"

#include "connectors/cli/output.hpp"
#include "engine/core/value.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

std::string for_how_long(const Value& item, const char* since, core::Instant now) {
  const auto begun = core::parse_rfc3339(cell(item, since));
  return begun && now > *begun ? " for " + elapsed(now - *begun) : "";
}

const Value* site_named(const Value& sites, const std::string& name) {
  for (const Value& site : sites) {
    if (cell(site, "name") == name) return &site;
  }
  return nullptr;
}

/// Nobody has said that the work was taken.
Wait owed(const Value& task, const Value& sites, core::Instant now) {
  const std::string name = cell(task, "site");
  if (name.empty()) return {"", "its turn here", "the end of other work"};
  const Value* site = site_named(sites, name);
  if (site == nullptr) {
    return {"", "site " + name + " was never heard of", "its first word; is its name right?"};
  }
  if (!site->value("online", false)) {
    return {"", "site " + name + " is offline" + for_how_long(*site, "lastSeen", now),
            "its return: it then gets the work"};
  }
  return {"", "site " + name + " has not said that it has the work",
          "its answer; it is asked again until then"};
}

Wait of_open_task(const Value& task, const Value& sites, const std::string& run,
                  core::Instant now) {
  const std::string state = cell(task, "state");
  const std::string due = cell(task, "due");
  const std::string error = cell(task, "error");
  if (cell(task, "provider") == "approval" && task.contains("waitsFor")) {
    return {"", cell(task, "waitsFor"), "antiphon approve or reject " + run};
  }
  if (cell(task, "provider") == "event" && task.contains("waitsFor")) {
    return {"", cell(task, "waitsFor"), "antiphon signal " + run};
  }
  if (task.contains("waitsFor")) {
    return {"", cell(task, "waitsFor"), due.empty() ? "the next look" : "the next look at " + due};
  }
  if (state == "waiting") {
    const std::string failed = "attempt " + cell(task, "attempt") + " failed";
    return {"", failed + (error.empty() ? "" : ": " + error), "the next attempt at " + due};
  }
  if (state == "owed") return owed(task, sites, now);
  if (state == "cancelling") return {"", "it is being stopped", "its end"};
  if (state == "accepted") return {"", "the site has the work and has not begun", "its reply"};
  if (cell(task, "provider") == "delay") return {"", "a delay", "the time: " + due};
  return {"", "the work goes on" + for_how_long(task, "created", now),
          task.contains("site") ? "the site's reply" : "its end"};
}

Wait of_task(const Value& task, const Value& sites, const std::string& run, core::Instant now) {
  Wait wait = of_open_task(task, sites, run, now);
  wait.who = context_cell(task);
  const std::string deadline = cell(task, "deadline");
  if (!deadline.empty()) wait.woken_by += "; at the latest its deadline, " + deadline;
  return wait;
}

}  // namespace

std::vector<Wait> waits_of(const RunFacts& facts, core::Instant now) {
  std::vector<Wait> waits;
  const Value& run = facts.run;
  if (run.contains("ended")) return waits;
  const std::string state = cell(run, "state");
  if (run.contains("proposal")) {
    waits.push_back({"run", "it waits for a step, to stage " + cell(run, "proposal"),
                     "antiphon step " + cell(run, "id")});
  } else if (state == "paused") {
    const std::string why = cell(run, "error");
    waits.push_back(
        {"run", why.empty() ? "it is paused" : why, "antiphon resume " + cell(run, "id")});
  }
  if (state == "cancelling")
    waits.push_back({"run", "it is being cancelled", "the ends of its work"});
  if (facts.visit.is_object() && cell(facts.visit, "state") == "scheduled") {
    waits.push_back(
        {cell(facts.visit, "stage"), "its schedule", "the time: " + cell(facts.visit, "begins")});
  }
  for (const Value& task : facts.tasks) {
    if (task.contains("settled")) continue;
    waits.push_back(of_task(task, facts.sites, cell(run, "id"), now));
  }
  return waits;
}

}  // namespace antiphon::cli
