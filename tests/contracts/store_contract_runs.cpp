// SPDX-License-Identifier: MIT
// The store's contract: activations, stage runs, outputs, and that a transaction is all or nothing.
#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {
namespace {

using core::ActivationState;
using store::StoreError;

STORE_CASE("store: an activation comes back as it was written") {
  Subject subject;
  core::Activation own = some_activation("run-1");
  own.state = ActivationState::paused;
  own.status = 9995;
  own.error = "the site is gone";
  own.due = core::Instant{900};
  own.ended_at = core::Instant{950};
  const core::Activation command = some_command("run-2", "hq", "task-1");
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(own);
    rows.insert(command);
  });
  const auto rows = subject.store().begin();
  CHECK(shown(rows->activation(own.id)) == shown(own));
  CHECK(shown(rows->activation(command.id)) == shown(command));
  CHECK(shown(rows->commanded(plane("hq"), task_id("task-1"))) == shown(command));
  CHECK(!rows->commanded(plane("hq"), task_id("task-2")));
  CHECK(!rows->commanded(plane("other"), task_id("task-1")));
  CHECK(!rows->activation(activation_id("run-3")));
}

STORE_CASE("store: an update of an activation replaces all that may change") {
  Subject subject;
  core::Activation row = some_activation("run-1");
  row.due = core::Instant{1};
  commit(subject.store(), [&](store::Transaction& rows) { rows.insert(row); });
  for (const auto state :
       {ActivationState::running, ActivationState::paused, ActivationState::cancelling,
        ActivationState::done, ActivationState::failed, ActivationState::cancelled}) {
    row.state = state;
    row.status += 100;
    row.error += "!";
    row.stage += "+";
    row.run += 1;
    row.next_stage.clear();
    row.due.reset();
    row.seq += 1;
    row.inputs = "{}";
    row.trigger.clear();
    row.metadata.clear();
    row.stepped = !row.stepped;
    row.awaits_step = !row.awaits_step;
    row.given_inputs.clear();
    row.signals.clear();
    row.author = "ada";
    row.updated = {row.updated.ms + 1};
    row.ended_at = row.updated;
    commit(subject.store(), [&](store::Transaction& rows) { rows.update(row); });
    CHECK(shown(subject.store().begin()->activation(row.id)) == shown(row));
  }
}

STORE_CASE("store: stage runs come back as they were written and updated") {
  Subject subject;
  core::StageRun row = some_run("run-1", 1);
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(some_activation("run-1"));
    rows.insert(row);
    rows.insert(some_run("run-1", 2));
  });
  CHECK(shown(subject.store().begin()->stage_run(row.activation, 1)) == shown(row));
  for (const auto state :
       {core::StageRunState::scheduled, core::StageRunState::opening, core::StageRunState::open,
        core::StageRunState::done, core::StageRunState::failed, core::StageRunState::cancelled}) {
    row.state = state;
    row.total += 1;
    row.opened += 1;
    row.succeeded += 1;
    row.failed += 1;
    row.swept += 1;
    row.parts = {row.parts.count + 1, row.parts.at_once - 1, row.parts.tolerated * -1};
    row.compat = !row.compat;
    row.contexts.clear();
    row.next_stage.clear();
    row.status += 1;
    row.error.clear();
    row.note.clear();
    row.handled = !row.handled;
    row.begins_at = row.handled ? std::nullopt : std::optional(core::Instant{300 + row.total});
    row.ended_at = core::Instant{800 + row.total};
    commit(subject.store(), [&](store::Transaction& rows) { rows.update(row); });
    CHECK(shown(subject.store().begin()->stage_run(row.activation, 1)) == shown(row));
  }
  CHECK(shown(subject.store().begin()->stage_run(row.activation, 2)) ==
        shown(some_run("run-1", 2)));
  CHECK(!subject.store().begin()->stage_run(row.activation, 3));
  CHECK(!subject.store().begin()->stage_run(activation_id("run-2"), 1));
}

