// SPDX-License-Identifier: MIT
// Planes, runners and scripts that die at every point: a script's work is done once, or uncertain
// by name.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/contracts/script_world.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

using namespace antiphon;
using namespace antiphon::test;
using Kind = runtime::WorkReport::Kind;

TEST_CASE(
    "script recovery: a closed plane leaves a script running, the next one takes its result") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  auto first = world.worker();
  first->start(work);
  world.await_started();
  world.await_file(world.data("begun"));
  first->close();
  CHECK_FALSE(is_gone(world.pid_in("begun")));
  const auto second = world.worker();
  second->start(work);
  world.await_started();
  world.let_go();
  const auto end = world.await_end();
  CHECK(end.status == 200);
  CHECK(end.outputs == R"({"went":true})");
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script recovery: a result that nobody heard is reported by the next plane") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  auto first = world.worker();
  first->start(work);
  world.await_file(world.data("begun"));
  first->close();
  world.let_go();
  await([&] { return world.folder().result().has_value(); });
  CHECK(world.end_of(work).outputs == R"({"went":true})");
  CHECK(world.end_of(work).outputs == R"({"went":true})");
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script recovery: with its runner killed a script is ended, and uncertain") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  auto plane = world.worker();
  plane->start(work);
  const pid_t script = world.pid_in("begun");
  SUBCASE("under the eyes of the plane") {
    ::kill(world.runner(), SIGKILL);
  }
  SUBCASE("while no plane looked") {
    plane->close();
    ::kill(world.runner(), SIGKILL);
    plane = world.worker();
    plane->start(work);
  }
  CHECK(world.await_end().kind == Kind::uncertain);
  await([&] { return is_gone(script); });
  CHECK(world.lines("runs") == 1);

  auto again = work;
  again.again = true;
  world.let_go();
  plane->start(again);
  await([&] { return world.lines("runs") == 2; });
  CHECK(world.await_end().status == 200);
}

TEST_CASE("script recovery: a runner killed at each point has run the script once, or not at all") {
  struct Row {
    const char* place;
    Kind kind;                ///< what the next plane says
    std::size_t runs_before;  ///< lines the script had written when the runner was dead
    std::size_t runs_after;
  };
  const std::vector<Row> rows = {
      {"script-before-started", Kind::finished, 0, 1},
      {"script-after-started", Kind::uncertain, 0, 0},
      {"script-before-result", Kind::uncertain, 1, 1},
      {"script-after-result", Kind::finished, 1, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.place));
    ScriptWorld world;
    const auto work = world.work(world.script("echo ran >> \"$ANTIPHON_DATA/runs\"; echo '{}'"));
    {
      const Variable dies("ANTIPHON_FAILPOINT", row.place);
      world.end_of(work);
    }
    CHECK(world.lines("runs") == row.runs_before);
    const auto end = world.end_of(work);
    CHECK(end.kind == row.kind);
    CHECK(end.status == (row.kind == Kind::finished ? 200 : 0));
    CHECK(world.lines("runs") == row.runs_after);
  }
}

TEST_CASE("script recovery: a killed plane's script is found by a plane that is not its parent") {
  struct Row {
    const char* failpoint;
    int exit_code;
  };
  for (const Row& row : {Row{"", 0}, Row{"script-before-spawn", 128 + SIGKILL}}) {
    CAPTURE(std::string(row.failpoint));
    ScriptWorld world;
    const auto work = world.work(world.waiting_script());
    ProcessOptions options;
    if (*row.failpoint != '\0') options.env["ANTIPHON_FAILPOINT"] = row.failpoint;
    const auto dead = run({ANTIPHON_SCRIPT_HOST, "plane", world.options.state_dir,
                           world.options.data_dir, world.dir / "scripts", "task-1", work.request},
                          options);
    CHECK(dead.exit_code == row.exit_code);
    const auto plane = world.worker();
    plane->start(work);
    world.await_started();
    world.let_go();
    CHECK(world.await_end().status == 200);
    CHECK(world.lines("runs") == 1);
  }
}

