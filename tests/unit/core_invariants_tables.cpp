// SPDX-License-Identifier: MIT
// Broken runs, each by one change.
#include "engine/core/limits.hpp"
#include "tests/unit/core_invariants_rows.hpp"

namespace antiphon::core {
namespace {

void open_slowly(RunRecord& record) {
  record.runs[1].state = StageRunState::opening;
  record.runs[1].contexts = R"(["site1"])";
  record.activation.due = start;
}

/// Stage run 2 waits for its instant.
void schedule(RunRecord& record) {
  StageRun& run = record.runs[1];
  run.state = StageRunState::scheduled;
  run.total = run.opened = run.succeeded = 0;
  run.begins_at = record.activation.due = start;
  record.tasks.resize(2);
}

/// The last task of stage run 2 is one of this plane's own.
void keep_here(RunRecord& record) {
  record.tasks[3].site = {};
}

void append(std::vector<Broken>& table, std::vector<Broken> more) {
  for (Broken& broken : more) table.push_back(std::move(broken));
}

std::vector<Broken> broken_stage_runs() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  const auto ended = [](Fault fault) { return checked(ended_run, std::move(fault)); };
  return {
      {"I5", at::first, "has ended, and has no instant of it",
       open([](RunRecord& r) { r.runs[0].ended_at.reset(); })},
      {"I5", at::second, "is open, and has an instant of its end",
       open([](RunRecord& r) { r.runs[1].ended_at = start; })},
      {"I5", at::second, "is open in a run that has ended", ended([](RunRecord& r) {
         r.runs[1].state = StageRunState::open;
         r.runs[1].ended_at.reset();
       })},
      {"I3", at::first, "has ended without a number",
       open([](RunRecord& r) { r.runs[0].status = 0; })},
      {"time", at::first, "ended before it was opened",
       open([](RunRecord& r) { r.runs[0].opened_at = start + seconds(1); })},
      {"I3", at::second, "has more tasks than it shall have",
       open([](RunRecord& r) { r.runs[1].total = 1; }), 2},
      {"I3", at::second, "is past its opening without all its tasks",
       open([](RunRecord& r) { r.runs[1].total = 3; })},
      {"I4", at::first, "has ended with open tasks",
       open([](RunRecord& r) { r.runs[0].total = 3; }), 1},
      {"I3", at::first, "is done with failed tasks",
       open([](RunRecord& r) { r.runs[0].state = StageRunState::done; })},
      {"I4", at::second, "passed its error on, and to no stage",
       ended([](RunRecord& r) { r.runs[1].handled = true; })},
      {"I4", at::first, "has failed, and chose a stage that handles no errors",
       open([](RunRecord& r) { r.runs[0].handled = false; })},
      {"I3", at::second, "was swept past its last task",
       open([](RunRecord& r) { r.runs[1].swept = 3; })},
      {"I3", at::second, "was swept past its last task",
       open([](RunRecord& r) { r.runs[1].swept = -1; })},
      {"waits", at::second, "is opening without the contexts that are left", open([](RunRecord& r) {
         open_slowly(r);
         r.runs[1].contexts.clear();
       })},
      {"I8", at::second, "keeps contexts that it does not need any more",
       open([](RunRecord& r) { r.runs[1].contexts = "[]"; })},
      {"waits", at::second, "is scheduled, and nothing says for when", open([](RunRecord& r) {
         schedule(r);
         r.runs[1].begins_at.reset();
       })},
      {"I4", at::second, "has tasks before its instant", open([](RunRecord& r) {
         r.runs[1].state = StageRunState::scheduled;
         r.runs[1].begins_at = r.activation.due = start;
       })},
      {"I8", at::second, "has too many contexts", open([](RunRecord& r) {
         open_slowly(r);
         r.runs[1].total = static_cast<std::int64_t>(limits::contexts) + 1;
       })},
  };
}

std::vector<Broken> broken_history() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  return {
      {"I4", "run a1, stage run 3 (second)", "its number does not follow",
       open([](RunRecord& r) { r.runs[1].run = 3; }), 4},
      {"I4", at::second, "was opened before the one before it had ended",
       open([](RunRecord& r) { r.runs[0].state = StageRunState::open; }), 2},
      {"time", at::second, "was opened before the end of the one before it",
       open([](RunRecord& r) { r.runs[0].ended_at = start + seconds(1); })},
      {"I4", at::second, "is not the stage that was chosen",
       open([](RunRecord& r) { r.runs[0].next_stage = "third"; })},
      {"I4", at::run, "`run` is not its last stage run",
       open([](RunRecord& r) { r.activation.run = 3; })},
      {"I4", at::run, "`stage` is not that of its last stage run",
       open([](RunRecord& r) { r.activation.stage = "first"; })},
      {"I4", at::run, "has tasks that belong to no stage run", open([](RunRecord& r) {
         r.tasks.push_back(r.tasks[2]);
         r.tasks.back().key.run = 3;
         r.tasks.back().id = *TaskId::parse("id30");
       })},
      {"I3", at::outputs, "no closed stage run gave them",
       open([](RunRecord& r) { r.outputs["first"].run = 2; })},
      {"I3", "run a1, outputs of stage second", "no closed stage run gave them",
       checked(ended_run,
               [](RunRecord& r) {
                 r.outputs["second"] = {2, "{}"};
               })},
      {"I3", at::outputs, "are not what the tasks say",
       open([](RunRecord& r) { r.tasks[0].outputs = R"({"v":2})"; })},
      {"I3", at::first, "closed without leaving its outputs",
       open([](RunRecord& r) { r.outputs.clear(); })},
      {"I6", at::run, "has a task of no origin",
       open([](RunRecord& r) { r.activation.task_id = *TaskId::parse("t1"); })},
      {"I6", at::run, "has no campaign version",
       open([](RunRecord& r) { r.activation.hash.clear(); })},
  };
}

