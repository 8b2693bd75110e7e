// SPDX-License-Identifier: MIT
// The store's contract: tasks, what is owed to whom, what is due when.
#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {
namespace {

using core::TaskState;

/// "activation" or "activation/run.ordinal", with its instant.
std::string shown_due(const std::vector<store::Due>& due) {
  return listed(due, [](const store::Due& one) {
    const std::string task =
        one.task ? "/" + std::to_string(one.task->run) + "." + std::to_string(one.task->ordinal)
                 : "";
    return one.activation.text() + task + "@" + std::to_string(one.at.ms);
  });
}

STORE_CASE("store: what a task's work wrote comes back, the last of it") {
  Subject subject;
  const core::Task row = some_task("run-1", 3, 2, "tokyo");
  const core::WorkLog first{1, "begun\n", "", "only the end was kept"};
  const core::WorkLog last{2, "", std::string("\0\xff", 2), ""};
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(some_activation("run-1"));
    rows.insert(row);
    rows.put_log(row.key, first);
    CHECK(rows.log(row.key) == first);
  });
  CHECK(subject.store().reader()->log(row.key) == first);
  commit(subject.store(), [&](store::Transaction& rows) { rows.put_log(row.key, last); });
  CHECK(subject.store().begin()->log(row.key) == last);
  CHECK(subject.store().reader()->log(row.key) == last);
  CHECK(!subject.store().reader()->log({activation_id("run-1"), 3, 1}));
  CHECK(!subject.store().reader()->log({activation_id("run-9"), 3, 2}));
}

STORE_CASE("store: a task comes back as it was written and updated") {
  Subject subject;
  core::Task row = some_task("run-1", 3, 2, "tokyo");
  row.next_send = core::Instant{500};
  row.wake_at = core::Instant{600};
  row.polls = 3;
  row.poll_state = R"({"n":3})";
  row.waits_for = "an answer";
  row.work_timeout = core::seconds(3);
  row.work_until = core::Instant{650};
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(row);
    rows.insert(some_activation("run-1"));
  });
  CHECK(shown(subject.store().begin()->task(row.key)) == shown(row));
  CHECK(subject.store().begin()->find_task(row.id) == row.key);
  for (const auto state :
       {TaskState::owed, TaskState::accepted, TaskState::started, TaskState::waiting,
        TaskState::cancelling, TaskState::done, TaskState::failed, TaskState::rejected,
        TaskState::cancelled, TaskState::uncertain}) {
    row.context += "+";
    row.name += "+";
    row.site = plane("paris");
    row.provider = "mock";
    row.state = state;
    row.attempt += 1;
    row.idempotent = !row.idempotent;
    row.request = "{}";
    row.outputs += " ";
    row.status += 1;
    row.error.clear();
    row.note.clear();
    row.journal = "beef";
    row.deadline = {row.deadline.ms + 1};
    row.next_send.reset();
    row.wake_at.reset();
    row.sends += 1;
    row.polls += 1;
    row.poll_state += " ";
    row.waits_for.clear();
    row.work_timeout.ms += 1;
    row.work_until.reset();
    row.settled_at = core::Instant{row.deadline.ms};
    commit(subject.store(), [&](store::Transaction& rows) { rows.update(row); });
    CHECK(shown(subject.store().begin()->task(row.key)) == shown(row));
  }
  const auto rows = subject.store().begin();
  CHECK(rows->find_task(row.id) == row.key);
  CHECK(!rows->find_task(task_id("none")));
  CHECK(!rows->find_task({}));
  CHECK(!rows->task({activation_id("run-1"), 3, 1}));
  CHECK(!rows->task({activation_id("run-9"), 3, 2}));
}

STORE_CASE("store: the tasks of a run are visited in order until a bound or until told to stop") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    for (const std::int64_t ordinal : {4, 0, 3, 1, 2}) {
      rows.insert(some_task("run-1", 2, ordinal, ordinal % 2 == 0 ? "tokyo" : ""));
    }
    rows.insert(some_task("run-1", 1, 7, "tokyo"));
    rows.insert(some_task("run-1", 3, 8, "tokyo"));
    rows.insert(some_task("run-2", 2, 9, "tokyo"));
    rows.insert(some_activation("run-1"));
    rows.insert(some_activation("run-2"));
  });
  const auto rows = subject.store().begin();
  const auto visited = [&](std::int64_t after, std::size_t limit, std::size_t stop_at) {
    std::vector<core::Task> seen;
    rows->each_task(activation_id("run-1"), 2, after, limit, [&](const core::Task& task) {
      seen.push_back(task);
      // A read of the same kind in a visit.
      rows->each_task(activation_id("run-1"), 1, -1, 1, [](const core::Task& other) {
        CHECK(other.key.ordinal == 7);
        return true;
      });
      return seen.size() < stop_at;
    });
    return listed(seen, [](const auto& task) { return std::to_string(task.key.ordinal); });
  };
  constexpr auto all = std::numeric_limits<std::size_t>::max();
  CHECK(visited(-1, all, all) == "0 1 2 3 4");
  CHECK(visited(1, all, all) == "2 3 4");
  CHECK(visited(1, 2, all) == "2 3");
  CHECK(visited(-1, all, 3) == "0 1 2");
  CHECK(visited(4, all, all).empty());
  CHECK(visited(-1, 0, all).empty());
}

