// SPDX-License-Identifier: MIT
#include "tests/sim/marks.hpp"

namespace antiphon::sim {
namespace {

constexpr std::array<std::string_view, mark_count> texts{
    "a plane dies before a commit",
    "a plane dies after a commit, before its effects",
    "a plane dies between two messages of one batch",
    "a plane dies while it recovers",
    "a commit finds no room",
    "a restart finds work that runs",
    "a restart finds work that has finished",
    "a restart finds work that was interrupted",
    "a durable message is delivered again",
    "a message with a known identity comes",
    "a command that is known comes again",
    "interrupted idempotent work begins again",
    "work that said \"not yet\" is asked again",
    "a reply comes to a settled task",
    "a forged reply comes",
    "a stranger's command comes",
    "a task settles as uncertain",
    "a task is rejected",
    "a task times out",
    "a task is cancelled",
    "a run is done",
    "a run fails",
    "a run is cancelled",
    "a run is paused",
    "a site comes back without its journal",
    "the broker forgets a session",
    "the broker drops a message silently",
    "a batch holds many events",
    "a wall clock goes back",
    "a stage over several sites is done",
    "a loop is taken",
    "a task is done at a later attempt",
    "a task fails at a later attempt",
    "a script prints its secret",
    "a stage waits for its instant",
    "a stage with tasks is done",
    "a site has a catalog of a plane above it",
    "a run waits for the one before it",
    "a message waits for others",
    "an approval is decided",
    "an approval is decided by a vote",
    "a stage has heard its signals",
};

}  // namespace

std::string_view to_text(Mark mark) {
  return texts[static_cast<std::size_t>(mark)];
}

}  // namespace antiphon::sim
