// SPDX-License-Identifier: MIT
// How a script is told its inputs, and what its end means.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/core/limits.hpp"
#include "tests/contracts/script_world.hpp"
#include "tests/support/await.hpp"

using namespace antiphon;
using namespace antiphon::test;
using Json = nlohmann::json;
using Kind = runtime::WorkReport::Kind;

namespace {

struct Ending {
  const char* says;
  const char* body;
  int status;
  const char* outputs;
  const char* error;  ///< a part of it; empty: none
};

const std::vector<Ending> endings = {
    {"the outputs file", R"(echo '{"v": "1.4"}' > "${1%.json}-output.json"; echo '{"no": 1}')", 200,
     R"({"v": "1.4"})", ""},
    {"the last line that is an object", "echo hello; echo '{\"a\": 1}'; echo '[2]'; echo bye", 200,
     R"({"a": 1})", ""},
    {"empty outputs", "echo '{}'", 200, "{}", ""},
    {"no outputs", "true", 10037, "{}", "it left none"},
    {"text that is no object", "echo ready", 10037, "{}", "it left none"},
    {"inputs on stdin", "cat", 200, R"({"name": "Paris", "n": 2})", ""},
    {"inputs as a file", "cat \"$1\"", 200, R"({"name": "Paris", "n": 2})", ""},
    {"a status of its own", "echo '{\"status\": 403}'", 200, R"({"status": 403})", ""},
    {"an exit code", "echo one >&2; echo 'no room' >&2; exit 3", 10036, "{}",
     "the script ended with exit code 3: no room"},
    {"an exit code without words", "exit 1", 10036, "{}", "it wrote nothing to stderr"},
    {"a failure with outputs", "echo '{\"done\": 2}'; exit 1", 10036, R"({"done": 2})",
     "exit code 1"},
    {"a signal", "kill -9 $$", 10036, "{}", "the script was ended by signal 9 (Killed)"},
    {"an outputs file that is a list", "echo '[1]' > \"${1%.json}-output.json\"", 10037, "{}",
     "it is of type array"},
    {"an outputs file that is no JSON", "echo '{\"a\":' > \"${1%.json}-output.json\"", 10037, "{}",
     "no JSON at byte 7"},
    {"an outputs file of 2 MiB", "head -c 2097152 /dev/zero > \"${1%.json}-output.json\"", 10037,
     "{}", "2097152 bytes"},
    {"an outputs file that is a pipe", "mkfifo \"${1%.json}-output.json\"", 10037, "{}",
     "no regular file"},
    {"outputs nested too deep",
     "printf '{\"a\":%s1%s}' \"$(printf '[%.0s' {1..99})\" \"$(printf ']%.0s' {1..99})\" "
     "> \"${1%.json}-output.json\"",
     10037, "{}", "nested too deep"},
};

}  // namespace

TEST_CASE("script: exit code, outputs file and output become status, outputs and error") {
  ScriptWorld world;
  for (const Ending& row : endings) {
    CAPTURE(std::string(row.says));
    const auto name = world.script(row.body);
    const std::string id = "task-" + std::to_string(&row - endings.data());
    const auto end = world.end_of(world.work(name, R"({"name": "Paris", "n": 2})", id));
    CHECK(end.kind == Kind::finished);
    CHECK(end.status == row.status);
    CHECK(Json::parse(end.outputs) == Json::parse(row.outputs));
    CHECK(end.error.find(row.error) != std::string::npos);
    CHECK(end.error.empty() == (row.status == 200));
  }
}

TEST_CASE("script: a report names the work, and the run folder keeps output and exit code") {
  ScriptWorld world;
  const auto work = world.work(world.script("echo out; echo err >&2; exit 4"));
  const auto end = world.end_of(work);
  CHECK(end.key == work.key);
  CHECK(end.attempt == 1);
  CHECK(text_of(world.folder().out_file()) == "out\n");
  CHECK(text_of(world.folder().err_file()) == "err\n");
  CHECK(world.folder().result().value().exit_code == 4);
}