std::vector<Broken> broken_ends() {
  const auto ended = [](Fault fault) { return checked(ended_run, std::move(fault)); };
  return {
      {"time", at::run, "changed before it was created",
       ended([](RunRecord& r) { r.activation.created = start + seconds(1); })},
      {"time", at::run, "ended after its last change",
       ended([](RunRecord& r) { r.activation.updated = start - milliseconds(1); })},
      {"I8", at::run, "has too many planes above it",
       ended([](RunRecord& r) { r.activation.depth = limits::command_depth + 1; })},
      {"I5", at::run, "has ended, and has no instant of it",
       ended([](RunRecord& r) { r.activation.ended_at.reset(); })},
      {"I5", at::run, "has ended, and has still something to do",
       ended([](RunRecord& r) { r.activation.due = start; })},
      {"I5", at::run, "has ended, and has still something to do",
       ended([](RunRecord& r) { r.activation.next_stage = "third"; })},
      {"I3", at::run, "has ended without a number",
       ended([](RunRecord& r) { r.activation.status = 0; })},
      {"I4", at::run, "has ended otherwise than its last stage run says",
       ended([](RunRecord& r) { r.activation.state = ActivationState::done; })},
      {"I4", at::run, "has ended otherwise than its last stage run says",
       ended([](RunRecord& r) { r.activation.state = ActivationState::failed; })},
  };
}