STORE_CASE("store: owed tasks come per site in the order of their creation") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_activation("run-1"));
    rows.insert(some_activation("run-0"));
    rows.insert(some_task("run-1", 1, 1, "tokyo"));
    rows.insert(some_task("run-0", 1, 0, "tokyo"));
    rows.insert(some_task("run-1", 1, 0, "tokyo"));
    rows.insert(some_task("run-1", 1, 2, "paris"));
    rows.insert(some_task("run-1", 1, 3, ""));
    rows.insert(some_task("run-0", 1, 1, "tokyo"));
  });
  auto rows = subject.store().begin();
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 10)) ==
        "run-1-1-1 run-0-1-0 run-1-1-0 run-0-1-1");
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 2)) == "run-1-1-1 run-0-1-0");
  CHECK(ids(rows->owed(plane("tokyo"), task_id("run-0-1-0"), 10)) == "run-1-1-0 run-0-1-1");
  CHECK(ids(rows->owed(plane("tokyo"), task_id("run-0-1-1"), 10)).empty());
  CHECK(ids(rows->owed(plane("tokyo"), task_id("nobody"), 10)).empty());
  CHECK(ids(rows->owed(plane("paris"), std::nullopt, 10)) == "run-1-1-2");
  CHECK(rows->owed(plane("austin"), std::nullopt, 10).empty());
  CHECK(rows->owing_sites() == std::vector{plane("paris"), plane("tokyo")});

  // A settled one is owed no more, and still says where it stood.
  core::Task settled = some_task("run-0", 1, 0, "tokyo");
  settled.state = TaskState::uncertain;
  rows->update(settled);
  core::Task cancelling = some_task("run-1", 1, 0, "tokyo");
  cancelling.state = TaskState::cancelling;
  rows->update(cancelling);
  settled = some_task("run-1", 1, 2, "paris");
  settled.state = TaskState::done;
  rows->update(settled);
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 10)) == "run-1-1-1 run-1-1-0 run-0-1-1");
  CHECK(ids(rows->owed(plane("tokyo"), task_id("run-0-1-0"), 10)) == "run-1-1-0 run-0-1-1");
  CHECK(rows->owing_sites() == std::vector{plane("tokyo")});

  // Of one that waits for its next attempt nothing is owed, until it begins.
  core::Task waiting = some_task("run-0", 1, 1, "tokyo");
  waiting.state = TaskState::waiting;
  rows->update(waiting);
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 10)) == "run-1-1-1 run-1-1-0");
  CHECK(ids(rows->owed(plane("tokyo"), waiting.id, 10)).empty());
  waiting = some_task("run-0", 1, 1, "tokyo");
  rows->update(waiting);
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 10)) == "run-1-1-1 run-1-1-0 run-0-1-1");
  for (const char* id : {"run-1-1-1", "run-1-1-0", "run-0-1-1"}) {
    core::Task last = *rows->task(*rows->find_task(task_id(id)));
    last.state = TaskState::waiting;
    rows->update(last);
  }
  CHECK(rows->owing_sites().empty());
}

STORE_CASE("store: local work comes by activation and run and ordinal in pages") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_activation("run-2"));
    rows.insert(some_task("run-1", 2, 0, ""));
    rows.insert(some_task("run-2", 1, 1, ""));
    rows.insert(some_task("run-1", 1, 1, ""));
    rows.insert(some_task("run-1", 1, 0, ""));
    rows.insert(some_task("run-2", 1, 0, "tokyo"));
    rows.insert(some_activation("run-1"));
    core::Task settled = some_task("run-2", 1, 2, "");
    settled.state = TaskState::failed;
    rows.insert(settled);
    core::Task waiting = some_task("run-2", 1, 3, "");
    waiting.state = TaskState::waiting;
    rows.insert(waiting);
  });
  const auto rows = subject.store().begin();
  CHECK(ids(rows->local_work(std::nullopt, 10)) == "run-2-1-1 run-1-1-0 run-1-1-1 run-1-2-0");
  const auto page = rows->local_work(std::nullopt, 2);
  CHECK(ids(page) == "run-2-1-1 run-1-1-0");
  CHECK(ids(rows->local_work(page.back().key, 2)) == "run-1-1-1 run-1-2-0");
  CHECK(rows->local_work(core::TaskKey{activation_id("run-1"), 2, 0}, 2).empty());
  CHECK(rows->local_work(core::TaskKey{activation_id("run-7"), 2, 0}, 2).empty());
}

