// SPDX-License-Identifier: MIT
// What `antiphon describe` says of why a run goes no further and what would wake it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "connectors/cli/waits.hpp"

using namespace antiphon;
using Json = nlohmann::json;

namespace {

const core::Instant now = core::parse_rfc3339("2026-01-31T12:00:00Z").value();

std::string text_of(const std::vector<cli::Wait>& waits) {
  std::string text;
  for (const cli::Wait& wait : waits) {
    text += wait.who + " | " + wait.why + " | " + wait.woken_by + "\n";
  }
  return text;
}

/// Of a task in a running run.
std::string wait_of(Json task) {
  task["context"] = "tokyo";
  const Json sites = Json::array(
      {{{"name", "tokyo"}, {"online", true}},
       {{"name", "paris"}, {"online", false}, {"lastSeen", "2026-01-31T11:57:00.000Z"}}});
  const Json run{{"id", "r1"}, {"state", "running"}};
  return text_of(cli::waits_of({run, Json(), Json::array({task}), sites}, now));
}

}  // namespace

TEST_CASE("waits: each state of open work says why, and what would wake it") {
  CHECK(
      wait_of({{"state", "owed"}, {"site", "tokyo"}}) ==
      "tokyo | site tokyo has not said that it has the work | its answer; it is asked again until "
      "then\n");
  CHECK(wait_of({{"state", "owed"}, {"site", "paris"}, {"deadline", "D"}}) ==
        "tokyo | site paris is offline for 3.0 min | its return: it then gets the work; at the "
        "latest its deadline, D\n");
  CHECK(wait_of({{"state", "owed"}, {"site", "rome"}}) ==
        "tokyo | site rome was never heard of | its first word; is its name right?\n");
  CHECK(wait_of({{"state", "owed"}}) == "tokyo | its turn here | the end of other work\n");
  CHECK(wait_of({{"state", "accepted"}, {"site", "tokyo"}}) ==
        "tokyo | the site has the work and has not begun | its reply\n");
  CHECK(wait_of({{"state", "started"}, {"site", "tokyo"}, {"created", "2026-01-31T11:59:58Z"}}) ==
        "tokyo | the work goes on for 2.0 s | the site's reply\n");
  CHECK(wait_of({{"state", "started"}, {"provider", "delay"}, {"due", "T"}}) ==
        "tokyo | a delay | the time: T\n");
  CHECK(wait_of({{"state", "waiting"}, {"attempt", 2}, {"error", "no route"}, {"due", "T"}}) ==
        "tokyo | attempt 2 failed: no route | the next attempt at T\n");
  CHECK(wait_of({{"state", "waiting"}, {"waitsFor", "catalog a"}, {"due", "T"}}) ==
        "tokyo | catalog a | the next look at T\n");
  CHECK(wait_of({{"state", "cancelling"}}) == "tokyo | it is being stopped | its end\n");
  CHECK(wait_of({{"state", "done"}, {"settled", "T"}}).empty());
}

TEST_CASE("waits: a run that is paused, cancelled or scheduled says so, one that is over nothing") {
  const Json none = Json::array();
  const Json scheduled{{"stage", "s"}, {"state", "scheduled"}, {"begins", "T"}};
  const auto waits = [&](const Json& run, const Json& visit) {
    return text_of(cli::waits_of({run, visit, none, none}, now));
  };
  CHECK(waits({{"id", "r1"}, {"state", "paused"}, {"error", "pause by ann: lunch"}}, Json()) ==
        "run | pause by ann: lunch | antiphon resume r1\n");
  CHECK(waits({{"id", "r1"}, {"state", "paused"}}, Json()) ==
        "run | it is paused | antiphon resume r1\n");
  CHECK(waits({{"id", "r1"}, {"state", "cancelling"}}, Json()) ==
        "run | it is being cancelled | the ends of its work\n");
  CHECK(waits({{"id", "r1"}, {"state", "running"}}, scheduled) ==
        "s | its schedule | the time: T\n");
  CHECK(waits({{"id", "r1"}, {"state", "done"}, {"ended", "T"}}, scheduled).empty());
}
