// SPDX-License-Identifier: MIT
// What is not executed, and what the system refuses.
#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

#include "tests/contracts/script_world.hpp"

using namespace antiphon;
using namespace antiphon::test;
namespace fs = std::filesystem;

namespace {

struct Refusal {
  const char* config;
  int status;
  const char* error;  ///< a part of it
};

const std::vector<Refusal> refusals = {
    {R"({})", 400, "config.script is missing"},
    {R"({"script": 7})", 400, "config.script is 7; a text"},
    {R"({"script": "ok.sh", "scriptFolder": "https://example.org/x"})", 400, "is not supported"},
    {R"({"script": "ok.sh", "scriptEngine": "cmd"})", 400, "'cmd' is not supported"},
    {R"({"script": "missing.sh"})", 400, "there is no script 'missing.sh'; this plane runs"},
    {R"({"script": "folder"})", 400, "is no regular file"},
    {R"({"script": "plain.sh"})", 403, "is not executable; chmod +x"},
    {R"({"script": "../outside.sh"})", 403, "lies outside of the script folders"},
    {R"({"script": "../missing.sh"})", 403, "lies outside of the script folders"},
    {R"({"script": "folder/../../outside.sh"})", 403, "lies outside"},
    {R"({"script": "/bin/sh"})", 403, "lies outside of the script folders"},
    {R"({"script": "sh", "scriptFolder": "/bin"})", 403, "lies outside of the script folders"},
    {R"({"script": "link.sh"})", 403, "lies outside of the script folders"},
    {R"({"script": "sh", "scriptFolder": "bin"})", 403, "lies outside of the script folders"},
    {R"({"script": "ok.sh", "environment": ["A=b"]})", 400, "config.environment is no object"},
    {R"({"script": "ok.sh", "environment": {"A": 7}})", 400, "config.environment is no object"},
    {R"({"script": "ok.sh", "environment": {"A=B": "c"}})", 400, "config.environment is no object"},
    {R"({"script": "ok.sh", "environment": {"A": "\u0000"}})", 400, "is no object of texts"},
    {R"({"script": "ok.sh", "environment": {"A": "b"}})", 200, ""},
    {R"({"script": "ok.sh"})", 200, ""},
    {R"({"script": "inner.sh", "scriptFolder": "folder"})", 200, ""},
    {R"({"script": "folder/inner.sh"})", 200, ""},
    {R"({"script": "plain.sh", "scriptEngine": "bash"})", 200, ""},
    {R"({"script": "empty", "name": "x", "stagingFolder": "/tmp"})", 10036, "cannot execute"},
};

void fill(ScriptWorld& world) {
  const fs::path scripts = world.dir / "scripts";
  fs::create_directories(scripts / "folder");
  world.script("echo '{}'", "ok.sh");
  world.script("echo '{}'", "folder/inner.sh");
  world.script("true", "../outside.sh");
  write_text(scripts / "plain.sh", "echo '{}'\n");
  write_text(scripts / "empty", "\n");
  fs::permissions(scripts / "empty", fs::perms::owner_all);
  fs::create_symlink(world.dir / "outside.sh", scripts / "link.sh");
  fs::create_symlink("/bin", scripts / "bin");
}

}  // namespace

TEST_CASE("script: only an executable file in a script folder of the plane is run") {
  ScriptWorld world;
  fill(world);
  for (const Refusal& row : refusals) {
    CAPTURE(std::string(row.config));
    const std::string id = "task-" + std::to_string(&row - refusals.data());
    const auto end = world.end_of(world.work_with(row.config, id));
    CAPTURE(end.error);
    CHECK(end.status == row.status);
    CHECK(end.error.find(row.error) != std::string::npos);
  }
}

TEST_CASE("script: PowerShell's are given to pwsh, and without one it is said what to install") {
  ScriptWorld world;
  const fs::path bin = world.dir / "bin";
  fs::create_directories(bin);
  const Variable path("PATH", (":relative:" + bin.string()).c_str());
  write_text(world.dir / "scripts" / "a.ps1", "Write-Output '{}'\n");
  const std::string by_name = R"({"script": "a.ps1"})";
  const std::string by_engine = R"({"script": "a.ps1", "scriptEngine": "powershell"})";
  for (const std::string& config : {by_name, by_engine}) {
    const auto none =
        world.end_of(world.work_with(config, "none-" + std::to_string(config.size())));
    CHECK(none.status == 400);
    CHECK(none.error.find("no folder of PATH has pwsh; install PowerShell 7") != std::string::npos);
  }
  write_text(bin / "pwsh",
             "#!/bin/bash\nprintf '{\"all\":\"%s %s %s %s %s\",\"count\":%s}\\n' \"$1\" \"$2\" "
             "\"$3\" \"${4##*/}\" \"${5##*/}\" \"$#\"\n");
  fs::permissions(bin / "pwsh", fs::perms::owner_all);
  for (const std::string& config : {by_name, by_engine}) {
    const auto end = world.end_of(world.work_with(config, "pwsh-" + std::to_string(config.size())));
    CAPTURE(end.error);
    CHECK(end.status == 200);
    CHECK(end.outputs ==
          R"({"all":"-NoProfile -NonInteractive -File a.ps1 inputs.json","count":5})");
  }
  const auto bash =
      world.end_of(world.work_with(R"({"script": "a.ps1", "scriptEngine": "bash"})", "by-bash"));
  CHECK(bash.status == 10036);
}

TEST_CASE("script: config.environment is there under a prefix, so that it changes nothing else") {
  ScriptWorld world;
  world.script(
      R"(echo "{\"a\":\"$ANTIPHON_ENV_A\",\"path\":\"$ANTIPHON_ENV_PATH\",\"none\":\"$A\"}")");
  const auto end = world.end_of(
      world.work_with(R"({"script": "script.sh", "environment": {"A": "x y", "PATH": "/none"}})"));
  CHECK(end.status == 200);
  CHECK(end.outputs == R"({"a":"x y","none":"","path":"/none"})");
}

TEST_CASE("script: what is unfit to begin ends with the reason, what has begun goes on") {
  ScriptWorld world;
  runtime::Work work = world.work(world.waiting_script());
  runtime::Work unfit = work;
  unfit.unfit = core::Error{1001, "$secret(a, b): it is gone"};
  const auto refused = [&] {
    runtime::Work other = unfit;
    other.id = core::TaskId::parse("task-2").value();
    return world.end_of(other);
  }();
  CHECK(refused.status == 1001);
  CHECK(refused.error == "$secret(a, b): it is gone");
  {
    const auto first = world.worker();
    first->start(work);
    static_cast<void>(world.await_started());
    CHECK(fs::status(world.folder().path()).permissions() == fs::perms::owner_all);
    first->close();
  }
  const auto second = world.worker();
  second->start(unfit);
  world.let_go();
  CHECK(world.await_end().status == 200);
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script: an absolute scriptFolder below a script folder is as good as a relative one") {
  ScriptWorld world;
  fill(world);
  const std::string folder = (world.dir / "scripts" / "folder").string();
  const auto work = world.work_with(R"({"script": "inner.sh", "scriptFolder": ")" + folder + "\"}");
  CHECK(world.end_of(work).status == 200);
}

TEST_CASE("script: a plane whose configuration names no script folder runs no script") {
  ScriptWorld world;
  world.options.script_folders.clear();
  const auto end = world.end_of(world.work(world.script("true")));
  CHECK(end.status == 403);
  CHECK(end.error.starts_with("this plane runs no scripts"));
}

TEST_CASE("script: what the system refuses is a failure with its words") {
  ScriptWorld world;
  const auto name = world.script("true");
  SUBCASE("the runner") {
    world.options.runner = world.dir / "gone";
    const auto end = world.end_of(world.work(name));
    CHECK(end.status == 500);
    CHECK(end.error ==
          "cannot execute " + (world.dir / "gone").string() + ": No such file or directory");
  }
  SUBCASE("the run folder") {
    write_text(world.options.state_dir, "a file where a folder should be");
    const auto end = world.end_of(world.work(name));
    CHECK(end.status == 500);
    CHECK(end.error.starts_with("cannot make "));
  }
}
