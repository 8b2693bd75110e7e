// SPDX-License-Identifier: MIT
// Files that are broken, in use, or no store: what verification says of them; each stays as it was
// to the byte.
#include <unistd.h>

#include "engine/core/status.hpp"
#include "engine/store/migrations.hpp"
#include "tests/contracts/verify_world.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::test {
namespace {

namespace fs = std::filesystem;

TEST_CASE("sqlite verify: a file that was cut off or has broken pages is found, and kept") {
  const File whole;
  whole.make();
  const std::string bytes = content(whole.path);
  const std::string half = bytes.substr(0, bytes.size() / 2);
  std::string flipped = bytes;
  for (std::size_t at = 4096; at < flipped.size(); at += 4096) flipped[at] = '\x5a';
  const File file;
  write(file.path, half);
  const std::string cut = "file it was cut off: " + std::to_string(half.size()) + " of " +
                          std::to_string(bytes.size()) + " bytes are left\n";
  const Outcome short_of = verify_untouched(file);
  REQUIRE(short_of.verified);
  CHECK(contains(short_of.text(), cut));
  CHECK(contains(short_of.text(),
                 "it cannot be read any further: database disk image is "
                 "malformed (SQLite 11)"));
  CHECK(short_of.verified->schema == 0);
  write(file.path, flipped);
  const Outcome broken = verify_untouched(file);
  REQUIRE(broken.verified);
  CHECK(contains(broken.text(), "malformed"));
}

TEST_CASE("sqlite verify: the log of a killed plane is read with its file, and not folded in") {
  const File running;
  const File copy;
  const auto store = running.open();
  commit(*store, fill);
  for (const char* end : {"", "-wal"}) write(copy.path + end, content(running.path + end));
  const Outcome outcome = verify_untouched(copy);
  REQUIRE(outcome.verified);
  CHECK(outcome.text().empty());
  CHECK(outcome.verified->runs == 2);
  CHECK(!outcome.verified->clean);
  CHECK(!fs::exists(copy.path + "-shm"));
}

TEST_CASE("sqlite verify: names that a URI would break off are opened as they are") {
  const TempDir folder;
  const std::string path = (folder / "h?q#100%.db").string();
  const auto store = store::open_sqlite(path, plane("hq"), minted);
  commit(*store, fill);
  store->close();
  const Outcome outcome = verify(path);
  REQUIRE(outcome.verified);
  CHECK(outcome.verified->runs == 2);
}

TEST_CASE("sqlite verify: a store that a plane has is refused with its pid, by any name") {
  const File file;
  file.make();
  fs::create_symlink(file.path, file.folder / "other.db");
  const auto store = file.open();
  for (const std::string& path : {file.path, (file.folder / "other.db").string()}) {
    const Outcome outcome = verify(path);
    REQUIRE(!outcome.verified);
    CHECK(outcome.verified.error().status == core::status::conflict);
    CHECK(contains(outcome.verified.error().message,
                   "is in use by process " + std::to_string(::getpid())));
    CHECK(contains(outcome.verified.error().hint, "stop that process first"));
  }
}

TEST_CASE("sqlite verify: while it reads, no plane can begin with the store") {
  const File file;
  file.make();
  int refused = 0;
  const Outcome outcome = verify(file.path, [&](std::int64_t, std::int64_t) {
    const auto open = [&] { file.open(); };
    if (kind_thrown(open) == store::StoreError::Kind::other) ++refused;
  });
  CHECK(outcome.verified);
  CHECK(refused == 2);
}

TEST_CASE("sqlite verify: a store that somebody writes meanwhile is refused") {
  const File file;
  file.make();
  const Outcome outcome = verify(file.path, [&](std::int64_t done, std::int64_t) {
    if (done == 1) file.damage("INSERT INTO seen VALUES (x'00', 1, x'')");
  });
  REQUIRE(!outcome.verified);
  CHECK(outcome.verified.error().status == core::status::conflict);
  CHECK(contains(outcome.verified.error().message, "changed while it was checked"));
}

TEST_CASE("sqlite verify: what is no store is refused in words, and kept") {
  const auto tables = [](const char* sql) {
    return [sql](const File& file) {
      write(file.path, "");
      file.damage(sql);
    };
  };
  const auto schema = [](int number) {
    return [number](const File& file) {
      file.make();
      file.damage("PRAGMA user_version = " + std::to_string(number));
    };
  };
  const int newest = store::schema_version();
  const struct {
    std::function<void(const File&)> make;
    std::string words;
  } rows[]{
      {[](const File&) {}, "cannot open store 'PATH': No such file or directory"},
      {[](const File& file) { fs::create_directory(file.path); }, "'PATH' is no file"},
      {[](const File& file) { write(file.path, ""); },
       "'PATH' is empty: no plane has begun with it"},
      {[](const File& file) { write(file.path, "name: hq\n"); },
       "store 'PATH': it is no store: it does not begin like an SQLite file"},
      {[](const File& file) {
         file.make();
         write(file.path + "-journal", "half");
       },
       "'PATH' was being written when its program died; serve it once"},
      {tables("PRAGMA user_version = 1"), "'PATH' has no tables: no plane has begun with it"},
      {tables("CREATE TABLE bookmarks (url TEXT)"),
       "'PATH' is an SQLite file of another program, not a store"},
      {schema(newest + 1), "store 'PATH' has schema " + std::to_string(newest + 1) +
                               " and this program knows schemas up to " + std::to_string(newest)},
      {schema(0),
       "store 'PATH' has schema 0, and this program checks schema " + std::to_string(newest)},
  };
  for (const auto& [make, words] : rows) {
    const File file;
    make(file);
    const Outcome outcome =
        fs::is_directory(file.path) ? verify(file.path) : verify_untouched(file);
    std::string expected = words;
    expected.replace(expected.find("PATH"), 4, file.path);
    INFO(expected);
    REQUIRE(!outcome.verified);
    CHECK(outcome.found.empty());
    CHECK(outcome.verified.error().status == core::status::bad_request);
    CHECK_MESSAGE(outcome.verified.error().message.starts_with(expected),
                  outcome.verified.error().message);
    CHECK(!fs::exists(file.path + "-wal"));
    CHECK(!fs::exists(file.path + "-shm"));
  }
}

}  // namespace
}  // namespace antiphon::test
