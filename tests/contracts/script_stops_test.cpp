// SPDX-License-Identifier: MIT
// Stopping scripts: running, waiting, not begun, of a plane before this one.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/contracts/script_world.hpp"
#include "tests/support/await.hpp"

using namespace antiphon;
using namespace antiphon::test;
using Kind = runtime::WorkReport::Kind;

namespace {

core::TaskId id_of(const std::string& text) {
  return core::TaskId::parse(text).value();
}

}  // namespace

TEST_CASE("script stop: the script, its children and theirs are gone, and it is cancelled") {
  ScriptWorld world;
  const auto name = world.script(
      "( sleep 600 & echo $! > \"$ANTIPHON_DATA/grandchild.new\"\n"
      "  mv \"$ANTIPHON_DATA/grandchild.new\" \"$ANTIPHON_DATA/grandchild\"; wait ) & wait");
  const auto plane = world.worker();
  plane->start(world.work(name));
  const pid_t grandchild = world.pid_in("grandchild");
  plane->stop(id_of("task-1"), 1);
  const auto end = world.await_end();
  CHECK(end.kind == Kind::finished);
  CHECK(end.status == 20001);
  await([&] { return is_gone(grandchild); });
}

TEST_CASE("script stop: one that does not listen is killed after a while") {
  ScriptWorld world;
  const auto name =
      world.script("trap '' TERM\necho $$ > \"$ANTIPHON_DATA/begun\"\nexec sleep 600");
  const auto plane = world.worker();
  plane->start(world.work(name));
  const pid_t script = world.pid_in("begun");
  plane->stop(id_of("task-1"), 1);
  const auto end = world.await_end();
  CHECK(end.status == 20001);
  CHECK(end.error.find("signal 9") != std::string::npos);
  CHECK(is_gone(script));
}

TEST_CASE("script stop: a script may clean up, and what it then says is kept") {
  ScriptWorld world;
  const auto name = world.script(
      "trap 'echo \"{\\\"undone\\\": 1}\"; exit 0' TERM\n"
      "echo $$ > \"$ANTIPHON_DATA/begun\"; while true; do sleep 0.01; done");
  const auto plane = world.worker();
  plane->start(world.work(name));
  world.await_file(world.data("begun"));
  plane->stop(id_of("task-1"), 1);
  const auto end = world.await_end();
  CHECK(end.status == 20001);
  CHECK(end.outputs == R"({"undone":1})");
}

TEST_CASE("script stop: one that waits for its turn is cancelled and never begins") {
  ScriptWorld world;
  world.options.max_running = 1;
  const auto name = world.waiting_script();
  const auto plane = world.worker();
  plane->start(world.work(name));
  world.await_file(world.data("begun"));
  plane->start(world.work(name, "{}", "task-2"));
  plane->stop(id_of("task-2"), 1);
  CHECK(world.await_end("task-2").status == 20001);
  world.let_go();
  CHECK(world.await_end("task-1").status == 200);
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script stop: a plane stops what a plane before it began") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  auto first = world.worker();
  first->start(work);
  world.await_file(world.data("begun"));
  first->close();
  const auto second = world.worker();
  second->stop(work.id, 1);
  const auto end = world.await_end();
  CHECK(end.status == 20001);
  CHECK(end.key == work.key);
  CHECK(world.lines("runs") == 1);
}

TEST_CASE("script stop: a run that was prepared but not begun never begins any more") {
  ScriptWorld world;
  const auto work = world.work(world.waiting_script());
  const providers::RunOrder order{{work.key, work.id, 1}, {"/bin/true"}, {}, core::minutes(1)};
  REQUIRE(world.folder().prepare(order, "{}"));
  const auto plane = world.worker();
  plane->stop(work.id, 1);
  CHECK(world.await_end().status == 20001);
  plane->start(work);
  CHECK(world.await_end().status == 20001);
  CHECK(world.lines("runs") == 0);
}

TEST_CASE("script stop: a runner that has not taken its work yet does not take it any more") {
  ScriptWorld world;
  world.options.runner = world.late_runner();
  const auto plane = world.worker();
  plane->start(world.work(world.waiting_script()));
  world.await_file(world.data("late"));
  plane->stop(id_of("task-1"), 1);
  await([&] { return world.folder().claimed().has_value(); });
  write_text(world.data("wake"), "");
  CHECK(world.await_end().status == 20001);
  CHECK(world.lines("runs") == 0);
}

TEST_CASE("script stop: of what is not known nothing is said") {
  ScriptWorld world;
  const auto plane = world.worker();
  plane->stop(id_of("task-2"), 1);
  plane->start(world.work(world.script("echo '{}'")));
  CHECK(world.await_end("task-1").status == 200);
  CHECK_FALSE(world.folder("task-2.1").exists());
}