STORE_CASE("store: the latest output of a stage is kept") {
  Subject subject;
  const auto id = activation_id("run-1");
  commit(subject.store(), [&](store::Transaction& rows) {
    CHECK(!rows.any_output(id));
    rows.put_output(id, "ask", {1, R"({"a":1})"});
    rows.put_output(id, "tell", {2, R"({"b":2})"});
    rows.put_output(id, "ask", {3, R"({"a":3})"});
    rows.insert(some_activation("run-1"));
    rows.insert(some_activation("run-2"));
  });
  const auto rows = subject.store().begin();
  CHECK(rows->output(id, "ask")->run == 3);
  CHECK(rows->output(id, "ask")->outputs == R"({"a":3})");
  CHECK(rows->output(id, "tell")->run == 2);
  CHECK(!rows->output(id, "as"));
  CHECK(!rows->output(activation_id("run-2"), "ask"));
  CHECK(rows->any_output(id));
  CHECK(!rows->any_output(activation_id("run-2")));
  CHECK(!rows->any_output(activation_id("run-3")));
}

STORE_CASE("store: a large output and bytes of every value come back unchanged") {
  Subject subject;
  const auto id = activation_id("run-1");
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  const std::string large(16 * 1024 * 1024, 'x');
  core::Activation activation = some_activation("run-1");
  activation.error = std::string("nul\0inside", 10);
  activation.inputs = every_byte;
  core::Task task = some_task("run-1", 1, 0, "tokyo");
  task.context = std::string("nul\0inside", 10);
  task.request = every_byte + every_byte;
  task.outputs = std::string(300'000, '\0');
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(activation);
    rows.insert(task);
    rows.put_output(id, every_byte, {1, large});
  });
  const auto rows = subject.store().begin();
  CHECK(shown(rows->activation(id)) == shown(activation));
  CHECK(shown(rows->task(task.key)) == shown(task));
  CHECK(rows->output(id, every_byte)->outputs == large);
}

STORE_CASE("store: names may have every character that names may have") {
  Subject subject;
  const std::string longest = "_9.-" + std::string(57, 'Z');
  REQUIRE(longest.size() == 61);
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(some_command(longest, longest, longest));
    rows.insert(some_task(longest.substr(0, 50), 1, 0, longest));
    rows.insert(some_activation(longest.substr(0, 50)));
    rows.put(some_site(longest));
  });
  const auto rows = subject.store().begin();
  CHECK(rows->commanded(plane(longest), task_id(longest))->id.text() == longest);
  CHECK(rows->owing_sites() == std::vector{plane(longest)});
  CHECK(rows->site(plane(longest))->name.text() == longest);
}

/// A row of each kind, all about run-1.
void write_one_of_each(store::Transaction& rows) {
  rows.insert(some_activation("run-1"));
  rows.insert(some_run("run-1", 1));
  rows.insert(some_task("run-1", 1, 0, "tokyo"));
  rows.put_output(activation_id("run-1"), "ask", {1, "{}"});
  rows.insert(some_version("rollout", "v1", 1));
  rows.replace_triggers(name<core::Namespace>("plant"), name<core::CampaignName>("rollout"),
                        {some_trigger("rollout", "release")});
  rows.remember("digest", "answer", {5000});
  rows.put(some_site("tokyo"));
  rows.add(some_reject("first"));
  rows.put_last_instant({77});
}

