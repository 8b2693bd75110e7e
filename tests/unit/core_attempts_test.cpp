// SPDX-License-Identifier: MIT
// How long a task waits for its next attempt.
#include "engine/core/attempts.hpp"

#include <doctest/doctest.h>

#include "engine/core/limits.hpp"

namespace antiphon::core {
namespace {

struct Bounds {
  Duration least{1'000'000};
  Duration most{};
};

/// Of many draws.
Bounds pauses_after(const Retry& retry, int failed) {
  Bounds bounds;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    Draws draws({i, i * 7});
    const Duration pause = pause_after(retry, failed, draws);
    bounds.least = std::min(bounds.least, pause);
    bounds.most = std::max(bounds.most, pause);
  }
  return bounds;
}

}  // namespace

TEST_CASE("core attempts: a given interval is the pause, each time") {
  for (const int failed : {1, 2, 100}) {
    const Bounds bounds = pauses_after({5, seconds(7)}, failed);
    CHECK(bounds.least == seconds(7));
    CHECK(bounds.most == seconds(7));
  }
}

TEST_CASE("core attempts: without one it grows by half, drawn from half to half as much again") {
  const struct {
    int failed;
    std::int64_t around_ms;
  } rows[] = {{1, 2'000},  {2, 3'000},  {3, 4'500},  {4, 6'750},
              {7, 22'780}, {8, 30'000}, {9, 30'000}, {limits::retries, 30'000}};
  for (const auto& [failed, around_ms] : rows) {
    CAPTURE(failed);
    const Bounds bounds = pauses_after({5, {}}, failed);
    CHECK(bounds.least.ms >= around_ms / 2);
    CHECK(bounds.least.ms < around_ms / 2 + around_ms / 50);
    CHECK(bounds.most.ms <= std::min<std::int64_t>(around_ms * 3 / 2, 30'000));
    CHECK(bounds.most.ms > std::min<std::int64_t>(around_ms * 3 / 2, 30'000) - around_ms / 50);
  }
}

TEST_CASE("core attempts: after a sleep past the deadline no further attempt begins") {
  Task task;
  task.deadline = Instant{100};
  task.wake_at = Instant{50};
  const struct {
    TaskState state;
    bool at_49, at_99, at_100;
  } rows[] = {{TaskState::waiting, false, true, false},
              {TaskState::started, false, true, true},
              {TaskState::cancelling, false, true, true}};
  for (const auto& [state, at_49, at_99, at_100] : rows) {
    task.state = state;
    CHECK(wakes(task, Instant{49}) == at_49);
    CHECK(wakes(task, Instant{99}) == at_99);
    CHECK(wakes(task, Instant{100}) == at_100);
  }
}

}  // namespace antiphon::core
