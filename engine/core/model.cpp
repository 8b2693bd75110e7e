// SPDX-License-Identifier: MIT
#include "engine/core/model.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon::core {
namespace {

template <class State, std::size_t N>
using Words = std::array<std::pair<State, std::string_view>, N>;

constexpr Words<ActivationState, 6> activation_words{{
    {ActivationState::running, "running"},
    {ActivationState::paused, "paused"},
    {ActivationState::cancelling, "cancelling"},
    {ActivationState::done, "done"},
    {ActivationState::failed, "failed"},
    {ActivationState::cancelled, "cancelled"},
}};

constexpr Words<StageRunState, 6> stage_run_words{{
    {StageRunState::scheduled, "scheduled"},
    {StageRunState::opening, "opening"},
    {StageRunState::open, "open"},
    {StageRunState::done, "done"},
    {StageRunState::failed, "failed"},
    {StageRunState::cancelled, "cancelled"},
}};

constexpr Words<TaskState, 10> task_words{{
    {TaskState::owed, "owed"},
    {TaskState::accepted, "accepted"},
    {TaskState::started, "started"},
    {TaskState::waiting, "waiting"},
    {TaskState::cancelling, "cancelling"},
    {TaskState::done, "done"},
    {TaskState::failed, "failed"},
    {TaskState::rejected, "rejected"},
    {TaskState::cancelled, "cancelled"},
    {TaskState::uncertain, "uncertain"},
}};

template <class State, std::size_t N>
std::string_view word_of(const Words<State, N>& words, State state) {
  for (const auto& [value, word] : words) {
    if (value == state) return word;
  }
  return {};
}

template <class State, std::size_t N>
std::optional<State> state_of(const Words<State, N>& words, std::string_view text) {
  for (const auto& [value, word] : words) {
    if (word == text) return value;
  }
  return std::nullopt;
}

}  // namespace

bool ended(ActivationState state) {
  return state == ActivationState::done || state == ActivationState::failed ||
         state == ActivationState::cancelled;
}

bool settled(TaskState state) {
  return state != TaskState::owed && state != TaskState::accepted && state != TaskState::started &&
         state != TaskState::waiting && state != TaskState::cancelling;
}

bool ended(StageRunState state) {
  return state != StageRunState::scheduled && state != StageRunState::opening &&
         state != StageRunState::open;
}

std::string_view to_text(ActivationState state) {
  return word_of(activation_words, state);
}
std::string_view to_text(StageRunState state) {
  return word_of(stage_run_words, state);
}
std::string_view to_text(TaskState state) {
  return word_of(task_words, state);
}

std::optional<ActivationState> activation_state(std::string_view text) {
  return state_of(activation_words, text);
}
std::optional<StageRunState> stage_run_state(std::string_view text) {
  return state_of(stage_run_words, text);
}
std::optional<TaskState> task_state(std::string_view text) {
  return state_of(task_words, text);
}

WorkLog tail_of(const WorkLog& log, std::size_t most) {
  WorkLog tail = log;
  for (std::string* text : {&tail.out, &tail.err}) {
    if (text->size() <= most) continue;
    std::size_t first = text->size() - most;
    // Not within a character.
    while (first < text->size() && (static_cast<unsigned char>((*text)[first]) & 0xC0U) == 0x80U) {
      ++first;
    }
    text->erase(0, first);
    tail.note = "only the end was kept";
  }
  return tail;
}

Instant ends_at(const Task& task) {
  return task.work_until ? std::min(*task.work_until, task.deadline) : task.deadline;
}

std::optional<Instant> due_at(const Task& task) {
  if (settled(task.state)) return std::nullopt;
  const bool deadline_counts = task.state != TaskState::cancelling || !task.wake_at;
  Instant due = deadline_counts ? ends_at(task) : *task.wake_at;
  if (task.wake_at) due = std::min(due, *task.wake_at);
  if (task.next_send) due = std::min(due, *task.next_send);
  return due;
}

bool wakes(const Task& task, Instant now) {
  if (!task.wake_at || now < *task.wake_at) return false;
  if (task.state == TaskState::cancelling) return true;
  return task.state == TaskState::waiting ? now < ends_at(task) : *task.wake_at <= ends_at(task);
}

std::string to_text(const TriggerRow& trigger) {
  return trigger.name_space.text() + "/" + trigger.campaign.text() + "/" + trigger.name;
}

}  // namespace antiphon::core
