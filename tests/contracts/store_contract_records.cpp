// SPDX-License-Identifier: MIT
// Whole runs over every store: nothing is left out where a page ends.
#include "engine/store/records.hpp"

#include "engine/core/limits.hpp"
#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {
namespace {

STORE_CASE("store: a record has every row of its run, however many pages they fill") {
  Subject subject;
  const auto reader = subject.store().reader();
  // Below a page, one whole page, and past its end.
  for (const int count : {1, core::limits::page_items, core::limits::page_items + 1}) {
    const std::string run = "run-" + std::to_string(count);
    commit(subject.store(), [&](store::Transaction& rows) {
      rows.insert(some_activation(run));
      for (int i = 1; i <= count; ++i) {
        rows.insert(some_run(run, i));
        rows.insert(some_task(run, i, 0, "tokyo"));
        rows.put_output(activation_id(run), some_run(run, i).stage, {i, "{}"});
      }
      rows.insert(some_activation(run + "-other"));
      rows.insert(some_task(run + "-other", 1, 0, "tokyo"));
    });
    const core::RunRecord record = store::load_record(*reader, activation_id(run));
    CHECK(shown(record.activation) == shown(some_activation(run)));
    REQUIRE(record.runs.size() == static_cast<std::size_t>(count));
    REQUIRE(record.tasks.size() == static_cast<std::size_t>(count));
    CHECK(shown(record.runs.back()) == shown(some_run(run, count)));
    CHECK(shown(record.tasks.back()) == shown(some_task(run, count, 0, "tokyo")));
    REQUIRE(record.outputs.size() == 1);
    CHECK(record.outputs.begin()->first == record.runs.front().stage);
    CHECK(record.outputs.begin()->second.run == count);
  }
}

STORE_CASE("store: a record of a run that is not stored is refused by its id") {
  Subject subject;
  const auto reader = subject.store().reader();
  CHECK(kind_thrown([&] { store::load_record(*reader, activation_id("run-1")); }) ==
        store::StoreError::Kind::other);
}

STORE_CASE("store: every run is visited once, commanded ones too, the newest first") {
  Subject subject;
  const int count = core::limits::page_items + 1;
  commit(subject.store(), [&](store::Transaction& rows) {
    for (int i = 1; i < count; ++i) rows.insert(some_activation("run-" + std::to_string(i)));
    rows.insert(some_command("command", "hq", "t1"));
  });
  const auto reader = subject.store().reader();
  std::vector<core::Activation> visited;
  store::each_activation(*reader, [&](const core::Activation& run) { visited.push_back(run); });
  REQUIRE(visited.size() == static_cast<std::size_t>(count));
  CHECK(visited.front().id == activation_id("command"));
  for (int i = 1; i < count; ++i) {
    CHECK(visited[static_cast<std::size_t>(count - i)].id.text() == "run-" + std::to_string(i));
  }
}

}  // namespace
}  // namespace antiphon::test
