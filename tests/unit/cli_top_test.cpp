// SPDX-License-Identifier: MIT
// The frames that `antiphon top` draws.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "connectors/cli/top/board.hpp"

using namespace antiphon;
using Json = nlohmann::json;

namespace {

const core::Instant noon = core::parse_rfc3339("2026-01-31T12:00:00Z").value();

Json run_of(const std::string& id, const std::string& state) {
  return {{"id", id},       {"campaign", "c"}, {"version", "v1"},
          {"state", state}, {"stage", "s"},    {"updated", "2026-01-31T11:59:58Z"}};
}

core::LifeCycle event_of(const std::string& type) {
  core::LifeCycle event;
  event.type = type;
  return event;
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("top: a frame has the counts, what is stuck or paused first, and offline sites first") {
  cli::top::Board board("hq", false);
  cli::top::Known known;
  Json stuck = run_of("r3", "running");
  stuck["stuck"] = {{"usual", "1s"}};
  Json paused = run_of("r2", "paused");
  paused["error"] = "lunch";
  known.runs = {run_of("r1", "running"), paused, stuck};
  known.sites = {{{"name", "paris"}, {"online", true}, {"version", "1"}, {"lastSeen", "T"}},
                 {{"name", "tokyo"}, {"online", false}, {"version", "1"}, {"lastSeen", "T"}}};
  board.know(known);
  CHECK(board.frame(noon, 40) ==
        "antiphon top  hq  12:00:00Z\n"
        "runs   2 running, 1 paused, 0 cancelling, 1 stuck\n"
        "sites  1 of 2 online\n"
        "\n"
        "ACTIVATION  CAMPAIGN  STATE    STAGE  FOR    WHY\n"
        "r3          c:v1      stuck    s      2.0 s\n"
        "r2          c:v1      paused   s      2.0 s  lunch\n"
        "r1          c:v1      running  s      2.0 s\n"
        "\n"
        "SITE   STATE    VERSION  LAST SEEN\n"
        "tokyo  offline  1        T\n"
        "paris  online   1        T\n");
}

TEST_CASE("top: of more than the terminal has room for the rest is counted") {
  cli::top::Board board("hq", true);
  cli::top::Known known;
  for (int i = 0; i < 100; ++i) {
    known.runs.push_back(run_of("r" + std::to_string(i), "running"));
    known.sites.push_back({{"name", "s" + std::to_string(i)}, {"online", true}});
  }
  known.more_runs = true;
  board.know(known);
  for (const std::size_t lines : {std::size_t{24}, std::size_t{50}}) {
    CHECK(lines_in(board.frame(noon, lines)) <= lines);
  }
  CHECK(board.frame(noon, 24).find("or more others\n") != std::string::npos);
  CHECK(board.frame(noon, 24).find("100 running or more") != std::string::npos);
  CHECK(lines_in(board.frame(noon, 0)) <= 12);
}

TEST_CASE("top: what was heard counts for a minute") {
  cli::top::Board board("hq", true);
  board.heard(event_of("activation.started"), noon);
  board.heard(event_of("task.settled"), noon + core::seconds(30));
  board.heard(event_of("task.settled"), noon + core::seconds(31));
  CHECK(board.frame(noon + core::seconds(60), 24)
            .find("minute 1 runs begun, 0 ended, 2 tasks settled\n") != std::string::npos);
  CHECK(board.frame(noon + core::seconds(91), 24)
            .find("minute 0 runs begun, 0 ended, 1 tasks settled\n") != std::string::npos);
  CHECK(board.frame(noon, 24).find("no open runs\n\nno sites\n") != std::string::npos);
}
