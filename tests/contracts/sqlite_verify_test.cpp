// SPDX-License-Identifier: MIT
// Rows of a store are damaged in every way that its verification knows, and each is found in its
// words.
#include "engine/core/status.hpp"
#include "engine/store/migrations.hpp"
#include "tests/contracts/verify_world.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::test {
namespace {

struct Damage {
  std::string sql;
  std::string found;  ///< all that is found, "rule text" a line
};

void find_each(const std::vector<Damage>& table) {
  const File whole;
  whole.make();
  const std::string bytes = content(whole.path);
  for (const Damage& damage : table) {
    INFO(damage.sql);
    const File file;
    write(file.path, bytes);
    file.damage(damage.sql);
    const Outcome outcome = verify_untouched(file);
    REQUIRE(outcome.verified);
    CHECK(outcome.text() == damage.found);
  }
}

const std::string own_second = "run a1, stage run 2 (second)";

TEST_CASE("sqlite verify: a sound store has no finding, and is counted") {
  const File file;
  file.make();
  std::string progress;
  const auto said = [&](std::int64_t done, std::int64_t all) {
    progress += std::to_string(done) + "/" + std::to_string(all) + " ";
  };
  const Outcome outcome = verify(file.path, said);
  REQUIRE(outcome.verified);
  CHECK(outcome.text().empty());
  CHECK(progress == "1/2 2/2 ");
  const store::Verified& verified = *outcome.verified;
  CHECK(verified.plane == plane("hq"));
  CHECK(verified.schema == store::schema_version());
  CHECK(verified.clean);
  CHECK(verified.versions == 1);
  CHECK(verified.triggers == 1);
  CHECK(verified.objects == 1);
  CHECK(verified.runs == 2);
  CHECK(verified.stage_runs == 4);
  CHECK(verified.tasks == 6);
  CHECK(!std::filesystem::exists(file.path + "-wal"));
}

TEST_CASE("sqlite verify: each damage to the rows of a run is found") {
  const std::string run = "UPDATE activation SET ";
  find_each({
      {"UPDATE stage_run SET succeeded = 1 WHERE run = 2 AND stage = 'second'",
       "I4 " + own_second + ": has ended with open tasks\nI3 " + own_second +
           ": `succeeded` is not the number of its done contexts\n"},
      {"UPDATE task SET settled_at = NULL WHERE id = 'id20'",
       "I5 run a1, stage run 2, task 0 (site0): is settled, and has no instant of it\n"},
      {"UPDATE task SET due = due + 1 WHERE due IS NOT NULL",
       "waits run c1, stage run 2, task 0 (site0): is woken at another instant than it waits "
       "for\n"},
      {"UPDATE task SET due = NULL WHERE due IS NOT NULL",
       "waits run c1, stage run 2, task 0 (site0): is woken at another instant than it waits "
       "for\n"},
      {"UPDATE task SET outputs = x'7b' WHERE id = 'id20'",
       "texts run a1, stage run 2, task 0 (site0): its outputs cannot be read\n"},
      {"DELETE FROM stage_output WHERE stage = 'first'",
       "I3 run a1, stage run 1 (first): closed without leaving its outputs\n"},
      {run + "hash = 'gone' WHERE id = 'a1'",
       "versions run a1: its campaign version is not stored\n"},
      {run + "updated = 2000 WHERE id = 'a1'", "time run a1: changed after the last commit\n"},
      {run + "origin = 'a/b' WHERE id = 'c1'",
       "rows run c1 cannot be read: plane name has a character that no name may have, at position "
       "2\n"},
      {run + "id = 'a/b' WHERE id = 'c1'",
       "rows run 'a/b': activation id has a character that no name may have, at position 2\n"},
      {"INSERT INTO stage_output VALUES (99, 'first', 1, x'7b7d')",
       "rows outputs that belong to no run: 1\n"},
      {"INSERT INTO stage_output VALUES (1, 'third', 1, x'7b7d')",
       "rows outputs of stages that were never opened: 1\n"},
      {"UPDATE stage_run SET activation = 99 WHERE activation = 2; "
       "UPDATE task SET activation = 99 WHERE activation = 2",
       "rows stage runs that belong to no run: 2\nrows tasks that belong to no run: 2\n"
       "I4 run c1: `run` is not its last stage run\nwaits run c1: is between stages, and has none "
       "to open\nwaits run c1: has a stage to open, and nothing wakes it\nI6 run c1: is in a state "
       "that its origin's task does not have\n"},
  });
}

TEST_CASE("sqlite verify: each damage to what a plane has besides its runs is found") {
  const std::string hello = "campaign hello, ";
  const std::string lane = "lane default/hello/press/7";
  find_each({
      {"UPDATE \"trigger\" SET hash = 'gone'",
       "triggers " + hello + "trigger press: is of a version that is not stored\ntriggers " +
           hello + "version 1: a trigger of its document is not in force\n"},
      {"UPDATE \"trigger\" SET name_space = 'a/b'",
       "rows the triggers cannot be read: namespace has a character that no name may have, at "
       "position 2\n"},
      {"UPDATE campaign_version SET version = 'a/b'",
       "rows the campaign versions cannot be read: version has a character that no name may have, "
       "at position 2\n"},
      {"UPDATE site SET labels = '[1'",
       "rows the sites cannot be read: the labels of a site are not readable\n"},
      {"UPDATE object SET author = ''", "objects object instance/app: has no author\n"},
      {"UPDATE object SET origin = 'hq'",
       "objects object instance/app: is not named after its origin\n"},
      {"UPDATE object SET name = 'a/b'",
       "rows the objects of the registry cannot be read: object name has a character that no name "
       "may have, at position 2\n"},
      {"UPDATE object SET document = x'7b'",
       "texts object instance/app: its document cannot be read\n"},
      {"UPDATE lane SET due = NULL", "waits " + lane + ": is not woken when its time is over\n"},
      {"UPDATE lane SET due = NULL, until = NULL, activation = 'none'",
       "waits " + lane + ": has runs to start, and nothing wakes it\nwaits " + lane +
           ": its run has ended, and nothing wakes it\n"},
      {"DELETE FROM lane_event WHERE ready = 1",
       "lanes " + lane + ": has other messages than it counts\n"},
      {"DELETE FROM lane", "rows messages that wait in no lane: 2\n"},
      {"UPDATE lane SET activation = 'a/b'",
       "rows the lanes of triggers cannot be read: activation id has a character that no name may "
       "have, at position 2\n"},
      {"UPDATE reject SET status = 99999999999",
       "rows what was refused cannot be read: a number is out of range\n"},
      {"WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1999) "
       "INSERT INTO reject SELECT i, 0, '', '', 400, '', 0, x'' FROM n",
       "I8 1001 refused messages are kept, more than 1000\n"},
      {"UPDATE seen SET expires = expires + 86400000",
       "I2 requests that are remembered for longer than they may be: 1\n"},
      {"UPDATE seen SET expires = expires + 86400000, answer = x'31'", ""},
      {"UPDATE seen SET answer = x'7b'", "texts answers to requests that cannot be read: 1\n"},
      {"DROP TABLE seen",
       repeated("rows the rows of a table cannot be read: no such table: seen (SQLite 1)\n", 2)},
      {"UPDATE meta SET plane = 'a/b'",
       "rows what the store knows of itself cannot be read: plane name has a character that no "
       "name may have, at position 2\n"},
      {"DELETE FROM meta",
       "rows nothing says which plane's store it is, so nothing else was checked; runs in it: 2\n"},
      {"PRAGMA ignore_check_constraints = 1; UPDATE activation SET state = 'asleep' WHERE id = "
       "'a1'",
       "rows the lanes of triggers cannot be read: 'asleep' is no state\n"
       "rows run a1 cannot be read: 'asleep' is no state\n"},
      {"CREATE TABLE more (x REFERENCES task (seq)); INSERT INTO more VALUES (99)",
       "file a row refers to one that is not there: more|1|task|0\n"},
  });
}

TEST_CASE("sqlite verify: a finding about a run has its id") {
  const File file;
  file.make();
  file.damage("UPDATE activation SET hash = 'gone' WHERE id = 'a1'; DELETE FROM \"trigger\"");
  const Outcome outcome = verify(file.path);
  REQUIRE(outcome.found.size() == 2);
  CHECK(outcome.found[0].run.empty());
  CHECK(outcome.found[1].run == "a1");
}

TEST_CASE("sqlite verify: a document that is not the applied one is found by who can read it") {
  const File file;
  file.make();
  std::string all;
  const auto refused = [](const core::CampaignVersion& row) -> core::Result<core::CampaignPtr> {
    return core::failure(core::status::conflict, row.hash + " has changed");
  };
  const auto verified = store::verify_sqlite(
      file.path, {refused, [&](const store::Finding& finding) { all += finding.text; },
                  [](std::int64_t, std::int64_t) {}});
  REQUIRE(verified);
  CHECK(all == "campaign hello, version 1: its document cannot be used: hash has changed");
}

}  // namespace
}  // namespace antiphon::test