std::vector<Broken> broken_waits() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  const auto between = [](Fault fault) { return checked(run_between, std::move(fault)); };
  return {
      {"I5", at::run, "goes on, and has the instant or the number of an end",
       open([](RunRecord& r) { r.activation.status = 500; })},
      {"I5", at::run, "goes on, and has the instant or the number of an end",
       open([](RunRecord& r) { r.activation.ended_at = start; })},
      {"I4", at::run, "has an operator's act, and no stage that it chose",
       open([](RunRecord& r) { r.activation.act = "rewind by ann"; })},
      {"I4", at::second, "repeats what was not before it",
       open([](RunRecord& r) { r.runs[1].again_of = 2; })},
      {"I5", at::run, "has the end of a grace, and is not being cancelled",
       open([](RunRecord& r) { r.activation.stop_by = start; })},
      {"waits", at::run, "opens a stage, and nothing wakes it", open([](RunRecord& r) {
         open_slowly(r);
         r.activation.due.reset();
       })},
      {"waits", at::run, "has a scheduled stage, and nothing wakes it", open([](RunRecord& r) {
         schedule(r);
         r.activation.due.reset();
       })},
      {"waits", at::run, "its stage has nothing to wait for", open([](RunRecord& r) {
         r.tasks[3] = ended_run().tasks[3];
         r.runs[1].failed = 1;
       })},
      {"I4", at::run, "has chosen a stage while one is open",
       open([](RunRecord& r) { r.activation.next_stage = "first"; })},
      {"waits", at::run, "is between stages, and has none to open",
       between([](RunRecord& r) { r.activation.next_stage.clear(); }), 1},
      {"I4", at::run, "is to open another stage than its last stage run chose",
       between([](RunRecord& r) { r.activation.next_stage = "first"; })},
      {"waits", at::run, "has a stage to open, and nothing wakes it",
       between([](RunRecord& r) { r.activation.due.reset(); })},
      {"waits", at::run, "is being cancelled, and nothing is open",
       between([](RunRecord& r) { r.activation.state = ActivationState::cancelling; })},
      {"waits", at::run, "tasks were not asked to stop, and nothing will",
       open([](RunRecord& r) { r.activation.state = ActivationState::cancelling; })},
  };
}

std::vector<Broken> broken_commands() {
  const auto commanded = [](Fault fault) { return checked(commanded_run, std::move(fault)); };
  return {
      {"I6", at::run, "has an origin, and no task of it",
       commanded([](RunRecord& r) { r.activation.task_id = {}; })},
      {"I6", at::run, "was commanded, and has a campaign of its own",
       commanded([](RunRecord& r) { r.activation.hash = "hash"; })},
      {"I6", at::first, "has not one task, as commanded work has", commanded([](RunRecord& r) {
         r.runs[0].total = r.runs[0].opened = r.runs[0].failed = 0;
         r.tasks.erase(r.tasks.begin());
       })},
      {"I6", at::first, "was done, and another one was begun", commanded([](RunRecord& r) {
         r.runs[0].state = StageRunState::done;
         r.runs[0].succeeded = 1;
         r.runs[0].failed = 0;
         r.tasks[0].state = TaskState::done;
       })},
      {"I6", at::task(2, 0), "was commanded, and is another site's", commanded([](RunRecord& r) {
         r.tasks[1].site = *PlaneName::parse("site0");
         r.tasks[1].next_send = start;
       })},
      {"I6", at::task(2, 0), "was begun for an attempt that had been begun",
       commanded([](RunRecord& r) { r.tasks[1].attempt = 1; })},
  };
}