/// Changes each of them and adds one of each kind.
void change_one_of_each(store::Transaction& rows) {
  core::Activation activation = some_activation("run-1");
  activation.state = ActivationState::done;
  rows.update(activation);
  core::StageRun run = some_run("run-1", 1);
  run.state = core::StageRunState::done;
  rows.update(run);
  core::Task settled = some_task("run-1", 1, 0, "tokyo");
  settled.state = core::TaskState::done;
  rows.update(settled);
  rows.insert(some_task("run-2", 1, 0, "paris"));
  rows.insert(some_activation("run-2"));
  rows.put_output(activation.id, "ask", {2, "[]"});
  rows.put_output(activation.id, "tell", {2, "[]"});
  rows.insert(some_version("rollout", "v2", 2));
  rows.touch("hash-of-rollout-v1", 3, {1});
  rows.replace_triggers(name<core::Namespace>("plant"), name<core::CampaignName>("rollout"), {});
  rows.remember("digest", "another", {9000});
  rows.remember("other", "answer", {9000});
  rows.forget_expired({9500}, 1);
  core::Site site = some_site("tokyo");
  site.online = false;
  rows.put(site);
  rows.put(some_site("paris"));
  rows.add(some_reject("second"));
  rows.put_last_instant({88});
}

STORE_CASE("store: an uncommitted transaction leaves no trace") {
  Subject subject;
  const core::Activation activation = some_activation("run-1");
  const core::Task task = some_task("run-1", 1, 0, "tokyo");
  commit(subject.store(), write_one_of_each);
  change_one_of_each(*subject.store().begin());
  const auto rows = subject.store().begin();
  CHECK(shown(rows->activation(activation.id)) == shown(activation));
  CHECK(shown(rows->stage_run(activation.id, 1)) == shown(some_run("run-1", 1)));
  CHECK(shown(rows->task(task.key)) == shown(task));
  CHECK(!rows->activation(activation_id("run-2")));
  CHECK(!rows->find_task(task_id("run-2-1-0")));
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 10)) == "run-1-1-0");
  CHECK(rows->owing_sites() == std::vector{plane("tokyo")});
  CHECK(rows->due({1000}, 10).size() == 1);
  CHECK(ids(rows->open_activations(10)) == "run-1");
  CHECK(rows->output(activation.id, "ask")->run == 1);
  CHECK(!rows->output(activation.id, "tell"));
  CHECK(rows->last_applied_seq() == 1);
  CHECK(!rows->by_hash("hash-of-rollout-v2"));
  CHECK(rows->triggers().size() == 1);
  CHECK(rows->seen("digest", {0}) == "answer");
  CHECK(!rows->seen("other", {0}));
  CHECK(rows->site(plane("tokyo"))->online);
  CHECK(rows->sites().size() == 1);
  CHECK(rows->last_instant() == core::Instant{77});
  CHECK(listed(subject.store().reader()->rejects({}), [](const auto& row) { return row.reason; }) ==
        "first");
}

STORE_CASE("store: what was not committed is gone after a crash and what was committed is there") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) { rows.insert(some_activation("run-1")); });
  { subject.store().begin()->insert(some_activation("run-2")); }
  subject.crash_and_open();
  CHECK(shown(subject.store().begin()->activation(activation_id("run-1"))) ==
        shown(some_activation("run-1")));
  CHECK(!subject.store().begin()->activation(activation_id("run-2")));
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_task("run-1", 1, 0, ""));
    rows.insert(some_activation("run-2"));
  });
  CHECK(ids(subject.store().reader()->activations({}, {})) == "run-2 run-1");
}

STORE_CASE("store: a transaction reads what it wrote") {
  Subject subject;
  const auto rows = subject.store().begin();
  rows->insert(some_task("run-1", 1, 0, "tokyo"));
  rows->insert(some_run("run-1", 1));
  CHECK(shown(rows->task({activation_id("run-1"), 1, 0})) ==
        shown(some_task("run-1", 1, 0, "tokyo")));
  CHECK(rows->stage_run(activation_id("run-1"), 1));
  rows->insert(some_activation("run-1"));
  CHECK(rows->find_task(task_id("run-1-1-0"))->activation == activation_id("run-1"));
  CHECK(ids(rows->owed(plane("tokyo"), std::nullopt, 9)) == "run-1-1-0");
}