TEST_CASE(
    "script recovery: a claim of a process that is no more is recognised, whoever has its pid") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  const auto self = providers::own_identity().value();
  auto other_start = self;
  other_start.start_ticks += 1;
  auto other_boot = self;
  other_boot.boot_id = "5c0f6e0e-0000-4000-8000-000000000000";
  CHECK(providers::open_if_alive(self));
  const providers::RunOrder order{{work.key, work.id, 1}, {"/bin/true"}, {}, core::minutes(1)};
  for (const auto& runner : {other_start, other_boot}) {
    world.folder().drop();
    REQUIRE(world.folder().prepare(order, "{}"));
    REQUIRE(world.folder().claim({runner, false}));
    CHECK(world.end_of(work).kind == Kind::uncertain);
  }
  SUBCASE("a claim that cannot be read is one of nobody alive") {
    write_text(world.folder().path() / "started", "{");
    CHECK(world.end_of(work).kind == Kind::uncertain);
  }
  CHECK(world.lines("runs") == 0);
}

TEST_CASE("script recovery: a host that goes down does not make its script fail") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  const auto plane = world.worker();
  plane->start(work);
  const pid_t script = world.pid_in("begun");
  ::kill(world.runner(), SIGTERM);
  SUBCASE("a script that was cut off is uncertain") {
    ::kill(script, SIGTERM);
    CHECK(world.await_end().kind == Kind::uncertain);
  }
  SUBCASE("one that comes to its end is done") {
    world.let_go();
    CHECK(world.await_end().status == 200);
  }
}

TEST_CASE("script recovery: a runner of the plane before that comes late finds the work taken") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  auto late = world.options;
  late.runner = world.late_runner();
  const auto first = world.worker(late);
  first->start(work);
  world.await_file(world.data("late"));
  const auto second = world.worker();
  second->start(work);
  world.await_file(world.data("begun"));
  write_text(world.data("wake"), "");
  // Both say so: the first plane's runner ends at once, and the plane waits for the one that has
  // the work.
  world.await_started();
  world.await_started();
  world.let_go();
  CHECK(world.await_end().status == 200);
  CHECK(world.await_end().status == 200);
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script recovery: the same work started again and again runs once") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  const auto plane = world.worker();
  const auto twin = world.worker();
  for (int i = 0; i < 5; ++i) {
    plane->start(work);
    twin->start(work);
  }
  world.await_file(world.data("begun"));
  plane->start(work);
  world.let_go();
  CHECK(world.await_end().status == 200);
  CHECK(world.await_end().status == 200);
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script: thirty at once run in turns, never more than sixteen, and all end") {
  ScriptWorld world;
  const auto name = world.script(R"(cd "$ANTIPHON_DATA"; mkdir -p now; touch "now/$ANTIPHON_TASK"
ls now | wc -l >> seen; until [ -e go ]; do sleep 0.02; done; rm "now/$ANTIPHON_TASK"; echo '{}')");
  const auto plane = world.worker();
  for (int i = 0; i < 30; ++i) plane->start(world.work(name, "{}", "task-" + std::to_string(i)));
  await([&] { return world.lines("seen") == 16; });
  world.let_go();
  for (int i = 0; i < 30; ++i) CHECK(world.await_end("task-" + std::to_string(i)).status == 200);
  CHECK(world.lines("seen") == 30);
  std::istringstream seen(text_of(world.data("seen")));
  for (int most = 0; seen >> most;) CHECK(most <= 16);
}

TEST_CASE("script: what is forgotten leaves nothing on disk, and nothing running") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  const auto plane = world.worker();
  plane->start(work);
  const pid_t script = world.pid_in("begun");
  SUBCASE("after its end") {
    world.let_go();
    world.await_end();
  }
  SUBCASE("while it runs") {}
  plane->forget(work.id, 1);
  await([&] { return std::filesystem::is_empty(world.options.state_dir / "runs"); });
  CHECK(is_gone(script));
}
