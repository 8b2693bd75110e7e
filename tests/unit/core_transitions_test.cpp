// SPDX-License-Identifier: MIT
// The table of states and events is true: each cell that can happen is visited, comes to what is
// stated and to all of it; no other cell is ever met.
#include <doctest/doctest.h>

#include "engine/core/limits.hpp"
#include "engine/core/meeting.hpp"
#include "engine/core/transitions.hpp"
#include "engine/store/memory_store.hpp"
#include "tests/unit/transition_events.hpp"
#include "tests/unit/transition_situations.hpp"

namespace antiphon::test {
namespace {

using core::Cell;
using core::Entity;
using core::StateNumber;

// Under the sanitizers, which see much in every situation alike, only each fifth is visited.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t stride = 5;
#else
constexpr std::size_t stride = 1;
#endif

constexpr int more_than_a_chunk = core::limits::fan_out_chunk + 1;

/// Which states came after each cell, as bits.
using Seen = std::array<unsigned, core::cell_count>;

void see(Seen& seen, const Cell& cell, StateNumber after) {
  seen[core::number_of(cell)] |= 1U << after;
}

/// The rows of one kind: those that were met, and those that were made.
template <class Row, class Met>
void see_rows(Seen& seen, Entity entity, const core::Meeting& meeting,
              const std::vector<Row>& before, const std::vector<Row>& after, Met met) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Cell cell{entity, meeting.event, core::number_of(before[i].state)};
    if (met(before[i])) see(seen, cell, core::number_of(after[i].state));
  }
  for (std::size_t i = before.size(); i < after.size(); ++i) {
    see(seen, meeting.making(entity), core::number_of(after[i].state));
  }
  if (before.size() == after.size()) see(seen, meeting.making(entity), core::none_yet);
}

void see(Seen& seen, const Applied& applied) {
  const core::Meeting& meeting = applied.meeting;
  see(seen, meeting.cell(Entity::activation),
      applied.after ? core::number_of(applied.after->activation.state) : core::none_yet);
  const core::RunRecord before = applied.before.value_or(core::RunRecord{});
  const core::RunRecord after = applied.after.value_or(core::RunRecord{});
  see_rows(seen, Entity::stage_run, meeting, before.runs, after.runs,
           [&](const core::StageRun& run) { return run.run == meeting.run; });
  see_rows(seen, Entity::task, meeting, before.tasks, after.tasks, [&](const core::Task& task) {
    return meeting.ordinal < 0 || task.key.ordinal == meeting.ordinal;
  });
}

/// With tasks or contexts past the first chunk, for what is done chunk by chunk.
void add_wide(std::vector<Situation>& all, Situation it) {
  if (it.commanded || !it.turn || !it.alone() || !it.stage || it.place == Place::part) return;
  if (it.stage == core::StageRunState::opening && it.place == Place::pure) {
    it.left = more_than_a_chunk;
    all.push_back(it);
  } else if (it.stage == core::StageRunState::opening && it.task == core::TaskState::started &&
             it.place == Place::worker) {
    it.first = more_than_a_chunk;
    all.push_back(it);
  } else if (it.stage == core::StageRunState::open && it.task && !core::settled(*it.task)) {
    it.first = more_than_a_chunk;
    all.push_back(it);
  }
}

std::vector<Situation> every_situation() {
  std::vector<Situation> all = sound_situations();
  for (std::size_t i = 0, sound = all.size(); i < sound; ++i) add_wide(all, all[i]);
  return all;
}

/// What may follow, where the event may open a stage. The wide one costs most, and follows on what
/// is plain only.
std::vector<Next> next_after(const Situation& it, core::EventKind event) {
  const Cell making{Entity::stage_run, event, core::none_yet};
  const bool returns = event == core::EventKind::verb_retry ||
                       event == core::EventKind::verb_rewind || event == core::EventKind::verb_skip;
  const bool over = it.commanded || (it.run && core::ended(*it.run) && !returns);
  if (over || it.is_wide() || !it.alone() || core::stated(making).untouched) return {};
  std::vector<Next> all{Next::done, Next::failed, Next::broken,   Next::site,
                        Next::wait, Next::retry,  Next::scheduled};
  const bool plain =
      !it.stage || it.stage == core::StageRunState::scheduled ||
      ((it.task == core::TaskState::started || it.place == Place::ask) && !it.turn) ||
      (returns && it.place == Place::pure && !it.turn && !it.stepped);
  if (plain) all.push_back(Next::wide);
  return all;
}

