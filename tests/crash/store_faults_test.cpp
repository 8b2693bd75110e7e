// SPDX-License-Identifier: MIT
// The durable store on a disk that fails: for each operation of a store's small life, in turn, that
// one fails, or is the last one, or finds no room, or is where the power goes.
#include "tests/crash/store_place.hpp"

namespace antiphon::test {
namespace {

using Kind = store::StoreError::Kind;

TEST_CASE("store on a bad disk: without a fault a store lives to its end") {
  const EmptyPlace place;
  const Outcome outcome = live(place.path, make_store(place.path));
  CHECK(outcome.is_done);
  CHECK(outcome.committed + 1 == expected_contents().size());
  check_survived(place.path, outcome);
}

TEST_CASE("store on a bad disk: a write or sync that fails once loses nothing that was committed") {
  std::int64_t told = 0;
  sweep<Place>(
      Fault::error, changing_operations,
      [](const Place& place, FaultVfs&) { return live(place.path, place.made); },
      [&](const Place& place, const Outcome& outcome) {
        check_failures(outcome, Kind::io, place.path);
        check_survived(place.path, outcome);
        if (!outcome.failures.empty()) ++told;
      });
  CHECK(told > 80);
}

TEST_CASE("store on a bad disk: what failed once can be tried again with the same store") {
  const auto hits = sweep<Place>(
      Fault::error, all_operations,
      [](const Place& place, FaultVfs&) { return live(place.path, place.made, [] {}); },
      [](const Place& place, const Outcome& outcome) {
        check_failures(outcome, Kind::io, place.path);
        CHECK(outcome.is_done);
        check_survived(place.path, outcome);
      });
  CHECK(hits > 100);
}

TEST_CASE("store on a bad disk: after a disk that went away all that was committed is there") {
  const auto hits = sweep<Place>(
      Fault::death, all_operations,
      [](const Place& place, FaultVfs&) { return live(place.path, place.made); },
      [](const Place& place, const Outcome& outcome) {
        check_failures(outcome, Kind::io, place.path);
        check_survived(place.path, outcome);
      });
  CHECK(hits > 100);
}

TEST_CASE("store on a bad disk: a full one keeps what it has, and the same store goes on") {
  std::int64_t told = 0;
  sweep<Place>(
      Fault::full, growing_operations,
      [](const Place& place, FaultVfs& disk) {
        return live(place.path, place.made, [&disk] { disk.mend(); });
      },
      [&](const Place& place, const Outcome& outcome) {
        check_failures(outcome, Kind::full, place.path);
        CHECK(outcome.is_done);
        check_survived(place.path, outcome);
        if (!outcome.failures.empty()) ++told;
      });
  CHECK(told > 50);
}

TEST_CASE("store on a bad disk: without room for its log's index it is full, too") {
  constexpr std::size_t more_than_one_part_of_the_index = 17'000'000;
  const Place place;
  FaultVfs disk;
  const auto store = open_again(place.path);
  const auto write = [&] {
    const auto rows = store->begin();
    rows->remember("large", std::string(more_than_one_part_of_the_index, 'x'), {100});
    rows->commit();
  };
  disk.arm(Fault::full, {Operation::map}, 1);
  try {
    write();
    FAIL("there was room");
  } catch (const store::StoreError& error) {
    CHECK(error.kind() == Kind::full);
  }
  disk.mend();
  CHECK(!store->begin()->seen("large", {0}));
  write();
  CHECK(store->begin()->seen("large", {0}));
}

TEST_CASE("store on a bad disk: when the power goes no committed transaction is lost or halved") {
  for (const std::uint64_t seed : power_seeds) {
    CAPTURE(seed);
    const auto hits = sweep<Place>(
        Fault::death, changing_operations,
        [&](const Place& place, FaultVfs& disk) {
          const Outcome outcome = live(place.path, place.made);
          disk.lose_power(seed);
          return outcome;
        },
        [](const Place& place, const Outcome& outcome) { check_survived(place.path, outcome); });
    CHECK(hits > 80);
  }
}

}  // namespace
}  // namespace antiphon::test