std::vector<Broken> broken_states() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  const auto commanded = [](Fault fault) { return checked(commanded_run, std::move(fault)); };
  return {
      {"waits", at::task(2, 1),
       "is to be woken, and neither waits for an instant nor is being cancelled",
       open([](RunRecord& r) { r.tasks[3].wake_at = start; })},
      {"waits", at::task(2, 1), "is to be tried again, and nothing says when",
       open([](RunRecord& r) { r.tasks[3].state = TaskState::waiting; })},
      {"waits", at::task(2, 1), "is between two attempts, and at its site", open([](RunRecord& r) {
         r.tasks[3].state = TaskState::waiting;
         r.tasks[3].wake_at = start;
         r.tasks[3].journal = "theirs";
       })},
      {"waits", at::task(2, 1), "is sent again by its row before its site has it",
       open([](RunRecord& r) { r.tasks[3].next_send = start; })},
      {"I4", at::second, "goes on opening in a run that is being cancelled", open([](RunRecord& r) {
         open_slowly(r);
         r.activation.state = ActivationState::cancelling;
       })},
      {"I5", at::task(2, 1), "was asked to stop, and its run goes on", open([](RunRecord& r) {
         r.tasks[3].state = TaskState::cancelling;
         r.tasks[3].next_send = r.tasks[3].wake_at = start;
       })},
      {"I6", at::run, "was commanded, and wants a turn of its own",
       commanded([](RunRecord& r) { r.activation.due = start; })},
      {"I6", at::run, "is in a state that its origin's task does not have",
       commanded([](RunRecord& r) { r.activation.state = ActivationState::paused; })},
      {"I6", "run a1, stage run 2 (first)", "was commanded, and is not open at once",
       commanded([](RunRecord& r) {
         open_slowly(r);
         r.activation.due.reset();
       }),
       1},
      {"I6", at::task(2, 0), "was commanded, and counts attempts of its own",
       commanded([](RunRecord& r) {
         r.tasks[1].state = TaskState::waiting;
         r.tasks[1].wake_at = start;
       })},
      {"waits", at::task(2, 0), "has an end of its work's time, and no work here that has begun",
       commanded([](RunRecord& r) { r.tasks[1].work_until = start; })},
      {"waits", at::task(2, 0), "was asked again before it began", commanded([](RunRecord& r) {
         r.tasks[1].state = TaskState::owed;
         r.tasks[1].polls = 1;
         r.tasks[1].poll_state = "{}";
       })},
      {"waits", at::task(2, 1), "was asked again here, and is a site's", open([](RunRecord& r) {
         r.tasks[3].state = TaskState::started;
         r.tasks[3].next_send = start;
         r.tasks[3].polls = 1;
         r.tasks[3].poll_state = "{}";
       })},
      {"waits", at::task(2, 0), "is asked again, and what it said is gone",
       commanded([](RunRecord& r) { r.tasks[1].polls = 1; })},
      {"waits", at::task(2, 0), "keeps what nobody will be asked with",
       open([](RunRecord& r) { r.tasks[2].poll_state = "{}"; })},
      {"waits", at::task(2, 0), "says what it waits for, and is not asked again",
       open([](RunRecord& r) { r.tasks[2].waits_for = "an answer"; })},
      {"I8", at::task(2, 0), "keeps too much between two polls", commanded([](RunRecord& r) {
         r.tasks[1].polls = 1;
         r.tasks[1].poll_state = std::string(limits::poll_state_bytes + 1, ' ');
       })},
  };
}

std::vector<Broken> broken_driving() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  const auto commanded = [](Fault fault) { return checked(commanded_run, std::move(fault)); };
  return {
      {"I6", at::run, "was commanded, and is stepped",
       commanded([](RunRecord& r) { r.activation.stepped = true; })},
      {"waits", at::run, "waits for a step, and cannot take one",
       open([](RunRecord& r) { r.activation.stepped = r.activation.awaits_step = true; })},
      {"I3", at::second, "was given outputs while it is open",
       open([](RunRecord& r) { r.runs[1].given_outputs = "{}"; })},
      {"I4", at::second, "has the token of a step, and was opened by none",
       open([](RunRecord& r) { r.runs[1].step_token = "build-7"; })},
  };
}

