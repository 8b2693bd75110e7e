// SPDX-License-Identifier: MIT
// The table: which event, in which states, what comes after, why. A state after `stays |` may come
// or not. In `none_yet`, what is after is what the event makes; only an event that asks for work
// meets no activation.
#include "engine/core/transition_rules.hpp"

namespace antiphon::core {
namespace transition_rules {
namespace {

using enum EventKind;

constexpr Events requests = activate | activate_unknown_stage;
constexpr Events commands = command_of_stranger | command_after_cancel | command_again |
                            command_unfit | command_expired | command;
constexpr Events cancels = cancel_of_stranger | cancel_of_older | cancel | cancel_of_newer;
constexpr Events refused_replies = reply_of_stranger | reply_of_other_attempt;
constexpr Events news = reply_accepted | reply_started | reply_progress;
constexpr Events done_replies = reply_done | reply_done_of_other;
constexpr Events bad_ends = reply_failed | reply_rejected | reply_cancelled;
constexpr Events replies = refused_replies | news | done_replies | bad_ends;
constexpr Events own_work =
    work_started | work_finished | work_not_yet | work_uncertain | work_uncertain_idempotent;
constexpr Events ends_of_work = own_work - work_started;
constexpr Events work = own_work | work_of_site | work_of_other_attempt;
constexpr Events idle_work = work_of_site | work_of_other_attempt | work_started;
constexpr Events dues_of_tasks = due_send_again | due_wake | due_deadline;
constexpr Events dues = dues_of_tasks | due_early | due_turn;
constexpr Events ending_verbs = verb_cancel | verb_terminate;
constexpr Events returning_verbs = verb_retry | verb_rewind | verb_skip;
constexpr Events verbs = ending_verbs | returning_verbs | verb_on_commanded | verb_pause |
                         verb_resume | verb_step | verb_set;
constexpr Events losses = journal_lost | journal_lost_idempotent;
constexpr Events every_event =
    requests | commands | cancels | replies | work | dues | verbs | vote | signal | losses;

/// What may settle the last task of a stage run, so that the next one opens; or begin a run.
constexpr Events movers = done_replies | bad_ends | work_finished | work_not_yet | work_uncertain |
                          due_turn | due_wake | due_deadline | verb_resume | verb_step | vote |
                          returning_verbs | signal | journal_lost | activate;

template <class State>
constexpr States in(State state) {
  return state_bit(number_of(state));
}

constexpr States none = state_bit(none_yet);

namespace of_activation {

constexpr States running = in(ActivationState::running), paused = in(ActivationState::paused),
                 cancelling = in(ActivationState::cancelling), done = in(ActivationState::done),
                 failed = in(ActivationState::failed), cancelled = in(ActivationState::cancelled);
constexpr States ended = done | failed | cancelled;
constexpr States open = running | paused | cancelling;

constexpr Rule rules[]{
    {activate, none, running | paused | done | failed, "it begins, and goes on while it can"},
    {activate_unknown_stage, none, untouched, "400: nothing is begun"},
    {requests, open | ended, untouched, "the same request: its first answer again; another: 409"},

    {command, none, running | done | failed, "its work begins"},
    {cancel_of_newer, none, cancelled, "a tombstone, for the command that may come later"},
    {command_of_stranger | cancel_of_stranger, none, untouched, "403"},
    {command_unfit, none, untouched, "rejected, 403 or 409: nothing is begun"},
    {command_expired, none, untouched, "answered failed 11004: nothing is begun"},
    {command_after_cancel | command_again | cancel_of_older | cancel, none, never,
     "there is no attempt or tombstone to compare with"},
    {commands | cancels, paused | cancelling, never,
     "a commanded run is not paused, and its origin cancels the task"},
    {command_after_cancel, cancelled, untouched, "answered cancelled"},
    {command_after_cancel, running | done | failed, never, "a tombstone is cancelled"},
    {commands - command_after_cancel - command, running | ended, untouched, "answered, or refused"},
    {command, running | done, untouched, "answered: what runs or is done is the new attempt's too"},
    {command, failed | cancelled, running | done | failed, "the next attempt: it runs again"},
    {cancel | cancel_of_newer, running, stays | cancelled,
     "work is asked to stop; a wait ends at once"},
    {cancel_of_stranger | cancel_of_older, running, untouched, "403, or answered as it stands"},
    {cancels, ended, untouched, "answered as it ended"},

    {replies | work | dues | verbs | vote | signal | losses, none, never,
     "the shell has found the run first, or has answered itself"},
    {refused_replies | news | idle_work, open | ended, untouched, "concerns a task's row only"},
    {done_replies, running, stays | paused | done | failed,
     "the last task's end closes the stage; a stepped run waits for a step then"},
    {done_replies, paused, stays | done | failed, "the last task's end closes the stage"},
    {bad_ends | journal_lost | work_uncertain | due_deadline, running,
     stays | paused | done | failed,
     "fails, unless a stage handles the error: it goes on, or waits for a step"},
    {bad_ends | journal_lost, paused, stays | failed,
     "fails, unless a stage handles the error after resume"},
    {work_uncertain | work_not_yet | due_deadline, paused, stays | done | failed,
     "the same, unless the stage tolerates a task that fails"},
    {work_finished | work_not_yet | due_wake, running, stays | paused | done | failed | cancelled,
     "the last task's end closes the stage; a stepped run waits for a step then, a commanded one "
     "ends as its task"},
    {work_finished | due_wake, paused, stays | done | failed,
     "the last task's end closes the stage"},
    {work_uncertain_idempotent, running, stays | failed,
     "work begins again; cancelled by an origin, it has failed"},
    {work_uncertain_idempotent, paused, untouched, "the work begins again"},
    {journal_lost_idempotent, running | paused, untouched, "the work is owed again"},
    {done_replies | bad_ends | losses | ends_of_work | due_wake | due_deadline | due_turn,
     cancelling, stays | cancelled, "ends with its last open task"},
    {done_replies | bad_ends | losses | ends_of_work, ended, untouched, "its tasks have settled"},

    {due_early, open | ended, untouched, "nothing is due"},
    {due_send_again, open, untouched, "concerns a task's row only"},
    {due_turn, running, stays | paused | done | failed,
     "the next chunk of tasks, or of stages; a stepped run waits for a step"},
    {due_turn, paused, stays | done | failed, "the next chunk of tasks"},
    {dues - due_early, ended, never, "what has ended is not due, nor are its tasks"},

    {verb_cancel, running | paused, cancelling | cancelled, "ends at once when nothing is open"},
    {verb_terminate, running | paused, cancelling | cancelled,
     "ends at once, or as soon as the last chunk of its tasks was told"},
    {verb_terminate, cancelling, stays | cancelled, "the same; nothing more is waited for"},
    {verb_cancel, cancelling, untouched, "is so already"},
    {ending_verbs, cancelled, untouched, "is so already"},
    {verb_pause, running, paused, "what is open goes on; nothing new opens"},
    {verb_pause, paused, stays, "is so already; what waits for a step takes none any more"},
    {verb_resume, paused, stays | running | done | failed,
     "goes on with the stage that was chosen; a stepped run waits for a step"},
    {verb_step, paused, stays | running | done | failed,
     "opens a stage, or says who drives; 409 if an operator paused it"},
    {verb_step, running, stays, "says who drives; 409 while a stage is open"},
    {verb_step, cancelling, untouched, "409: it is being cancelled"},
    {verb_step, ended, untouched, "409: it has ended"},
    {verb_resume, running, untouched, "is so already"},
    {verb_retry, running | paused, untouched, "409: it has not failed"},
    {verb_retry, failed, stays | running | paused | done,
     "its last stage opens again, of a stepped run too"},
    {verb_retry, done | cancelled, untouched, "409: it has not failed"},
    {verb_rewind, running | paused, stays, "the stage is next; 409 while another one is open"},
    {verb_rewind, ended, stays | running | paused | done | failed,
     "goes on with the stage, or proposes it; 400 if there is no such stage"},
    {verb_skip, running | paused, stays | paused | done | failed,
     "the stage that was chosen counts as done; 409 while one is open"},
    {verb_skip, failed | cancelled, stays | running | paused | done | failed,
     "its last stage counts as done, and it goes on; 409 if none was begun"},
    {verb_skip, done, untouched, "409: it has ended"},
    {verb_set, running, untouched, "409: it is not paused"},
    {verb_set, paused, stays, "its inputs from the next stage on; 409 while a stage is open"},
    {verb_set, ended, untouched, "409: it has ended"},
    {verb_pause | verb_resume | verb_set | returning_verbs, cancelling, untouched,
     "409: it is being cancelled"},
    {ending_verbs, done | failed, untouched, "409: it has ended"},
    {verb_pause | verb_resume, ended, untouched, "409: it has ended"},
    {vote, running, stays | paused | done | failed,
     "the last vote closes the stage; a stepped run waits for a step then"},
    {vote, paused, stays | done | failed, "the last vote closes the stage"},
    {signal, running, stays | paused | done | failed,
     "the last task that waits for it closes the stage; one nobody waits for is kept"},
    {signal, paused, stays | done | failed, "the same"},
    {signal, cancelling | ended, untouched, "409: nothing waits for it, and nothing will"},
    {vote, cancelling, untouched, "409: it is being cancelled"},
    {vote, ended, untouched, "409: it comes too late; the same vote again is answered"},
    {verb_on_commanded, running | ended, untouched, "409: its origin decides"},
    {verb_on_commanded, paused | cancelling, never,
     "a commanded run is not paused, and its origin cancels the task"},
};

}  // namespace of_activation

namespace of_stage_run {

constexpr States scheduled = in(StageRunState::scheduled), opening = in(StageRunState::opening),
                 open = in(StageRunState::open), done = in(StageRunState::done),
                 failed = in(StageRunState::failed), cancelled = in(StageRunState::cancelled);
constexpr States ended = done | failed | cancelled;

constexpr Rule rules[]{
    {movers, none, stays | scheduled | opening | open | done | failed,
     "the next stages, while there are any"},
    {command, none, stays | open | done | failed, "one for each attempt that is carried out"},
    {every_event - movers - command, none, untouched, "opens nothing"},

    {commands | cancels | verb_on_commanded, scheduled, never, "an origin keeps its own schedules"},
    {replies | work | dues_of_tasks | losses, scheduled, never, "it has no tasks yet"},
    {requests | due_early, scheduled, untouched, "it waits for its instant"},
    {due_turn, scheduled, stays | opening | open | done | failed,
     "its instant has come; in a paused run it waits for the resume"},
    {verb_pause, scheduled, untouched, "it does not begin before the resume"},
    {verb_step, scheduled, untouched, "409: it is open"},
    {vote, scheduled, untouched, "409: nobody is asked yet"},
    {signal, scheduled, untouched, "is kept for it"},
    {verb_resume, scheduled, stays | opening | open | done | failed,
     "begins if its instant has passed"},
    {ending_verbs, scheduled, cancelled, "nothing of it has begun"},

    {command_after_cancel, opening | open | ended, never, "a tombstone has no stage run"},
    {(commands | cancels | verb_on_commanded) - command_after_cancel, opening, never,
     "a commanded run's stage is open at once"},
    {requests, opening | open, untouched, "the run is there already"},
    {(commands - command_after_cancel) | cancel_of_stranger | cancel_of_older, open, untouched,
     "concerns the task's row only"},
    {cancel | cancel_of_newer, open, stays | cancelled, "work is asked to stop; a wait ends"},

    {refused_replies | news | idle_work, opening | open, untouched, "concerns a task's row only"},
    {done_replies | bad_ends | work_finished | work_not_yet | work_uncertain | due_wake |
         due_deadline | journal_lost,
     opening, stays, "is counted; closes when all tasks are there"},
    {work_uncertain_idempotent | journal_lost_idempotent, opening, untouched,
     "the work begins again, or is owed again"},
    {done_replies | work_finished | due_wake, open, stays | done | failed | cancelled,
     "is counted; the last one closes it"},
    {work_not_yet | work_uncertain | due_deadline, open, stays | done | failed | cancelled,
     "is counted, unless the stage tolerates a task that fails; the last one closes it"},
    {bad_ends | work_uncertain_idempotent | journal_lost, open, stays | failed | cancelled,
     "is counted; the last one closes it"},
    {journal_lost_idempotent, open, stays | cancelled,
     "the work is owed again; what was being cancelled is uncertain"},

    {signal, opening, stays, "is heard by the tasks that are there, and kept for the others"},
    {signal, open, stays | done | failed, "the last task's end closes it"},
    {vote, opening, stays, "is counted; closes when all tasks are there"},
    {vote, open, stays | done | failed, "the last task's end closes it"},
    {due_early | due_send_again, opening | open, untouched, "concerns a task's row only"},
    {due_turn, opening, stays | open | done | failed, "the next chunk of tasks"},
    {due_turn, open, stays | cancelled, "a cancel's next chunk"},

    {ending_verbs, opening, open | cancelled, "the tasks that are there are all there will be"},
    {ending_verbs, open, stays | cancelled, "its tasks are asked to stop, a chunk at a time"},
    {verb_pause | verb_resume | verb_step, opening | open, untouched, "goes on"},
    {returning_verbs | verb_set, scheduled | opening | open, untouched, "409: it has not ended"},
    {verb_on_commanded, open, untouched, "409"},

    {dues_of_tasks, ended, never, "its tasks are not due"},
    {due_turn, cancelled, never, "it was cancelled with its run"},
    {due_turn, done | failed, untouched, "stays as it ended; the next stage opens"},
    {verb_step, done | failed, stays, "stays as it ended; the step's outputs are put over its own"},
    {verb_step, cancelled, untouched, "409: its run has ended"},
    {every_event - dues_of_tasks - due_turn - command_after_cancel - verb_step, ended, untouched,
     "what has ended stays as it ended"},
};

}  // namespace of_stage_run

namespace of_task {

constexpr States owed = in(TaskState::owed), accepted = in(TaskState::accepted),
                 started = in(TaskState::started), waiting = in(TaskState::waiting),
                 cancelling = in(TaskState::cancelling), done = in(TaskState::done),
                 failed = in(TaskState::failed), rejected = in(TaskState::rejected),
                 cancelled = in(TaskState::cancelled), uncertain = in(TaskState::uncertain);
constexpr States begun = accepted | started;
constexpr States unfinished = owed | begun;
constexpr States open = unfinished | waiting | cancelling;
constexpr States settled = done | failed | rejected | cancelled | uncertain;
/// Only a site's task is ever in one of these; a commanded run's task, and work, are never a
/// site's.
constexpr States at_site = accepted | rejected;
/// Those of a commanded run's task.
constexpr States commanded = (open | settled) - at_site;
constexpr States settled_here = settled - at_site;

constexpr Rule rules[]{
    {movers - verb_retry, none, stays | owed | started | waiting | done | failed,
     "those of the stages it opens"},
    {verb_retry, none, stays | owed | started | waiting | done | failed | cancelled | uncertain,
     "the same, and those of contexts that had ended well, as they were"},
    {command, none, stays | owed | started | waiting | done | failed, "one for each attempt"},
    {every_event - movers - command, none, untouched, "opens nothing"},
    {requests, open | settled, untouched, "the run is there already"},

    {commands | cancels | verb_on_commanded, at_site, never, "a commanded task is done here"},
    {command_after_cancel, commanded, never, "a tombstone has no task"},
    {command_of_stranger | cancel_of_stranger, commanded, untouched, "403"},
    {verb_on_commanded, commanded, untouched, "409"},
    {command_again | cancel_of_older, commanded, untouched, "answered as it stands"},
    {command | command_unfit | command_expired, (open - accepted) | done, stays,
     "answered: what runs or is done is the new attempt's too"},
    {command_unfit | command_expired, settled_here - done, untouched,
     "rejected, or answered failed 11004"},
    {command, settled_here - done, untouched, "stays as it ended; the new attempt is a task more"},
    {cancel | cancel_of_newer, owed | started, cancelling | cancelled,
     "work is asked to stop; a wait ends at once"},
    {cancel | cancel_of_newer, waiting, cancelled, "nobody works on it: it ends at once"},
    {cancel | cancel_of_newer, cancelling, stays | cancelled,
     "the work is asked again, if this program knows its provider"},
    {cancel, settled_here, untouched, "answered as it ended"},
    {cancel_of_newer, settled_here, stays,
     "its end is the newer attempt's too, whose command may come later"},

    {reply_of_stranger, open | settled, untouched, "403: only its own site answers for it"},
    {replies - reply_of_stranger, settled, untouched, "a repeat, or too late: it is counted once"},
    {reply_of_other_attempt, open, untouched, "409: of other attempts only `done` counts"},
    {reply_accepted, owed, accepted, "the site has it"},
    {reply_started | reply_progress, owed | accepted, started, "the site works on it"},
    {reply_accepted, begun, untouched, "is known"},
    {reply_started | reply_progress, started, untouched, "is known"},
    {news, cancelling, untouched, "only its end counts now"},
    {news | bad_ends, waiting, untouched, "of its attempts the last one has ended"},
    {done_replies, open, done | failed,
     "settled, also if it crossed a cancel; its output `status` can fail it"},
    {reply_failed, unfinished, waiting | failed | uncertain,
     "settled, or there is an attempt left; 20002 is uncertain"},
    {reply_failed, cancelling, failed | uncertain, "settled; 20002 is uncertain"},
    {reply_rejected, open - waiting, rejected, "settled"},
    {reply_cancelled, open - waiting, cancelled, "settled"},

    {work_of_site, open | settled, untouched, "403: it is not this plane's work"},
    {own_work | work_of_other_attempt, at_site, never, "a site's task is not this plane's work"},
    {own_work, settled_here | waiting, untouched, "the work is stopped, or forgotten"},
    {work_of_other_attempt, (open | settled) - at_site, untouched, "the same"},
    {work_started, owed, started, "it runs"},
    {work_started, started | cancelling, untouched, "is known"},
    {work_finished, owed | started, waiting | done | failed | cancelled,
     "settled, or there is an attempt left"},
    {work_finished, cancelling, done | failed | cancelled, "settled, also if it crossed a cancel"},
    {work_not_yet, owed | started, waiting | failed,
     "it is asked again later; a state that is too large fails it"},
    {work_not_yet, cancelling, cancelled, "it is not asked again"},
    {work_uncertain, owed | started | cancelling, uncertain, "settled"},
    {work_uncertain_idempotent, owed | started, untouched, "the work begins again"},
    {work_uncertain_idempotent, cancelling, uncertain, "settled"},

    {due_early, open | settled, untouched, "nothing is due"},
    {due_turn | verb_cancel, owed | started, stays | cancelling | cancelled,
     "asked to stop by a cancel, a chunk at a time; a wait ends"},
    {due_turn | ending_verbs, waiting, stays | cancelled, "nobody works on it: it ends at once"},
    {verb_cancel, accepted, stays | cancelling, "asked to stop by a cancel, a chunk at a time"},
    {due_turn, accepted, stays | cancelling | cancelled,
     "asked to stop by a cancel, a chunk at a time; ended by terminate"},
    {due_turn, cancelling, stays | cancelled, "ended by terminate, a chunk at a time"},
    {verb_terminate, unfinished | cancelling, stays | cancelled,
     "ends now, a chunk at a time; whether it was done is uncertain"},
    {verb_cancel, cancelling, untouched, "is asked"},
    {due_turn | ending_verbs, settled, untouched, "has settled"},
    {due_send_again, owed, never, "before it is accepted, the shell sends again by itself"},
    {due_send_again, waiting, never, "nothing of it is at its site"},
    {due_send_again, begun | cancelling, stays, "command or cancel go out again"},
    {due_wake, owed | accepted, never, "only a wait and a cancel have an instant to wake at"},
    {due_wake, started, done, "the wait is over"},
    {due_wake, waiting, owed | started | waiting | done | failed,
     "the next attempt, or the next poll of this one"},
    {due_wake, cancelling, cancelled, "the grace is over; whether it was done is uncertain"},
    {due_deadline, owed | begun | waiting, failed, "11004"},
    {due_deadline, cancelling, never, "the end of its grace counts"},
    {dues_of_tasks, settled, never, "what has settled is not due"},

    {verb_pause | verb_resume | verb_step | verb_set | returning_verbs, open | settled, untouched,
     "goes on, or stays as it ended"},
    {vote, waiting, stays | done | failed,
     "of one that asks people it is counted; settled once it is decided"},
    {vote, (open - waiting) | settled, untouched, "asks nobody"},
    {signal, waiting, stays | done | failed,
     "of one that waits for it it is counted; settled once it is enough"},
    {signal, (open - waiting) | settled, untouched, "waits for none"},
    {journal_lost, open - waiting, uncertain, "nobody can tell whether it was done"},
    {journal_lost_idempotent, owed | begun, owed, "goes out again"},
    {journal_lost_idempotent, cancelling, uncertain, "nobody can tell whether it was done"},
    {losses, settled | waiting, untouched, "is known how it ended"},
};

}  // namespace of_task
}  // namespace
}  // namespace transition_rules

std::span<const Rule> rules_of(Entity entity) {
  switch (entity) {
    case Entity::activation:
      return transition_rules::of_activation::rules;
    case Entity::stage_run:
      return transition_rules::of_stage_run::rules;
    case Entity::task:
      return transition_rules::of_task::rules;
  }
  return {};
}

}  // namespace antiphon::core
