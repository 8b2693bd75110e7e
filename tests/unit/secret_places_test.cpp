// SPDX-License-Identifier: MIT
// Where a plane's secrets lie: files that only their owner may read, and variables of one prefix.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "connectors/secrets/fields_of_file.hpp"
#include "connectors/secrets/secret_places.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

/// A folder of secrets, and the text or the error of one of them.
struct Folder {
  Folder() { REQUIRE(::chmod(dir.path().c_str(), 0700) == 0); }

  std::string text(const std::string& object, const std::string& field) const {
    const auto found = places.secret(object, field);
    return found ? found->get<std::string>()
                 : std::to_string(found.error().status) + " " + found.error().message;
  }
  std::string path(const std::string& name) const { return (dir.path() / name).string(); }

  test::TempDir dir;
  secrets::SecretPlaces places{{dir.path(), ""}};
};

}  // namespace

TEST_CASE("secrets: a folder has a file for each field") {
  Folder folder;
  fs::create_directory(folder.path("db"));
  write(folder.path("db/password"), "s3cret\n");
  write(folder.path("db/key"), "-----BEGIN-----\nabc\n-----END-----\n", 0400);
  CHECK(folder.text("db", "password") == "s3cret");
  CHECK(folder.text("db", "key") == "-----BEGIN-----\nabc\n-----END-----");
  CHECK(folder.text("db", "user") ==
        "404 secret 'db' has no field 'user' (no file " + folder.path("db/user") + ")");
  CHECK(folder.text("cache", "user") ==
        "404 there is no secret 'cache' (no file " + folder.path("cache") + ")");
}

TEST_CASE("secrets: a file has several fields") {
  Folder folder;
  write(folder.path("db"), "# of the plant\nuser=ann\r\n\n password = with space=\n");
  CHECK(folder.text("db", "user") == "ann");
  CHECK(folder.text("db", "password") == " with space=");
  CHECK(folder.text("db", "host") ==
        "404 secret 'db' has no field 'host' (in " + folder.path("db") + ")");
  write(folder.path("registry"), R"( {"user": "ann", "password": "a\nb"})");
  CHECK(folder.text("registry", "password") == "a\nb");
}

TEST_CASE("secrets: a file that is not right is refused without a word of what it holds") {
  for (const char* text :
       {"user=ann\ns3cret\n", "=s3cret\n", "a=s3cret\na=s3cret\n", R"({"a":{"b":"s3cret"},"c":1})",
        R"({"a":["s3cret"]})", R"({"s3cret)", R"({"a":1})"}) {
    CAPTURE(text);
    const auto fields = secrets::fields_of_file(text);
    REQUIRE_FALSE(fields);
    CHECK(fields.error().status == core::status::bad_request);
    CHECK((fields.error().message + fields.error().hint).find("s3cret") == std::string::npos);
  }
  CHECK(secrets::fields_of_file("user=ann\nx\n").error().message == "line 2 is no field=text");
  CHECK(secrets::fields_of_file("")->empty());
}

TEST_CASE("secrets: what others may read or change is refused") {
  Folder folder;
  for (const mode_t mode : {0640, 0604, 0620, 0610, 0666}) {
    write(folder.path("db"), "user=ann\n", mode);
    CHECK(folder.text("db", "user") == "403 others may read or change " + folder.path("db"));
    const auto problems = secrets::problems_of({folder.dir.path(), ""});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].hint == "chmod 600 " + folder.path("db"));
  }
  write(folder.path("db"), "user=ann\n");
  CHECK(secrets::problems_of({folder.dir.path(), ""}).empty());
  REQUIRE(::chmod(folder.dir.path().c_str(), 0770) == 0);
  REQUIRE(secrets::problems_of({folder.dir.path(), ""}).size() == 1);
  CHECK(secrets::problems_of({folder.path("absent"), ""})[0].status == core::status::not_found);
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK(folder.text("pipe", "user") == "400 " + folder.path("pipe") + " is no regular file");
}

TEST_CASE("secrets: names that lead out of the folder are none") {
  Folder folder;
  for (const std::string bad :
       {"..", "../db", "a/b", ".hidden", "", "a b", "/etc/passwd", "a\\b"}) {
    CAPTURE(bad);
    CHECK(folder.places.secret(bad, "user").error().status == core::status::bad_request);
    CHECK(folder.places.secret("db", bad).error().status == core::status::bad_request);
  }
}

TEST_CASE("secrets: a text is bounded, not empty, and of UTF-8") {
  Folder folder;
  fs::create_directory(folder.path("db"));
  write(folder.path("db/field"), "\n");
  CHECK(folder.text("db", "field") == "400 it is empty");
  write(folder.path("db/field"), std::string("a\0b", 3));
  CHECK(folder.text("db", "field") == "400 it is no UTF-8 text without control characters");
  write(folder.path("db/field"), "a\xFF");
  CHECK(folder.text("db", "field") == "400 it is no UTF-8 text without control characters");
  write(folder.path("db/field"), std::string(core::limits::secret_bytes, 'x'));
  CHECK(folder.text("db", "field").size() == core::limits::secret_bytes);
  write(folder.path("db/field"), std::string(core::limits::secret_bytes + 1, 'x'));
  CHECK(folder.text("db", "field") == "413 it has 65537 bytes, more than 65536");
  write(folder.path("db/field"), std::string(300 * 1024, 'x'));
  CHECK(folder.text("db", "field").starts_with("413 "));
}

TEST_CASE("secrets: a changed file counts at once, and its last texts are remembered") {
  Folder folder;
  fs::create_directory(folder.path("db"));
  write(folder.path("db/password"), "first-one");
  CHECK(folder.text("db", "password") == "first-one");
  fs::remove(folder.path("db/password"));
  write(folder.path("db/password"), "other-one");
  CHECK(folder.text("db", "password") == "other-one");
  fs::remove(folder.path("db/password"));
  CHECK(folder.text("db", "password").starts_with("404 "));
  CHECK(folder.places.given("db", "password") ==
        std::vector<std::string>{"first-one", "other-one"});
  CHECK(folder.places.given("db", "user").empty());
}

TEST_CASE("secrets: variables of a prefix are asked after the files") {
  Folder folder;
  write(folder.path("db"), "user=from file\n");
  const secrets::SecretPlaces places({folder.dir.path(), "APP_"},
                                     [](const std::string& name) -> std::optional<std::string> {
                                       if (name == "APP_DB_USER" || name == "APP_MY_DB_PASS_WORD")
                                         return "from variable";
                                       return std::nullopt;
                                     });
  CHECK(places.secret("db", "user").value() == "from file");
  CHECK(places.secret("my-db", "pass.word").value() == "from variable");
  CHECK(places.secret("db", "password").error().message ==
        "secret 'db' has no field 'password' (in " + folder.path("db") +
            "), and the environment has no APP_DB_PASSWORD");
  // A file that is refused is no reason to look elsewhere.
  write(folder.path("db"), "user=x\n", 0644);
  CHECK(places.secret("db", "user").error().status == core::status::forbidden);
}

}  // namespace antiphon