TEST_CASE("script: of what the plane has in its environment a script sees the allowed part only") {
  const Variable secret("BROKER_PASSWORD", "hunter2");
  ScriptWorld world;
  const auto name = world.script(
      "tr '\\0' ' ' < /proc/$PPID/environ > \"$ANTIPHON_DATA/runner\"\n"
      "printf '{\"env\": \"%s\", \"site\": \"%s\", \"cwd\": \"%s\"}' "
      "\"$(env | tr '\\n' ' ')\" \"$ANTIPHON_SITE.$ANTIPHON_TASK.$ANTIPHON_ATTEMPT.$ANTIPHON_RUN\" "
      "\"$PWD\"");
  const auto outputs = Json::parse(world.end_of(world.work(name)).outputs);
  CHECK(outputs.at("env").get<std::string>().find("hunter2") == std::string::npos);
  CHECK(outputs.at("env").get<std::string>().find("PATH=") != std::string::npos);
  CHECK(outputs.at("site") == "tokyo.task-1.1.2");
  CHECK(outputs.at("cwd") == world.folder().script_folder().string());
  CHECK(text_of(world.data("runner")).find("PATH=") != std::string::npos);
  CHECK(text_of(world.data("runner")).find("hunter2") == std::string::npos);
}

TEST_CASE("script: open files of the plane are not open in the script") {
  ScriptWorld world;
  write_text(world.dir / "store", "");
  const int fd = ::open((world.dir / "store").c_str(), O_RDONLY);
  const auto name = world.script("ls -l /proc/$$/fd > \"$ANTIPHON_DATA/open\"; echo '{}'");
  CHECK(world.end_of(world.work(name)).status == 200);
  CHECK(world.lines("open") > 2);
  CHECK(text_of(world.data("open")).find("store") == std::string::npos);
  ::close(fd);
}

TEST_CASE("script: of a huge output the beginning and the end are kept, and its last line counts") {
  ScriptWorld world;
  const auto name =
      world.script("echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo '{\"n\": 1}'");
  CHECK(world.end_of(world.work(name)).outputs == R"({"n":1})");
  const std::string kept = text_of(world.folder().out_file());
  CHECK(kept.starts_with("first\n"));
  CHECK(kept.find("bytes left out") != std::string::npos);
  CHECK(kept.ends_with("{\"n\": 1}\n"));
  CHECK(kept.size() < core::limits::script_output_bytes + 100);
}

TEST_CASE("script: what a script leaves running in its group ends with it") {
  ScriptWorld world;
  const auto name =
      world.script("sleep 600 & echo $! > \"$ANTIPHON_DATA/left\"; echo '{\"a\": 1}'");
  const auto end = world.end_of(world.work(name));
  CHECK(end.outputs == R"({"a":1})");
  const pid_t left = world.pid_in("left");
  await([&] { return is_gone(left); });
}

TEST_CASE("script: at its deadline a script and all its processes are ended") {
  ScriptWorld world;
  auto work = world.work(world.script(
      "sleep 600 & echo $! > \"$ANTIPHON_DATA/child\"; echo '{\"half\": 1}'; sleep 600"));
  work.time_left = core::seconds(2);
  const auto end = world.end_of(work);
  CHECK(end.status == 11004);
  CHECK(end.outputs == R"({"half":1})");
  CHECK(end.error.find("at its deadline") != std::string::npos);
  const pid_t child = world.pid_in("child");
  await([&] { return is_gone(child); });
}

TEST_CASE("script: one whose deadline has passed already is not begun") {
  ScriptWorld world;
  auto work = world.work(world.waiting_script());
  work.time_left = core::milliseconds(-1);
  CHECK(world.end_of(work).status == 11004);
  CHECK(world.lines("runs") == 0);
}
