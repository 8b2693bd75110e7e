// SPDX-License-Identifier: MIT
// Files of earlier schemas: opened by this program they are of its own, and every row is there.
#include <fstream>

#include "engine/store/migrations.hpp"
#include "engine/store/records.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "tests/contracts/store_contract.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::test {
namespace {

using store::Connection;

/// One run with an open stage run, a settled and an owed task, as schema 1 has them.
constexpr const char* rows_of_schema_1 = R"sql(
INSERT INTO meta VALUES (1, 'hq', '11111111111111111111111111111111',
                         '22222222222222222222222222222222', 4, 1, 1000);
INSERT INTO activation VALUES
  (7, 'a1', 'default', 'c', '1', 'hash', 'running', 0, '', 'ask', 1, '', NULL, 3, '', '', 0, 'ann',
   100, 200, NULL, CAST('{"n":1}' AS BLOB), x'');
INSERT INTO stage_run VALUES
  (9, 7, 1, 'ask', 'remote', 'open', 2, 2, 1, 0, 0, '', 0, '', 'a note', 0, 100, NULL, x'',
   CAST('{}' AS BLOB));
INSERT INTO task VALUES
  (5, 7, 1, 0, 'id-0', 'tokyo', 'tokyo', 'mock', 'done', 1, 0, 200, '', '', 'theirs', 100, 900,
   NULL, NULL, 0, 150, NULL, CAST('{"config":{},"inputs":{}}' AS BLOB),
   CAST('{"v":1}' AS BLOB)),
  (6, 7, 1, 1, 'id-1', 'paris', 'paris', 'mock', 'accepted', 1, 1, 0, '', '', 'theirs', 100, 900,
   500, NULL, 2, NULL, 500, CAST('{"config":{},"inputs":{}}' AS BLOB), x'');
)sql";

core::Task task_of(std::int64_t ordinal, const char* site) {
  core::Task task;
  task.key = {activation_id("a1"), 1, ordinal};
  task.id = task_id("id-" + std::to_string(ordinal));
  task.context = site;
  task.site = plane(site);
  task.provider = "mock";
  task.request = R"({"config":{},"inputs":{}})";
  task.journal = "theirs";
  task.created = {100};
  task.deadline = {900};
  return task;
}

core::Task settled_task() {
  core::Task task = task_of(0, "tokyo");
  task.state = core::TaskState::done;
  task.status = 200;
  task.outputs = R"({"v":1})";
  task.settled_at = core::Instant{150};
  return task;
}

core::Task accepted_task() {
  core::Task task = task_of(1, "paris");
  task.state = core::TaskState::accepted;
  task.idempotent = true;
  task.sends = 2;
  task.next_send = core::Instant{500};
  return task;
}

TEST_CASE("sqlite store: a file of schema 1 is of the newest once it is opened, with every row") {
  const TempDir folder;
  const std::string path = (folder / "hq.db").string();
  {
    const std::ofstream empty(path);
    Connection connection(path, Connection::Access::write);
    connection.make_durable();
    store::migrate(connection, {store::migrations().front()});
    connection.execute(rows_of_schema_1);
  }
  const auto store = store::open_sqlite(path, plane("hq"), minted);
  CHECK(store->identity().boot == 5);
  const core::RunRecord record = store::load_record(*store->reader(), activation_id("a1"));
  CHECK(record.activation.inputs == R"({"n":1})");
  REQUIRE(record.runs.size() == 1);
  CHECK(record.runs.front().note == "a note");
  CHECK(!record.runs.front().begins_at);
  CHECK(record.runs.front().parts == core::Parts{});
  REQUIRE(record.tasks.size() == 2);
  CHECK(shown(record.tasks[0]) == shown(settled_task()));
  CHECK(shown(record.tasks[1]) == shown(accepted_task()));
  CHECK(core::check_run(record, plane("hq")).empty());

  const auto rows = store->begin();
  CHECK(ids(rows->owed(plane("paris"), std::nullopt, 10)) == "id-1");
  CHECK(rows->find_task(task_id("id-0")) == settled_task().key);
  CHECK(rows->next_due() == core::Instant{500});
  core::Task waiting = accepted_task();
  waiting.state = core::TaskState::waiting;
  rows->update(waiting);
  CHECK(rows->owing_sites().empty());
}

}  // namespace
}  // namespace antiphon::test