STORE_CASE("store: what asks people comes in pages, to the plane and to its lists") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_activation("run-2"));
    rows.insert(some_activation("run-1"));
    for (const char* run : {"run-1", "run-2"}) {
      for (std::int64_t ordinal = 0; ordinal < 3; ++ordinal) {
        core::Task task = some_task(run, 1, ordinal, ordinal == 2 ? "tokyo" : "");
        task.provider = "approval";
        task.state = ordinal == 0 ? TaskState::waiting : TaskState::started;
        rows.insert(task);
      }
    }
    rows.insert(some_task("run-1", 1, 3, ""));
    core::Task decided = some_task("run-1", 1, 1, "");
    decided.provider = "approval";
    decided.state = TaskState::done;
    rows.update(decided);
  });
  const auto rows = subject.store().begin();
  CHECK(ids(rows->asking(std::nullopt, 10)) == "run-2-1-0 run-2-1-1 run-1-1-0");
  const auto page = rows->asking(std::nullopt, 2);
  CHECK(ids(rows->asking(page.back().key, 2)) == "run-1-1-0");
  const auto reader = subject.store().reader();
  CHECK(ids(reader->asking({{}, 2})) == "run-2-1-0 run-2-1-1");
  CHECK(ids(reader->asking({"run-2-1-1", 2})) == "run-1-1-0");
  CHECK(reader->asking({"run-7-1-1", 2}).empty());
}

STORE_CASE("store: due things come in the order of their instants up to a limit") {
  Subject subject;
  CHECK(!subject.store().begin()->next_due());
  commit(subject.store(), [](store::Transaction& rows) {
    core::Activation activation = some_activation("run-1");
    activation.due = core::Instant{300};
    rows.insert(activation);
    rows.insert(some_activation("run-2"));
    core::Task by_deadline = some_task("run-1", 1, 0, "tokyo");
    by_deadline.deadline = {400};
    rows.insert(by_deadline);
    core::Task by_send = some_task("run-1", 1, 1, "tokyo");
    by_send.next_send = core::Instant{200};
    rows.insert(by_send);
    core::Task by_wake = some_task("run-2", 1, 0, "");
    by_wake.wake_at = core::Instant{300};
    by_wake.state = TaskState::waiting;
    rows.insert(by_wake);
    core::Task settled = some_task("run-2", 1, 1, "");
    settled.state = TaskState::done;
    settled.deadline = {100};
    rows.insert(settled);
  });
  auto rows = subject.store().begin();
  CHECK(rows->next_due() == core::Instant{200});
  CHECK(shown_due(rows->due({199}, 10)).empty());
  CHECK(shown_due(rows->due({200}, 10)) == "run-1/1.1@200");
  CHECK(shown_due(rows->due({1000}, 10)) == "run-1/1.1@200 run-1@300 run-2/1.0@300 run-1/1.0@400");
  CHECK(shown_due(rows->due({1000}, 3)) == "run-1/1.1@200 run-1@300 run-2/1.0@300");
  CHECK(rows->due({1000}, 0).empty());

  core::Activation activation = some_activation("run-1");
  rows->update(activation);
  core::Task settled = some_task("run-1", 1, 1, "tokyo");
  settled.state = TaskState::done;
  rows->update(settled);
  CHECK(rows->next_due() == core::Instant{300});
  CHECK(shown_due(rows->due({1000}, 10)) == "run-2/1.0@300 run-1/1.0@400");
  rows->commit();
  subject.close_and_open();
  CHECK(shown_due(subject.store().begin()->due({1000}, 10)) == "run-2/1.0@300 run-1/1.0@400");
}

STORE_CASE("store: due things of one instant come with activations first and older ones first") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    for (const char* id : {"run-b", "run-a"}) {
      core::Activation activation = some_activation(id);
      activation.due = core::Instant{1000};
      rows.insert(some_task(id, 1, 1, ""));
      rows.insert(some_task(id, 1, 0, "tokyo"));
      rows.insert(activation);
    }
  });
  CHECK(shown_due(subject.store().begin()->due({1000}, 10)) ==
        "run-b@1000 run-a@1000 run-b/1.1@1000 run-b/1.0@1000 run-a/1.1@1000 run-a/1.0@1000");
}

}  // namespace
}  // namespace antiphon::test
