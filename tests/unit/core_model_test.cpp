// SPDX-License-Identifier: MIT
// The words of states, and when a task wants to be looked at.
#include "engine/core/model.hpp"

#include <doctest/doctest.h>

#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

TEST_CASE("core model: every activation state has a word and says whether it ended") {
  const struct {
    ActivationState state;
    std::string_view word;
    bool is_end;
  } rows[] = {
      {ActivationState::running, "running", false},
      {ActivationState::paused, "paused", false},
      {ActivationState::cancelling, "cancelling", false},
      {ActivationState::done, "done", true},
      {ActivationState::failed, "failed", true},
      {ActivationState::cancelled, "cancelled", true},
  };
  for (const auto& [state, word, is_end] : rows) {
    CAPTURE(word);
    CHECK(to_text(state) == word);
    CHECK(activation_state(word) == state);
    CHECK(ended(state) == is_end);
  }
}

TEST_CASE("core model: every stage run state has a word and says whether it ended") {
  const struct {
    StageRunState state;
    std::string_view word;
    bool is_end;
  } rows[] = {
      {StageRunState::opening, "opening", false},    {StageRunState::open, "open", false},
      {StageRunState::done, "done", true},           {StageRunState::failed, "failed", true},
      {StageRunState::cancelled, "cancelled", true},
  };
  for (const auto& [state, word, is_end] : rows) {
    CAPTURE(word);
    CHECK(to_text(state) == word);
    CHECK(stage_run_state(word) == state);
    CHECK(ended(state) == is_end);
  }
}

TEST_CASE("core model: every task state has a word and says whether it is settled") {
  const struct {
    TaskState state;
    std::string_view word;
    bool is_settled;
  } rows[] = {
      {TaskState::owed, "owed", false},          {TaskState::accepted, "accepted", false},
      {TaskState::started, "started", false},    {TaskState::cancelling, "cancelling", false},
      {TaskState::done, "done", true},           {TaskState::failed, "failed", true},
      {TaskState::rejected, "rejected", true},   {TaskState::cancelled, "cancelled", true},
      {TaskState::uncertain, "uncertain", true},
  };
  for (const auto& [state, word, is_settled] : rows) {
    CAPTURE(word);
    CHECK(to_text(state) == word);
    CHECK(task_state(word) == state);
    CHECK(settled(state) == is_settled);
  }
}

TEST_CASE("core model: a word that is no state is none") {
  for (const std::string_view word : {"", "Running", "run", "running ", "succeeded"}) {
    CAPTURE(word);
    CHECK(!activation_state(word));
    CHECK(!stage_run_state(word));
    CHECK(!task_state(word));
  }
}

TEST_CASE("core model: a task is due at the least of its instants until it is settled") {
  const std::optional<Instant> none;
  const struct {
    std::string_view about;
    TaskState state;
    std::optional<Instant> next_send;
    std::optional<Instant> wake_at;
    std::optional<Instant> due;
  } rows[] = {
      {"only a deadline", TaskState::owed, none, none, Instant{100}},
      {"sent again before", TaskState::owed, Instant{50}, none, Instant{50}},
      {"sent again after", TaskState::accepted, Instant{150}, none, Instant{100}},
      {"woken before", TaskState::started, none, Instant{70}, Instant{70}},
      {"woken after", TaskState::started, none, Instant{170}, Instant{100}},
      {"sent before woken", TaskState::started, Instant{60}, Instant{70}, Instant{60}},
      {"woken before sent", TaskState::started, Instant{80}, Instant{70}, Instant{70}},
      {"cancelling without grace", TaskState::cancelling, none, none, Instant{100}},
      {"grace past the deadline", TaskState::cancelling, none, Instant{170}, Instant{170}},
      {"grace before it", TaskState::cancelling, none, Instant{70}, Instant{70}},
      {"cancel sent again", TaskState::cancelling, Instant{120}, Instant{170}, Instant{120}},
      {"done", TaskState::done, Instant{50}, Instant{60}, none},
      {"failed", TaskState::failed, Instant{50}, none, none},
      {"rejected", TaskState::rejected, none, none, none},
      {"cancelled", TaskState::cancelled, none, Instant{60}, none},
      {"uncertain", TaskState::uncertain, none, none, none},
  };
  for (const auto& row : rows) {
    CAPTURE(row.about);
    Task task;
    task.state = row.state;
    task.deadline = {100};
    task.next_send = row.next_send;
    task.wake_at = row.wake_at;
    CHECK(due_at(task) == row.due);
  }
}

TEST_CASE("core model: task keys are ordered by activation and run and ordinal") {
  const auto a = ActivationId::parse("a").value();
  const auto b = ActivationId::parse("b").value();
  const TaskKey ordered[] = {{a, 1, 1}, {a, 1, 2}, {a, 2, 0}, {b, 1, 0}};
  for (std::size_t i = 1; i < std::size(ordered); ++i) CHECK(ordered[i - 1] < ordered[i]);
}

TEST_CASE("core status: numbers have their texts and only some are success") {
  const struct {
    int number;
    std::string_view text;
    bool success;
  } rows[] = {
      {0, "None", false},
      {200, "OK", true},
      {201, "Created", true},
      {202, "Accepted", true},
      {204, "No Content", true},
      {400, "Bad Request", false},
      {403, "Forbidden", false},
      {409, "Conflict", false},
      {413, "Too Large", false},
      {500, "Internal Error", false},
      {3030, "API Redirect", false},
      {4000, "File Access Error", false},
      {5001, "De-serialization Error", false},
      {6000, "Delete Requested", false},
      {8003, "Validate Failed", false},
      {8005, "Deleted", false},
      {9994, "Running", false},
      {9996, "Done", true},
      {9999, "Not Implemented", false},
      {10000, "Init Failed", false},
      {10027, "Mqtt Publish Failed", false},
      {10029, "Mqtt Apply Timeout", false},
      {10038, "Wait To Get Instances Failed", false},
      {10040, "Wait To Get Catalogs Failed", false},
      {10052, "Parent Object Create Failed", false},
      {10058, "Unsupported Action", false},
      {11004, "Timed Out", false},
      {20001, "Cancelled", false},
      {20002, "Uncertain", false},
      {203, "Unknown State: 203", false},
      {-1, "Unknown State: -1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.number);
    CHECK(status::text(row.number) == row.text);
    CHECK(status::is_success(row.number) == row.success);
  }
}

}  // namespace
}  // namespace antiphon::core
