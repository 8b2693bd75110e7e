// SPDX-License-Identifier: MIT
// Stores with a broken byte somewhere. Opening one, reading all of it and writing to it works or is
// a StoreError in words that name the file: nothing crashes and nothing hangs. What a page's own
// structure does not betray can be read as a wrong value.
#include <algorithm>

#include "tests/contracts/store_rows.hpp"
#include "tests/crash/store_place.hpp"

namespace antiphon::test {
namespace {

/// The files of a store after its whole life: closed in order, or killed with all transactions
/// still in the log.
struct Files {
  std::string file;
  std::string log;
};

Files closed_files() {
  const EmptyPlace place;
  const FaultVfs working;
  live(place.path, make_store(place.path));
  return {bytes_of(place.path), {}};
}

Files killed_files() {
  const Place place;
  const FaultVfs working;
  const auto store = open_again(place.path);
  write_all(*store);
  return {bytes_of(place.path), bytes_of(place.path + "-wal")};
}

/// What came of opening, reading and writing them.
struct Use {
  bool opened = false;
  bool worked = false;
  std::string contents;
};

Use used(const std::string& path) {
  Use use;
  try {
    const auto store = open_again(path);
    use.opened = true;
    const auto reader = store->reader();
    use.contents = contents(*store, *reader);
    const auto rows = store->begin();
    rows->insert(some_activation("one-more"));
    rows->insert(some_task("one-more", 1, 0, "tokyo"));
    rows->put(some_site("paris"));
    rows->commit();
    use.worked = true;
  } catch (const store::StoreError& error) {
    CAPTURE(error.what());
    CHECK(error.kind() != store::StoreError::Kind::full);
    CHECK(contains(error.what(), path));
  }
  return use;
}

/// Counts of what became of many broken stores.
struct Tally {
  void add(const Use& use) {
    ++(use.worked ? (use.contents == expected_contents().back() ? same : different)
                  : (use.opened ? refused_later : refused));
  }
  std::string text() const {
    return std::to_string(refused) + " not opened, " + std::to_string(refused_later) +
           " refused later, " + std::to_string(same) + " without effect, " +
           std::to_string(different) + " read differently";
  }

  int all() const { return refused + refused_later + same + different; }

  int refused = 0;
  int refused_later = 0;
  int same = 0;
  int different = 0;
};

std::string with_flipped(std::string bytes, std::size_t at, unsigned bits) {
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ bits);
  return bytes;
}

TEST_CASE("store corruption: a broken byte anywhere in the file is refused or goes unnoticed") {
  constexpr std::size_t stride = 61;
  const Files whole = closed_files();
  const EmptyPlace place;
  const FaultVfs working;
  Tally tally;
  for (std::size_t at = 0; at < whole.file.size(); at += at < 100 ? 1 : stride) {
    CAPTURE(at);
    write_bytes(place.path, with_flipped(whole.file, at, at % 2 == 0 ? 0xffU : 0x01U));
    tally.add(used(place.path));
    std::filesystem::remove(place.path + "-wal");
  }
  MESSAGE(tally.text());
  CHECK(tally.refused > 50);
  CHECK(tally.refused_later > 5);
  CHECK(tally.same > 1000);
  // SQLite keeps no checksums of pages: a changed letter in a row is another value. Most of the
  // file is no such letter.
  CHECK(tally.different < tally.all() / 8);
}

TEST_CASE("store corruption: a broken bit in front of a name does not keep the store busy") {
  const Files whole = closed_files();
  const EmptyPlace place;
  const FaultVfs working;
  Tally tally;
  for (const std::string name : {"austin", "paris", "tokyo"}) {
    for (auto found = whole.file.find(name); found != std::string::npos;
         found = whole.file.find(name, found + 1)) {
      for (std::size_t at = found - 4; at < found; ++at) {
        CAPTURE(at);
        write_bytes(place.path, with_flipped(whole.file, at, 0x01U));
        tally.add(used(place.path));
        std::filesystem::remove(place.path + "-wal");
      }
    }
  }
  MESSAGE(tally.text());
  CHECK(tally.refused_later > 0);
}

TEST_CASE("store corruption: a file that was cut off is refused or read as far as it goes") {
  const Files whole = closed_files();
  const EmptyPlace place;
  const FaultVfs working;
  Tally tally;
  for (std::size_t size = 1; size < whole.file.size(); size += 1499) {
    CAPTURE(size);
    write_bytes(place.path, whole.file.substr(0, size));
    tally.add(used(place.path));
    std::filesystem::remove(place.path + "-wal");
  }
  MESSAGE(tally.text());
  CHECK(tally.refused > 50);
  // The last page is the end of a long value: what is missing of it is read as zeroes.
  CHECK(tally.different <= 1);
}

TEST_CASE("store corruption: a log with a broken byte counts as far as it is whole") {
  constexpr std::size_t stride = 997;
  const Files whole = killed_files();
  const EmptyPlace place;
  const FaultVfs working;
  const auto& expected = expected_contents();
  std::set<std::string> prefixes;
  for (std::size_t at = 0; at < whole.log.size(); at += at < 64 ? 1 : stride) {
    CAPTURE(at);
    write_bytes(place.path, whole.file);
    write_bytes(place.path + "-wal", with_flipped(whole.log, at, 0xffU));
    const Use use = used(place.path);
    CHECK(use.worked);
    CHECK(std::count(expected.begin(), expected.end(), use.contents) == 1);
    prefixes.insert(use.contents);
  }
  // The last transaction needs every byte of the log.
  CHECK(prefixes.size() == expected.size() - 1);
  CHECK(!prefixes.contains(expected.back()));
}

}  // namespace
}  // namespace antiphon::test
