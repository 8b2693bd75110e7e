// SPDX-License-Identifier: MIT
// What only a store in a file has: a schema that moves on, files that are not ours, full disks, a
// lock.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "engine/store/lock_file.hpp"
#include "engine/store/migrations.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "tests/contracts/store_contract.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::test {
namespace {

using store::Connection;
using store::StoreError;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A folder with the path of a store in it.
struct Folder {
  TempDir folder;
  std::string path = (folder / "hq.db").string();

  std::unique_ptr<store::Store> open(std::string_view name = "hq") const {
    return store::open_sqlite(path, plane(name), minted);
  }
  Connection connect() const { return {path, Connection::Access::write}; }
};

struct Refusal {
  StoreError::Kind kind;
  std::string words;
};

/// How opening the store was refused; the file must be the same before and after.
Refusal refused(const Folder& folder, std::string_view name = "hq") {
  const std::string before = bytes_of(folder.path);
  Refusal refusal{};
  try {
    folder.open(name);
    FAIL("the store was opened");
  } catch (const StoreError& error) {
    refusal = {error.kind(), error.what()};
  }
  CHECK(bytes_of(folder.path) == before);
  return refusal;
}

TEST_CASE("sqlite store: a commit is in a log that is synced each time") {
  const Folder folder;
  folder.open();
  Connection connection = folder.connect();
  connection.make_durable();
  CHECK(connection.lines("PRAGMA journal_mode").front() == "wal");
  CHECK(connection.number("PRAGMA synchronous") == 2);
  CHECK(connection.number("PRAGMA journal_size_limit") == 64 * 1024 * 1024);
  CHECK(connection.number("PRAGMA wal_autocheckpoint") * 4096 <= 64 * 1024 * 1024);
}

TEST_CASE("sqlite store: only its owner may read the file") {
  const Folder folder;
  folder.open();
  struct stat info {};
  REQUIRE(::stat(folder.path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("sqlite store: an empty file becomes one of the newest schema") {
  const Folder folder;
  write_bytes(folder.path, "");
  folder.open()->close();
  Connection connection = folder.connect();
  CHECK(connection.number("PRAGMA user_version") == store::schema_version());
  CHECK(connection.number("PRAGMA application_id") == store::application_id);
  CHECK(listed(connection.lines("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"),
               [](const auto& line) { return line; }) ==
        "activation campaign_version lane lane_event meta object reject seen site stage_output "
        "stage_run task "
        "trigger work_log");
}

TEST_CASE("sqlite store: migrations are numbered from one without gaps") {
  int expected = 0;
  for (const auto& step : store::migrations()) CHECK(step.number == ++expected);
}

TEST_CASE("sqlite store: a migration that fails leaves the schema as it was") {
  const Folder folder;
  write_bytes(folder.path, "");
  Connection connection = folder.connect();
  const store::Migration good{1, "CREATE TABLE one (x); INSERT INTO one VALUES (1);"};
  const store::Migration bad{2, "CREATE TABLE two (x); INSERT INTO none VALUES (1);"};
  const store::Migration mended{2, "CREATE TABLE two (x);"};
  const auto tables = [&] {
    return listed(connection.lines("SELECT name FROM sqlite_schema"),
                  [](const auto& line) { return line; });
  };
  CHECK_THROWS_AS(store::migrate(connection, {good, bad}), StoreError);
  CHECK(tables() == "one");
  CHECK(connection.number("PRAGMA user_version") == 1);
  store::migrate(connection, {good, mended});
  store::migrate(connection, {good, mended});
  CHECK(tables() == "one two");
  CHECK(connection.number("PRAGMA user_version") == 2);
  CHECK(connection.number("SELECT count(*) FROM one") == 1);
}

TEST_CASE("sqlite store: a file of a newer schema is refused with both numbers") {
  const Folder folder;
  folder.open()->close();
  const int newer = store::schema_version() + 6;
  folder.connect().execute("PRAGMA user_version = " + std::to_string(newer));
  const Refusal refusal = refused(folder);
  CHECK(refusal.kind == StoreError::Kind::newer);
  CHECK(contains(refusal.words, "schema " + std::to_string(newer)));
  CHECK(contains(refusal.words, "up to " + std::to_string(store::schema_version())));
  CHECK(contains(refusal.words, "run the newer antiphon"));
}

TEST_CASE("sqlite store: a file that is no database is refused and kept") {
  const Folder folder;
  for (const std::string& bytes :
       {std::string("name: hq\n"), std::string(5000, '\0'), std::string("SQLite format 3"),
        "SQLite format 3" + std::string(1, '\0') + std::string(4096, '\xff')}) {
    CAPTURE(bytes.substr(0, 20));
    write_bytes(folder.path, bytes);
    const Refusal refusal = refused(folder);
    CHECK(refusal.kind == StoreError::Kind::corrupt);
    CHECK(contains(refusal.words, folder.path));
    CHECK(contains(refusal.words, "the file was left as it is; restore a backup"));
    CHECK(!std::filesystem::exists(folder.path + "-wal"));
  }
}

TEST_CASE("sqlite store: a store with broken pages is refused and kept") {
  const Folder folder;
  folder.open()->close();
  const std::string whole = bytes_of(folder.path);
  REQUIRE(whole.size() > 3 * 4096);
  for (const std::size_t from : {std::size_t{100}, std::size_t{4096}}) {
    CAPTURE(from);
    write_bytes(folder.path, whole.substr(0, from) + std::string(whole.size() - from, '\x5a'));
    CHECK(refused(folder).kind == StoreError::Kind::corrupt);
  }
  write_bytes(folder.path, whole);
  CHECK(folder.open()->identity().boot == 2);
}

TEST_CASE("sqlite store: a row that no plane can have written is called corrupt") {
  const Folder folder;
  const auto store = folder.open();
  commit(*store, [](store::Transaction& rows) {
    rows.insert(some_activation("run-1"));
    rows.put(some_site("tokyo"));
  });
  {
    Connection connection = folder.connect();
    connection.execute("UPDATE activation SET origin = 'a/b' WHERE id = 'run-1'");
    connection.execute("UPDATE site SET labels = '[1' WHERE name = 'tokyo'");
  }
  const auto rows = store->begin();
  const auto corrupt = [](auto body) { return kind_thrown(body) == StoreError::Kind::corrupt; };
  CHECK(corrupt([&] { rows->activation(activation_id("run-1")); }));
  CHECK(corrupt([&] { rows->site(plane("tokyo")); }));
}

TEST_CASE("sqlite store: a database of another program is refused and kept") {
  const Folder folder;
  write_bytes(folder.path, "");
  folder.connect().execute("CREATE TABLE bookmarks (url TEXT)");
  const Refusal refusal = refused(folder);
  CHECK(refusal.kind == StoreError::Kind::other);
  CHECK(contains(refusal.words, "another program"));
}

TEST_CASE("sqlite store: a store of another plane is refused and kept") {
  const Folder folder;
  folder.open("tokyo")->close();
  const Refusal refusal = refused(folder, "hq");
  CHECK(refusal.kind == StoreError::Kind::other);
  CHECK(contains(refusal.words, "belongs to plane 'tokyo', not to 'hq'"));
  CHECK(folder.open("tokyo")->identity().boot == 2);
}

TEST_CASE("sqlite store: a store in a folder that is not there is refused with its path") {
  const std::string path = "/no-such-folder/hq.db";
  try {
    store::open_sqlite(path, plane("hq"), minted);
    FAIL("the store was opened");
  } catch (const StoreError& error) {
    CHECK(contains(error.what(), path));
    CHECK(contains(error.what(), "No such file or directory"));
  }
}

TEST_CASE("sqlite store: a second opener is refused with the pid of the first") {
  const Folder folder;
  auto first = folder.open();
  commit(*first, [](store::Transaction& rows) { rows.insert(some_activation("run-1")); });
  const Refusal refusal = refused(folder);
  CHECK(contains(refusal.words, "is in use by process " + std::to_string(::getpid())));
  first.reset();
  auto second = folder.open();
  CHECK(second->identity().boot == 2);
  second->close();
  CHECK(folder.open()->identity().clean);
}

TEST_CASE("sqlite store: a child that outlives its plane does not keep the store locked") {
  const Folder folder;
  auto store = folder.open();
  FILE* child = ::popen("cat", "w");
  REQUIRE(child != nullptr);
  store.reset();
  CHECK(folder.open()->identity().boot == 2);
  ::pclose(child);
}

TEST_CASE("sqlite store: a lock can be moved and ends with its owner") {
  const Folder folder;
  auto first = store::LockFile::take(folder.path);
  REQUIRE(first);
  auto moved = std::make_unique<store::LockFile>(*std::move(first));
  CHECK(!store::LockFile::take(folder.path));
  moved.reset();
  CHECK(store::LockFile::take(folder.path));
}

TEST_CASE("sqlite store: the files of a killed plane hold what was committed") {
  const Folder running;
  const Folder copy;
  const auto store = running.open();
  commit(*store, [](store::Transaction& rows) { rows.insert(some_activation("run-1")); });
  const auto rows = store->begin();
  rows->insert(some_activation("run-2"));
  for (const char* end : {"", "-wal"}) write_bytes(copy.path + end, bytes_of(running.path + end));
  const auto revived = copy.open();
  CHECK(ids(revived->reader()->activations({}, {})) == "run-1");
  CHECK(!revived->identity().clean);
}

TEST_CASE("sqlite store: a full one keeps what it has and goes on when there is room") {
  const Folder folder;
  const auto store = store::open_sqlite(folder.path, plane("hq"), minted, {120});
  const std::string answer(20'000, 'x');
  int kept = 0;
  const auto fill = [&] {
    while (kept < 1000) {
      commit(*store, [&](store::Transaction& rows) {
        rows.remember("digest-" + std::to_string(kept), answer, {kept});
        rows.put_last_instant({kept});
      });
      ++kept;
    }
  };
  CHECK(kind_thrown(fill) == StoreError::Kind::full);
  REQUIRE(kept > 1);
  REQUIRE(kept < 1000);
  {
    const auto rows = store->begin();
    CHECK(rows->seen("digest-" + std::to_string(kept - 1), {-1}) == answer);
    CHECK(!rows->seen("digest-" + std::to_string(kept), {-1}));
    CHECK(rows->last_instant() == core::Instant{kept - 1});
  }
  commit(*store, [](store::Transaction& rows) { CHECK(rows.forget_expired({10}, 100) > 0); });
  commit(*store, [&](store::Transaction& rows) { rows.remember("more", answer, {9}); });
  CHECK(store->begin()->seen("more", {0}) == answer);
}

TEST_CASE(
    "sqlite store: a write that the system refuses is an io error and nothing of it is kept") {
  const Folder folder;
  const auto store = folder.open();
  commit(*store, [](store::Transaction& rows) { rows.insert(some_activation("run-1")); });
  struct rlimit old {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 4096, old.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto kind = kind_thrown([&] {
    commit(*store, [](store::Transaction& rows) { rows.insert(some_activation("run-2")); });
  });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK(kind == StoreError::Kind::io);
  commit(*store, [](store::Transaction& rows) { rows.insert(some_activation("run-3")); });
  CHECK(ids(store->reader()->activations({}, {})) == "run-3 run-1");
}

}  // namespace
}  // namespace antiphon::test
