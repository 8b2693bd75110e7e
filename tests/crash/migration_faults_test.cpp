// SPDX-License-Identifier: MIT
// A schema that moves on while the disk fails: it is the old one or the new one, and opening again
// completes it. Files of newer programs stay what they are.
#include "engine/store/migrations.hpp"

#include <algorithm>

#include "engine/store/sqlite_connection.hpp"
#include "tests/crash/store_place.hpp"

namespace antiphon::test {
namespace {

using store::Connection;
using Kind = store::StoreError::Kind;

/// What this program knows, and two steps that a later one may have: they change tables, rows and
/// indexes.
std::vector<store::Migration> steps_with_later(std::size_t later) {
  std::vector<store::Migration> steps = store::migrations();
  const int newest = store::schema_version();
  if (later > 0) {
    steps.push_back({newest + 1,
                     "ALTER TABLE site ADD COLUMN zone TEXT NOT NULL DEFAULT 'none';"
                     "UPDATE site SET zone = 'zone of ' || name;"
                     "CREATE INDEX site_zone ON site (zone);"});
  }
  if (later > 1) {
    steps.push_back({newest + 2,
                     "CREATE TABLE signal (name TEXT PRIMARY KEY, sent INTEGER NOT NULL) STRICT;"
                     "INSERT INTO signal SELECT zone, boot FROM site;"
                     "DROP INDEX site_zone;"
                     "DELETE FROM reject;"});
  }
  return steps;
}

/// Opens it as a program would that has the steps.
void move_on(const std::string& path, const std::vector<store::Migration>& steps) {
  Connection connection(path, Connection::Access::write);
  connection.make_durable();
  store::migrate(connection, steps);
}

/// The number of its schema, the schema and its rows.
std::string shape_of(const std::string& path) {
  Connection connection(path, Connection::Access::write);
  CHECK(connection.lines("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
  std::string shape = std::to_string(connection.number("PRAGMA user_version")) + "\n";
  for (const auto& line : connection.lines("SELECT sql FROM sqlite_schema ORDER BY type, name")) {
    shape += line + "\n";
  }
  for (const auto& table : connection.lines(
           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY 1")) {
    for (const auto& row : connection.lines("SELECT * FROM \"" + table + "\"")) shape += row + "\n";
  }
  return shape;
}

/// A folder with a store of this program's schema that has rows in most tables.
struct FullPlace : EmptyPlace {
  FullPlace() {
    static const std::string file = [this] {
      const FaultVfs working;
      live(path, make_store(path));
      return bytes_of(path);
    }();
    write_bytes(path, file);
  }
};

/// shape_of() a FullPlace without, with one, and with both of the later steps.
const std::vector<std::string>& expected_shapes() {
  static const std::vector<std::string> shapes = [] {
    std::vector<std::string> found;
    const FaultVfs working;
    for (const std::size_t later : {0U, 1U, 2U}) {
      const FullPlace place;
      move_on(place.path, steps_with_later(later));
      found.push_back(shape_of(place.path));
    }
    return found;
  }();
  return shapes;
}

Outcome move_on_as_far_as_it_goes(const std::string& path) {
  Outcome outcome;
  try {
    move_on(path, steps_with_later(2));
    outcome.is_done = true;
  } catch (const store::StoreError& error) {
    outcome.failures.push_back({error.kind(), error.what()});
  }
  return outcome;
}

void check_moved(const FullPlace& place, const Outcome& outcome) {
  const FaultVfs working;
  const auto& shapes = expected_shapes();
  const std::string found = shape_of(place.path);
  CHECK(std::count(shapes.begin(), shapes.end(), found) == 1);
  if (outcome.is_done) CHECK(found == shapes.back());
  move_on(place.path, steps_with_later(2));
  CHECK(shape_of(place.path) == shapes.back());
}

TEST_CASE("store migrations: one that is cut off anywhere leaves the old schema or the new one") {
  REQUIRE(expected_shapes()[0] != expected_shapes()[1]);
  REQUIRE(expected_shapes()[1] != expected_shapes()[2]);
  for (const Fault fault : {Fault::error, Fault::death}) {
    const auto hits = sweep<FullPlace>(
        fault, all_operations,
        [](const FullPlace& place, FaultVfs&) { return move_on_as_far_as_it_goes(place.path); },
        [](const FullPlace& place, const Outcome& outcome) {
          check_failures(outcome, Kind::io, place.path);
          check_moved(place, outcome);
        });
    CHECK(hits > 40);
  }
}

TEST_CASE("store migrations: when the power goes during one the schema is the old or the new one") {
  for (const std::uint64_t seed : power_seeds) {
    CAPTURE(seed);
    const auto hits = sweep<FullPlace>(
        Fault::death, changing_operations,
        [&](const FullPlace& place, FaultVfs& disk) {
          const Outcome outcome = move_on_as_far_as_it_goes(place.path);
          disk.lose_power(seed);
          return outcome;
        },
        check_moved);
    CHECK(hits > 20);
  }
}

TEST_CASE("store migrations: a new file whose making was cut off anywhere becomes a store") {
  for (const Fault fault : {Fault::error, Fault::death}) {
    const auto hits = sweep<EmptyPlace>(
        fault, all_operations,
        [](const EmptyPlace& place, FaultVfs&) { return make_store(place.path); },
        [](const EmptyPlace& place, const Outcome& outcome) {
          check_failures(outcome, Kind::io, place.path);
          check_survived(place.path, outcome);
        });
    CHECK(hits > 40);
  }
}

TEST_CASE("store migrations: a new file during whose making the power went becomes a store") {
  for (const std::uint64_t seed : power_seeds) {
    CAPTURE(seed);
    const auto hits = sweep<EmptyPlace>(
        Fault::death, changing_operations,
        [&](const EmptyPlace& place, FaultVfs& disk) {
          const Outcome outcome = make_store(place.path);
          disk.lose_power(seed);
          return outcome;
        },
        [](const EmptyPlace& place, const Outcome& outcome) {
          check_survived(place.path, outcome);
        });
    CHECK(hits > 20);
  }
}

TEST_CASE(
    "store migrations: a file of a newer program is refused and untouched, and so is its log") {
  const FullPlace closed;
  move_on(closed.path, steps_with_later(2));
  const FullPlace running;
  const FullPlace killed;
  {
    Connection connection(running.path, Connection::Access::write);
    connection.make_durable();
    store::migrate(connection, steps_with_later(1));
    for (const char* end : {"", "-wal"})
      write_bytes(killed.path + end, bytes_of(running.path + end));
  }
  REQUIRE(!bytes_of(killed.path + "-wal").empty());
  for (const std::string& path : {closed.path, killed.path}) {
    CAPTURE(path == killed.path);
    const std::string file = bytes_of(path);
    const std::string log = bytes_of(path + "-wal");
    try {
      open_again(path);
      FAIL("the store was opened");
    } catch (const store::StoreError& error) {
      CHECK(error.kind() == Kind::newer);
      CHECK(contains(error.what(), path));
    }
    CHECK(bytes_of(path) == file);
    CHECK(bytes_of(path + "-wal") == log);
  }
}

}  // namespace
}  // namespace antiphon::test