std::vector<Broken> broken_results() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  return {
      {"I5", at::task(2, 0), "is settled, and has no instant of it",
       open([](RunRecord& r) { r.tasks[2].settled_at.reset(); })},
      {"I5", at::task(2, 1), "is open, and has an instant of its end",
       open([](RunRecord& r) { r.tasks[3].settled_at = start; })},
      {"I4", at::task(1, 1), "is open in a stage run that has ended", open([](RunRecord& r) {
         r.tasks[1].state = TaskState::owed;
         r.tasks[1].settled_at.reset();
         r.tasks[1].status = 0;
         r.tasks[1].outputs.clear();
       }),
       2},
      {"time", at::task(2, 0), "was settled before it was created",
       open([](RunRecord& r) { r.tasks[2].created = start + seconds(1); })},
      {"I3", at::task(1, 1), "has failed without a number",
       open([](RunRecord& r) { r.tasks[1].status = 0; }), 1},
      {"I3", at::task(2, 1), "is open, and has a result",
       open([](RunRecord& r) { r.tasks[3].status = 200; })},
      {"I3", at::task(2, 1), "is open, and has a result",
       open([](RunRecord& r) { r.tasks[3].outputs = "{}"; })},
      {"waits", at::task(2, 0), "is settled, and still wants to be woken",
       open([](RunRecord& r) { r.tasks[2].wake_at = start; }), 1},
      {"waits", at::task(2, 0), "is settled, and still wants to be woken",
       open([](RunRecord& r) { r.tasks[2].next_send = start; })},
      {"waits", at::task(2, 1), "is sent again, and has no site", open([](RunRecord& r) {
         keep_here(r);
         r.tasks[3].state = TaskState::started;
         r.tasks[3].next_send = start;
       })},
      {"waits", at::task(2, 1), "is at its site, and nobody asks again",
       open([](RunRecord& r) { r.tasks[3].state = TaskState::started; })},
      {"waits", at::task(2, 1), "is being cancelled without an end of its grace",
       open([](RunRecord& r) {
         r.activation.state = ActivationState::cancelling;
         r.tasks[3].state = TaskState::cancelling;
         r.tasks[3].next_send = start;
       })},
      {"waits", at::task(2, 1), "has no deadline",
       open([](RunRecord& r) { r.tasks[3].deadline = {}; })},
  };
}

}  // namespace

std::vector<Broken> broken_runs() {
  std::vector<Broken> all = broken_stage_runs();
  append(all, broken_history());
  append(all, broken_ends());
  append(all, broken_waits());
  append(all, broken_commands());
  append(all, broken_states());
  append(all, broken_driving());
  return all;
}

std::vector<Broken> broken_tasks() {
  const auto open = [](Fault fault) { return checked(open_run, std::move(fault)); };
  const std::string far(limits::context_bytes + 1, 'x');
  std::vector<Broken> all{
      {"I7", at::task(2, 1), "is another site's than its context",
       open([](RunRecord& r) { r.tasks[3].site = *PlaneName::parse("site0"); })},
      {"I7", "run a1, stage run 2, task 1 (hq)", "is sent to its own plane", open([](RunRecord& r) {
         r.tasks[3].context = "hq";
         r.tasks[3].site = self();
       })},
      {"I7", at::task(2, 1), "was accepted or rejected by no site", open([](RunRecord& r) {
         keep_here(r);
         r.tasks[3].state = TaskState::accepted;
       })},
      {"I7", at::task(2, 1), "is in a journal of no site", open([](RunRecord& r) {
         keep_here(r);
         r.tasks[3].journal = "j";
       })},
      {"I8", "run a1, stage run 2, task 1 (" + far + ")", "its context is too long",
       open([far](RunRecord& r) {
         keep_here(r);
         r.tasks[3].context = far;
       })},
      {"I6", at::task(2, 1), "its attempts do not begin at 1",
       open([](RunRecord& r) { r.tasks[3].attempt = 0; })},
      {"I3", "run a1, stage run 2, task 2 (site1)", "its number does not follow",
       open([](RunRecord& r) { r.tasks[3].key.ordinal = 2; })},
      {"I3", "run a1, stage run 2, task 1 (site0)", "its context has another task",
       open([](RunRecord& r) {
         r.tasks[3].context = r.tasks[2].context;
         r.tasks[3].site = r.tasks[2].site;
       })},
      {"I3", at::second, "`opened` is not the number of its contexts",
       open([](RunRecord& r) { r.runs[1].opened = 1; }), 1},
      {"I3", at::second, "`succeeded` is not the number of its done contexts",
       open([](RunRecord& r) { r.runs[1].succeeded = 0; })},
      {"I3", at::first, "`failed` is not the number of its failed contexts",
       open([](RunRecord& r) { r.runs[0].failed = 0; }), 1},
      {"I5", at::task(2, 1), "has no id", open([](RunRecord& r) { r.tasks[3].id = {}; })},
      {"I5", at::task(2, 1), "has the id of another task",
       open([](RunRecord& r) { r.tasks[3].id = r.tasks[0].id; })},
  };
  append(all, broken_results());
  return all;
}

}  // namespace antiphon::core