STORE_CASE("store: rows of an activation that never comes are not committed") {
  Subject subject;
  {
    const auto rows = subject.store().begin();
    rows->insert(some_task("run-1", 1, 0, "tokyo"));
    CHECK(kind_thrown([&] { rows->commit(); }) == StoreError::Kind::other);
  }
  CHECK(subject.store().begin()->owing_sites().empty());
}

STORE_CASE("store: what is stored already is not inserted again and what is not is not updated") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_command("run-1", "hq", "task-1"));
    rows.insert(some_run("run-1", 1));
    rows.insert(some_task("run-1", 1, 0, "tokyo"));
    rows.insert(some_version("rollout", "v1", 1));
  });
  core::Task same_id = some_task("run-1", 1, 0, "tokyo");
  same_id.key.ordinal = 1;
  core::Task same_place = some_task("run-1", 1, 0, "tokyo");
  same_place.id = task_id("fresh");
  const auto rows = subject.store().begin();
  const auto refused = [](auto body) { return kind_thrown(body) == StoreError::Kind::other; };
  CHECK(refused([&] { rows->insert(some_activation("run-1")); }));
  CHECK(refused([&] { rows->insert(some_command("run-2", "hq", "task-1")); }));
  CHECK(refused([&] { rows->insert(some_run("run-1", 1)); }));
  CHECK(refused([&] { rows->insert(same_id); }));
  CHECK(refused([&] { rows->insert(same_place); }));
  CHECK(refused([&] { rows->insert(some_version("rollout", "v1", 2)); }));
  CHECK(refused([&] { rows->update(some_activation("run-3")); }));
  CHECK(refused([&] { rows->update(some_run("run-1", 2)); }));
  CHECK(refused([&] { rows->update(some_run("run-3", 1)); }));
  CHECK(refused([&] { rows->update(some_task("run-1", 1, 9, "tokyo")); }));
  CHECK(refused([&] { rows->update(some_task("run-3", 1, 0, "tokyo")); }));
  CHECK(refused([&] { rows->touch("no such hash", 1, {1}); }));
}

STORE_CASE("store: a second transaction at one time is refused") {
  Subject subject;
  const auto rows = subject.store().begin();
  CHECK(kind_thrown([&] { subject.store().begin(); }) == StoreError::Kind::other);
  rows->insert(some_activation("run-1"));
  rows->commit();
  CHECK(subject.store().begin()->activation(activation_id("run-1")));
}

STORE_CASE("store: open activations are our own that have not ended with the newest change first") {
  Subject subject;
  const struct {
    const char* id;
    ActivationState state;
    std::int64_t updated;
  } own[] = {
      {"done", ActivationState::done, 90},           {"old", ActivationState::running, 10},
      {"twin-a", ActivationState::paused, 20},       {"twin-b", ActivationState::running, 20},
      {"new", ActivationState::cancelling, 30},      {"failed", ActivationState::failed, 80},
      {"cancelled", ActivationState::cancelled, 70},
  };
  commit(subject.store(), [&](store::Transaction& rows) {
    for (const auto& [id, state, updated] : own) {
      core::Activation row = some_activation(id);
      row.state = state;
      row.updated = {updated};
      rows.insert(row);
    }
    rows.insert(some_command("open-command", "hq", "task-1"));
    core::Activation ended = some_command("ended-command", "hq", "task-2");
    ended.state = ActivationState::done;
    rows.insert(ended);
  });
  const auto rows = subject.store().begin();
  CHECK(ids(rows->open_activations(10)) == "new twin-b twin-a old");
  CHECK(ids(rows->open_activations(2)) == "new twin-b");
  CHECK(rows->open_activations(0).empty());
  CHECK(rows->unsettled_commands() == 1);
  core::Activation touched = some_activation("old");
  touched.updated = {99};
  rows->update(touched);
  core::Activation ended = some_activation("new");
  ended.state = ActivationState::cancelled;
  rows->update(ended);
  CHECK(ids(rows->open_activations(10)) == "old twin-b twin-a");
}

}  // namespace
}  // namespace antiphon::test
