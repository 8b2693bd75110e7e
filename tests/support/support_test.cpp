// SPDX-License-Identifier: MIT
// The tests' own tools: a tool that lies makes every test that uses it lie.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "tests/support/broker.hpp"

using namespace antiphon::test;

TEST_CASE("test support: run returns exit code, output and errors") {
  ProcessOptions options;
  options.env = {{"WORD", "salve"}};
  options.cwd = "/";
  options.stdin_text = "line\n";
  const auto result = run({"sh", "-c", "read x; echo $x $WORD $PWD; echo no >&2; exit 3"}, options);
  CHECK(result.exit_code == 3);
  CHECK(result.out == "line salve /\n");
  CHECK(result.err == "no\n");
}

TEST_CASE("test support: a killed child ends with 128 and the signal, a lost one is reaped") {
  ChildProcess child({"sleep", "60"});
  CHECK(child.running());
  child.kill(SIGKILL);
  CHECK(child.wait() == 128 + SIGKILL);

  pid_t pid = 0;
  {
    ChildProcess other({"sleep", "60"});
    pid = other.pid();
  }
  CHECK(kill(pid, 0) == -1);
}

TEST_CASE("test support: await returns what came, and says what did not") {
  int calls = 0;
  const auto value = await([&] { return ++calls == 3 ? std::optional<int>(7) : std::nullopt; });
  CHECK(value == 7);
  CHECK_THROWS_WITH(await([] { return false; }, std::chrono::milliseconds(5), "snow in July"),
                    "not within 5 ms: snow in July");
}

TEST_CASE("test support: a temporary folder is gone with its object") {
  std::filesystem::path path;
  {
    const TempDir dir;
    path = dir.path();
    CHECK(std::filesystem::is_directory(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE(
    "test support: a broker carries a message, and keeps port and retained ones over a restart") {
  Broker broker;
  const int port = broker.port();
  auto ear = broker.subscribe({"a/+"}, {"-q", "1"});
  broker.publish("a/b", "salve", {"-q", "1", "-r"});
  CHECK(ear.await_line("a/b") == "a/b salve");
  CHECK_THROWS_AS(broker.publish("a/#", "x"), std::runtime_error);

  broker.stop();
  broker.start();
  CHECK(broker.port() == port);
  auto second = broker.subscribe({"a/b"});
  CHECK(second.await_line("salve") == "a/b salve");
  broker.kill9();
  CHECK_FALSE(broker.process().running());
}