std::string states_text(Entity entity, unsigned states) {
  std::string text;
  for (StateNumber state = 0; state < core::state_count(entity); ++state) {
    if ((states >> state & 1U) != 0) text += " " + std::string(core::state_text(entity, state));
  }
  return text.empty() ? " nothing" : text;
}

}  // namespace

TEST_CASE("core transitions: each event in each state has one rule") {
  for (std::size_t i = 0; i < core::cell_count; ++i) {
    const Cell cell = core::cell_of(i);
    REQUIRE(core::number_of(cell) == i);
    CHECK_MESSAGE(!core::stated(cell).why.empty(),
                  "no rule, or more than one: " << core::to_text(cell));
  }
  for (const Entity entity : core::entities) {
    const auto past = static_cast<StateNumber>(core::state_count(entity));
    CHECK_MESSAGE(core::state_text(entity, past).empty(), "the table ends before this state");
  }
}

TEST_CASE("core transitions: each cell that can happen is visited, and comes to what is stated") {
  const auto store = store::make_memory_store(plane(true).self, {});
  const std::vector<Happening> happenings = all_happenings();
  Seen seen{};
  int broken = 0;
  const auto visit = [&](const Happening& happening, const Situation& situation) {
    const Applied applied = apply(*store, happening, situation);
    see(seen, applied);
    for (const core::Violation& violation : applied.broken) {
      if (++broken > 20) break;
      FAIL_CHECK(to_text(situation), ": ", core::to_text(applied.meeting.event), ": ",
                 violation.rule, ": ", violation.text);
    }
    return applied.meeting.event;
  };
  const std::vector<Situation> situations = every_situation();
  for (std::size_t i = 0; i < situations.size(); i += stride) {
    Situation situation = situations[i];
    for (const Happening& happening : happenings) {
      if (!fits(happening, situation)) continue;
      situation.next = Next::nothing;
      for (const Next next : next_after(situation, visit(happening, situation))) {
        situation.next = next;
        visit(happening, situation);
      }
    }
  }
  CHECK(broken == 0);
  if (stride > 1) return;
  for (std::size_t i = 0; i < core::cell_count; ++i) {
    const Cell cell = core::cell_of(i);
    const unsigned said = core::stated(cell).after;
    CHECK_MESSAGE(seen[i] == said, core::to_text(cell)
                                       << ": stated" << states_text(cell.entity, said) << "; seen"
                                       << states_text(cell.entity, seen[i]));
  }
}

TEST_CASE("core transitions: what an event may not have done is found") {
  const auto store = store::make_memory_store(plane(true).self, {});
  const auto rows = store->begin();
  core::Slice slice(*rows, plane(true), {made_at, {1, 2}});
  Situation situation;
  situation.run = core::ActivationState::running;
  situation.stage = core::StageRunState::open;
  situation.task = core::TaskState::started;
  const core::RunRecord before = *record_of(situation);
  slice.activation = before.activation;
  slice.run = before.runs.front();
  slice.task = before.tasks.front();

  core::TransitionCheck check;
  check.applying(slice, core::VerbRequested{core::Verb::pause, "ann", {}});
  const auto found = [&] { return check.applied(slice).value_or(core::Violation{}).text; };
  CHECK(found() == "activation: verb pause in state running came to running");
  slice.activation->state = core::ActivationState::paused;
  CHECK(found().empty());
  slice.run->state = core::StageRunState::cancelled;
  CHECK(found() == "stage run: verb pause in state open came to cancelled");
  slice.run->state = core::StageRunState::open;
  slice.task->state = core::TaskState::cancelling;
  CHECK(found() == "task: verb pause in state started came to cancelling");
  slice.run->run = 2;
  CHECK(found() == "stage run: verb pause in state none yet came to open");
  slice.run.reset();
  slice.task.reset();
  CHECK(found() ==
        "stage run: verb pause in state open may not end it, and another one was opened");

  core::RunRecord after = before;
  after.activation.state = core::ActivationState::paused;
  CHECK(check_transitions(check.meeting(), before, after).empty());
  after.tasks.front().sends += 1;
  REQUIRE(check_transitions(check.meeting(), before, after).size() == 1);
  CHECK(check_transitions(check.meeting(), before, after).front().text ==
        "run a1, stage run 1, task 0 (c0): verb pause in state started may not make it like "
        "this, in state started");
}

}  // namespace antiphon::test
