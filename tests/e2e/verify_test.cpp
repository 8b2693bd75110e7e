// SPDX-License-Identifier: MIT
// `antiphon verify` on the stores that real planes leave: sound as they are, and with each kind of
// damage done to them.
#include <doctest/doctest.h>

#include <fstream>

#include "engine/store/migrations.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "tests/e2e/world.hpp"
#include "tests/support/texts.hpp"

using namespace antiphon::test;
using antiphon::store::Connection;

namespace {

namespace fs = std::filesystem;

/// hq and a site, after a run of two stages that a device started.
void run_one(World& world) {
  world.hq().start();
  world.plane("tokyo").serve();
  world.hq().await_on_bus();
  world.await_sites({"tokyo"});
  world.apply(campaign("two", "work",
                       to_yaml({"work", "[tokyo, hq]", "after", "", "handleErrors: true"}) +
                           "    after: {provider: mock, handleErrors: true}\n",
                       "[{name: press, topic: plant/+line/press}]"));
  world.activate("two", "r1");
  world.await_state("r1", "done");
}

RunResult verify(const fs::path& store, const std::vector<std::string>& flags = {}) {
  std::vector<std::string> words{ANTIPHON_BINARY, "verify", store.string()};
  words.insert(words.end(), flags.begin(), flags.end());
  return run(words);
}

Json parsed(const RunResult& result) {
  return Json::parse(result.out, nullptr, false);
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

using Damage = std::function<void(const fs::path&)>;

Damage sql(const std::string& statement) {
  return [statement](const fs::path& path) {
    Connection(path.string(), Connection::Access::write).execute(statement);
  };
}

Damage bytes(const std::function<void(std::string&)>& change) {
  return [change](const fs::path& path) {
    std::string all = file_text(path);
    change(all);
    write_file(path, all);
  };
}

void flip(std::string& all, std::size_t at) {
  all.at(at) = static_cast<char>(all.at(at) ^ 0x20);
}

struct Row {
  const char* name;
  Damage damage;
  std::string rule;
  std::string run;   ///< empty: it is about none
  std::string text;  ///< a part of it
};

const std::vector<Row>& damages() {
  static const std::vector<Row> rows{
      {"a counter", sql("UPDATE stage_run SET succeeded = succeeded + 1 WHERE run = 2"), "I3", "r1",
       "run r1, stage run 2 (after): `succeeded` is not the number of its done contexts"},
      {"a settled task without instant",
       sql("UPDATE task SET settled_at = NULL WHERE context = 'tokyo'"), "I5", "r1",
       "(tokyo): is settled, and has no instant of it"},
      {"a task settled again, as something else",
       sql("UPDATE task SET state = 'failed', status = 500 WHERE run = 2"), "I3", "r1",
       "run r1, stage run 2 (after): `failed` is not the number of its failed contexts"},
      {"outputs that are gone", sql("DELETE FROM stage_output WHERE stage = 'after'"), "I3", "r1",
       "run r1, stage run 2 (after): closed without leaving its outputs"},
      {"a run of no version", sql("UPDATE activation SET hash = 'none'"), "versions", "r1",
       "run r1: its campaign version is not stored"},
      {"a trigger of no version", sql("UPDATE \"trigger\" SET hash = 'none'"), "triggers", "",
       "campaign two, trigger press: is of a version that is not stored"},
      {"a row of nobody", sql("UPDATE task SET activation = 99 WHERE run = 2"), "rows", "",
       "tasks that belong to no run: 1"},
      {"one letter of a document",
       bytes([](std::string& all) { flip(all, all.find("\"firstStage\"") + 1); }), "versions", "",
       "campaign two, version v1: its document cannot be used: it is not the one that was applied"},
      {"the head of a page", bytes([](std::string& all) {
         for (std::size_t at = 4096; at < all.size(); at += 4096) flip(all, at);
       }),
       "file", "", ""},
      {"half of the file", bytes([](std::string& all) { all.resize(all.size() / 2); }), "file", "",
       "it was cut off: "},
  };
  return rows;
}

bool has_finding(const Json& report, const Row& row) {
  for (const Json& finding : report["findings"]) {
    const std::string problem = finding["problem"];
    if (finding["rule"] == row.rule && finding.value("run", "") == row.run &&
        problem.find(row.text) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("verify: the stores of a real run are sound, closed or killed, and stay as they are") {
  World world;
  run_one(world);
  world.hq().kill9();
  world.plane("tokyo").terminate();
  for (const char* plane : {"hq", "tokyo"}) {
    const fs::path store = world.plane(plane).store();
    const std::string log = store.string() + "-wal";
    const std::string before = file_text(store) + file_text(log);
    const RunResult result = verify(store, {"--json"});
    INFO(result.out, result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    CHECK(file_text(store) + file_text(log) == before);
    const Json report = parsed(result);
    CHECK(report["ok"] == true);
    CHECK(report["plane"] == plane);
    CHECK(report["checked"]["runs"] == 1);
    CHECK(report["closedInOrder"] == (plane != std::string("hq")));
  }
  const RunResult told = verify(world.hq().store());
  CHECK(told.exit_code == 0);
  CHECK(contains(told.out, "plane hq, schema "));
  CHECK(contains(told.out, ", not closed in order\n"));
  CHECK(
      contains(told.out,
               "checked 1 run, 2 stage runs, 3 tasks, 1 campaign version, 1 trigger, 0 objects\n"));
  CHECK(told.out.ends_with("\nsound\n"));
}

TEST_CASE("verify: each damage to a real store is found, named and explained, and kept") {
  World world;
  run_one(world);
  world.hq().terminate();
  // The last readers may have left the log to the next start.
  Connection(world.hq().store().string(), Connection::Access::write)
      .execute("PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string whole = file_text(world.hq().store());
  const fs::path store = world.file("damaged.db");
  for (const Row& row : damages()) {
    INFO(row.name);
    write_file(store, whole);
    row.damage(store);
    const std::string damaged = file_text(store);
    const RunResult result = verify(store, {"--json"});
    INFO(result.out, result.err);
    CHECK(result.exit_code == 1);
    const Json report = parsed(result);
    CHECK(report["ok"] == false);
    CHECK(has_finding(report, row));
    CHECK(report["rules"].contains(row.rule));
    const RunResult told = verify(store);
    CHECK(told.exit_code == 1);
    CHECK(contains(told.out, row.text));
    CHECK(contains(told.out, report["rules"][row.rule]["meaning"].get<std::string>()));
    CHECK(told.out.ends_with("; the file was left as it is, keep a copy\n"));
    CHECK(file_text(store) == damaged);
  }
}

TEST_CASE("verify: what is no store it can judge is a wrong word, and says why") {
  const TempDir folder;
  const fs::path path = folder / "some.db";
  const std::string newer = std::to_string(antiphon::store::schema_version() + 1);
  const struct {
    std::string bytes;
    std::string sql;
    std::string words;
  } rows[]{
      {"", "", "is empty: no plane has begun with it"},
      {"plant: line7\n", "", "it does not begin like an SQLite file"},
      {"", "CREATE TABLE bookmarks (url TEXT)", "is an SQLite file of another program"},
      {"",
       "PRAGMA application_id = " + std::to_string(antiphon::store::application_id) +
           "; CREATE TABLE meta (plane TEXT); PRAGMA user_version = " + newer,
       "has schema " + newer + " and this program knows schemas up to"},
  };
  for (const auto& row : rows) {
    write_file(path, row.bytes);
    if (!row.sql.empty()) sql(row.sql)(path);
    const std::string before = file_text(path);
    const RunResult result = verify(path);
    INFO(result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK(contains(result.err, row.words));
    CHECK(file_text(path) == before);
  }
  const RunResult missing = verify(folder / "none.db", {"--json"});
  CHECK(missing.exit_code == 2);
  CHECK(contains(parsed(missing)["error"].get<std::string>(), "No such file or directory"));
  CHECK(run({ANTIPHON_BINARY, "verify"}).exit_code == 2);
}

TEST_CASE("verify: a store that is served is refused with the plane's pid") {
  World world;
  world.hq().serve();
  const RunResult result = verify(world.hq().store());
  CHECK(result.exit_code == 4);
  CHECK(contains(result.err, "is in use by process " + std::to_string(world.hq().process().pid())));
  CHECK(contains(result.err, "stop that process first"));
  world.hq().terminate();
  CHECK(verify(world.hq().store()).exit_code == 0);
}
