// SPDX-License-Identifier: MIT
#include "tests/crash/store_workload.hpp"

#include <doctest/doctest.h>

#include "engine/store/memory_store.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/contracts/store_rows.hpp"
#include "tests/crash/fault_vfs.hpp"

namespace antiphon::test {
namespace {

const store::Minted first_minted{"first journal", "first secret"};
const store::Minted later_minted{"later journal", "later secret"};

/// Does not fit into one page.
const std::string long_text(6'000, 'x');

// Each transaction changes rows of several tables, so that half of one shows.

void apply_campaign(store::Transaction& rows) {
  rows.insert(some_version("rollout", "v1", 1));
  rows.replace_triggers(name<core::Namespace>("plant"), name<core::CampaignName>("rollout"),
                        {some_trigger("rollout", "release")});
  rows.put(some_site("tokyo"));
  rows.put(some_site("paris"));
}

void begin_run(store::Transaction& rows) {
  rows.insert(some_activation("run-1"));
  rows.insert(some_run("run-1", 1));
  rows.insert(some_task("run-1", 1, 0, "tokyo"));
  rows.insert(some_task("run-1", 1, 1, "paris"));
  rows.insert(some_task("run-1", 1, 2, ""));
  rows.remember("digest-1", "run-1", {100});
}

void settle_task(store::Transaction& rows) {
  core::Task task = some_task("run-1", 1, 0, "tokyo");
  task.state = core::TaskState::done;
  task.settled_at = {450};
  rows.update(task);
  core::StageRun run = some_run("run-1", 1);
  run.succeeded = 6;
  rows.update(run);
  rows.put_output(activation_id("run-1"), "deploy", {1, long_text});
  rows.put_last_instant({450});
}

void take_commands(store::Transaction& rows) {
  core::Activation run = some_activation("run-2");
  run.inputs = long_text;
  rows.insert(run);
  rows.insert(some_run("run-2", 1));
  rows.insert(some_command("asked-1", "above", "task-1"));
  rows.remember("digest-2", long_text, {500});
  rows.add(some_reject("unreadable"));
}

void end_run(store::Transaction& rows) {
  core::Activation run = some_activation("run-1");
  run.state = core::ActivationState::done;
  run.ended_at = {460};
  rows.update(run);
  rows.forget_expired({200}, 10);
  rows.insert(some_version("rollout", "v2", 2));
  rows.touch("hash-of-rollout-v1", 3, {461});
  rows.put(some_site("austin"));
}

void visit_again(store::Transaction& rows) {
  rows.put_output(activation_id("run-1"), "deploy", {2, "{}"});
  rows.insert(some_run("run-1", 2));
  rows.insert(some_task("run-1", 2, 0, "austin"));
  rows.replace_triggers(name<core::Namespace>("plant"), name<core::CampaignName>("rollout"), {});
  rows.add(some_reject("too large"));
  rows.put_last_instant({470});
}

using Write = void (*)(store::Transaction&);
const std::vector<Write> writes{apply_campaign, begin_run, settle_task,
                                take_commands,  end_run,   visit_again};

void commit_write(store::Store& store, std::size_t number, bool& committing) {
  const auto transaction = store.begin();
  writes[number](*transaction);
  committing = true;
  transaction->commit();
  committing = false;
}

void write_from(store::Store& store, std::size_t number) {
  for (bool committing = false; number < writes.size(); ++number) {
    commit_write(store, number, committing);
  }
}

struct Life {
  void open() {
    ++outcome.openings_failed;
    outcome.is_clean_unsure = true;
    store = store::open_sqlite(path, plane("hq"), first_minted);
    --outcome.openings_failed;
    ++outcome.opened;
    outcome.closed = outcome.is_clean_unsure = false;
  }
  void write() {
    commit_write(*store, outcome.committed, outcome.committing);
    ++outcome.committed;
  }
  void read() { store->reader()->activations({}, {}); }
  void fold() {
    store::Connection(path, store::Connection::Access::write).execute("PRAGMA wal_checkpoint");
  }
  void close() {
    outcome.is_clean_unsure = true;
    store->close();
    outcome.closed = true;
    outcome.is_clean_unsure = false;
  }

  std::string path;
  Outcome outcome{};
  std::unique_ptr<store::Store> store{};
};

using Turn = void (Life::*)();
const std::vector<Turn> whole_life{&Life::open, &Life::write, &Life::write, &Life::read,
                                   &Life::fold, &Life::write, &Life::write, &Life::close,
                                   &Life::open, &Life::write, &Life::read,  &Life::write};

Outcome take_turns(const std::vector<Turn>& turns, const std::string& path, const Outcome& before,
                   const std::function<void()>& mend) {
  Life life{path, before};
  for (std::size_t turn = 0; turn < turns.size();) {
    try {
      (life.*turns[turn])();
      ++turn;
    } catch (const store::StoreError& error) {
      life.outcome.failures.push_back({error.kind(), error.what()});
      if (!mend || life.outcome.failures.size() > 1) return life.outcome;
      mend();
    }
  }
  life.outcome.is_done = true;
  return life.outcome;
}

void check_identity(const store::Identity& identity, const Outcome& outcome) {
  CHECK(identity.plane.text() == "hq");
  const bool is_first = identity.journal == first_minted.journal;
  if (outcome.opened > 0) CHECK(is_first);
  CHECK(identity.journal == (is_first ? first_minted : later_minted).journal);
  CHECK(identity.client_secret == (is_first ? first_minted : later_minted).client_secret);
  const std::int64_t earlier = identity.boot - 1;
  CHECK(earlier >= outcome.opened);
  CHECK(earlier <= outcome.opened + outcome.openings_failed);
  CHECK((earlier > 0) == is_first);
  if (outcome.opened > 0 && !outcome.is_clean_unsure) CHECK(identity.clean == outcome.closed);
}

}  // namespace

Outcome make_store(const std::string& path) {
  return take_turns({&Life::open, &Life::close}, path, {}, {});
}

Outcome live(const std::string& path, const Outcome& before, const std::function<void()>& mend) {
  return take_turns(whole_life, path, before, mend);
}

std::string contents(store::Store& store, store::Reader& reader) {
  std::string text;
  const auto add = [&](const auto& rows) {
    for (const auto& row : rows) text += shown(row) + "\n";
  };
  const auto runs = reader.activations({"", "", true}, {});
  add(runs);
  for (const auto& run : runs) {
    add(reader.history(run.id, {}));
    add(reader.tasks(run.id, std::nullopt, {}));
    const auto output = reader.output(run.id, "deploy");
    if (output) text += std::to_string(output->run) + " " + output->outputs + "\n";
  }
  add(reader.campaigns({}));
  add(reader.sites({}));
  add(reader.rejects({}));
  const auto rows = store.begin();
  add(rows->triggers());
  for (const auto& site : rows->owing_sites()) {
    text += site.text() + ": " + ids(rows->owed(site, std::nullopt, 100)) + "\n";
  }
  text += ids(rows->local_work(std::nullopt, 100)) + "\n";
  text += ids(rows->open_activations(100)) + "\n";
  for (const auto& due : rows->due({1'000'000}, 100)) {
    text += due.activation.text() + " due " + std::to_string(due.at.ms) + "\n";
  }
  for (const char* digest : {"digest-1", "digest-2"}) {
    text += rows->seen(digest, {0}).value_or("never") + "\n";
  }
  text += std::to_string(rows->unsettled_commands()) + " commands, " +
          std::to_string(rows->last_instant().ms);
  return text;
}

const std::vector<std::string>& expected_contents() {
  static const std::vector<std::string> expected = [] {
    const auto store = store::make_memory_store(plane("hq"), first_minted);
    const auto reader = store->reader();
    std::vector<std::string> after{contents(*store, *reader)};
    bool committing = false;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      commit_write(*store, i, committing);
      after.push_back(contents(*store, *reader));
    }
    return after;
  }();
  return expected;
}

std::unique_ptr<store::Store> open_again(const std::string& path) {
  return store::open_sqlite(path, plane("hq"), later_minted);
}

void write_all(store::Store& store) {
  write_from(store, 0);
}

void check_survived(const std::string& path, const Outcome& outcome) {
  const FaultVfs working;  // none armed; real syncs would only take their time
  const auto store = open_again(path);
  store::Connection connection(path, store::Connection::Access::read);
  CHECK(connection.lines("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
  CHECK(connection.lines("PRAGMA journal_mode") == std::vector<std::string>{"wal"});
  check_identity(store->identity(), outcome);
  const auto reader = store->reader();
  const std::string found = contents(*store, *reader);
  const auto& expected = expected_contents();
  std::size_t committed = outcome.committed;
  if (outcome.committing && found == expected[committed + 1]) ++committed;
  CHECK(found == expected[committed]);
  write_from(*store, committed);
  CHECK(contents(*store, *reader) == expected.back());
}

}  // namespace antiphon::test
