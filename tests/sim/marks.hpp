// SPDX-License-Identifier: MIT
// Rare things that have to happen now and then: a mark that no seed of a run hits means that the
// simulator no longer goes there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace antiphon::sim {

enum class Mark {
  crash_before_commit,
  crash_after_commit,
  crash_while_sending,
  crash_in_recovery,
  commit_without_room,
  restart_found_running_work,
  restart_found_finished_work,
  restart_found_lost_work,
  durable_redelivered,
  identity_repeated,
  command_repeated,
  work_again,
  work_polled,
  reply_after_settled,
  reply_forged,
  command_from_stranger,
  task_uncertain,
  task_rejected,
  task_timed_out,
  task_cancelled,
  run_done,
  run_failed,
  run_cancelled,
  run_paused,
  journal_lost,
  session_lost,
  message_dropped,
  batch_of_many,
  clock_went_back,
  fan_out_done,
  loop_taken,
  later_attempt_done,
  later_attempt_failed,
  secret_printed,
  stage_scheduled,
  parts_done,
  catalog_shared,
  run_in_line,
  message_gathered,
  approval_decided,
  approval_voted,
  signal_heard,
  count
};
constexpr auto mark_count = static_cast<std::size_t>(Mark::count);
std::string_view to_text(Mark mark);

struct Marks {
  std::array<std::uint64_t, mark_count> hits{};
  void hit(Mark mark) { ++hits[static_cast<std::size_t>(mark)]; }
  void add(const Marks& other) {
    for (std::size_t i = 0; i < mark_count; ++i) hits[i] += other.hits[i];
  }
};

}  // namespace antiphon::sim
