// SPDX-License-Identifier: MIT
#include "tests/sim/mutants.hpp"

namespace antiphon {
namespace {

core::Planted planted_now = core::Planted::none;

/// More messages than commands may be in flight to a site, in one seed of four.
void flood(sim::Swarm& swarm) {
  if (swarm.seed % 4 == 0) swarm.triggers = 36;
}

}  // namespace

bool core::planted(Planted bug) {
  return bug == planted_now;
}

namespace sim {

void plant(core::Planted bug) {
  planted_now = bug;
}

const std::vector<Mutant>& mutants() {
  using core::Planted;
  static const std::vector<Mutant> all{
      {Planted::publish_before_commit, "publish-before-commit", "I1",
       "effects leave before the commit of what caused them"},
      {Planted::acknowledge_before_commit, "acknowledge-before-commit", "I2",
       "a durable message is acknowledged before what became of it is committed"},
      {Planted::identity_forgotten, "identity-forgotten", "I2",
       "a redelivered message is applied again"},
      {Planted::act_dropped, "act-dropped", "I2", "an operator's act is answered and not done"},
      {Planted::apply_dropped, "apply-dropped", "I2", "a document is answered and not stored"},
      {Planted::aggregate_loses_context, "aggregate-loses-context", "I3",
       "a stage's outputs are those of its first context"},
      {Planted::reply_counted_twice, "reply-counted-twice", "I3",
       "a repeated reply moves its task to the other counter"},
      {Planted::other_stage_opened, "other-stage-opened", "I4",
       "another stage opens than the selector chose"},
      {Planted::cancelled_settles_twice, "cancelled-settles-twice", "I5",
       "a cancelled task is settled again by a late reply"},
      {Planted::site_without_journal, "site-without-journal", "I6",
       "a site carries a repeated command out again"},
      {Planted::poll_state_lost, "poll-state-lost", "I6",
       "work that said \"not yet\" is asked again without what it said"},
      {Planted::anybody_answers, "anybody-answers", "I7", "a reply of any site settles the task"},
      {Planted::any_attempt_settles, "any-attempt-settles", "I7",
       "a failure of another attempt settles the task"},
      {Planted::parts_all_at_once, "parts-all-at-once", "I8",
       "more tasks of a context are begun at once than its stage allows"},
      {Planted::no_window, "no-window", "I8", "as many commands are in flight as there are", flood},
      {Planted::triggers_not_reloaded, "triggers-not-reloaded", "I9",
       "an applied campaign's triggers are not taken up"},
      {Planted::triggers_of_old_version, "triggers-of-old-version", "I9",
       "triggers go on starting the version before the one that was applied"},
      {Planted::due_before_commit, "due-before-commit", "I9",
       "what is due next is remembered before it is stored"},
      {Planted::hidden_state, "hidden-state", "I10", "what happens depends on what is not stored"},
      {Planted::no_repeats, "no-repeats", "L1", "a lost command is never sent again"},
      {Planted::late_after_restart, "late-after-restart", "L2",
       "a restarted plane sends what it owes only when its sites ask"},
      {Planted::objects_said_once, "objects-said-once", "objects",
       "objects are not said again when the connection is new"},
      {Planted::lane_not_freed, "lane-not-freed", "waits",
       "a run that has ended does not wake the one that waits for it"},
      {Planted::collected_lost, "collected-lost", "I2",
       "of messages that are collected only the last one is kept"},
      {Planted::secrets_told, "secrets-told", "I11", "what a script prints is stored as it came"},
  };
  return all;
}

core::Planted bug_of(std::string_view name) {
  for (const Mutant& mutant : mutants()) {
    if (mutant.name == name) return mutant.bug;
  }
  return core::Planted::none;
}

}  // namespace sim
}  // namespace antiphon
