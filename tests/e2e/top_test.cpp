// SPDX-License-Identifier: MIT
// `antiphon top` of a real plane: once as text, and live on a terminal.
#include <doctest/doctest.h>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;

namespace {

bool holds(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("top: one frame without a terminal, on one a frame for each change") {
  World world;
  world.hq().serve();
  world.apply(campaign("wait", "only", "    only: {provider: delay, inputs: {delay: 1h}}\n"));
  const std::vector<std::string> top{ANTIPHON_BINARY, "top", "--broker", world.broker().uri()};
  const RunResult empty = run(top);
  CHECK(empty.exit_code == 0);
  CHECK_MESSAGE(holds(empty.out, "runs   0 running, 0 paused"), empty.out);
  CHECK(!holds(empty.out, "\033"));

  // `script` gives it a terminal of its own.
  ChildProcess live(
      {"script", "-qfec", "exec " + top[0] + " top --broker " + world.broker().uri(), "/dev/null"});
  await([&] { return holds(live.out(), "no open runs"); }, run_patience);
  world.ask({"activate", "wait", "--id", "r1"});
  await([&] { return holds(live.out(), "runs   1 running"); }, run_patience);
  await([&] { return holds(live.out(), "minute 1 runs begun"); }, run_patience);
  world.ask({"pause", "r1", "--reason", "lunch"});
  await([&] { return holds(live.out(), "pause by tester: lunch"); }, run_patience);
  CHECK(holds(live.out(), "\033[?1049h"));
  CHECK(!holds(live.out(), "\033[?1049l"));
}
