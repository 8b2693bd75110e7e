// SPDX-License-Identifier: MIT
// Conversations nobody thought of: commands drawn from a seed, with every invariant checked after
// each. A failure prints the seed's commands, which are a scenario as they stand.
#include <doctest/doctest.h>

#include <cstdlib>
#include <stdexcept>

#include "engine/store/memory_store.hpp"
#include "tests/scenarios/commands.hpp"
#include "tests/support/polling_providers.hpp"

namespace antiphon::scenarios {
namespace {

constexpr std::uint64_t seeds = 40;  // ANTIPHON_SEEDS=n draws more
constexpr int commands_per_seed = 60;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}

  std::uint64_t below(std::uint64_t bound) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_ % bound;
  }
  std::string one_of(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

const std::vector<std::string> campaigns{
    R"(firstStage: ask
stages:
  ask: {provider: remote, timeout: 10m, contexts: "${{$trigger(where,tokyo)}}", inputs: {operation: script}, retry: {maxRetries: 2, interval: 20s}, stageSelector: count}
  count: {provider: counter, handleErrors: true, inputs: {n: 1}, stageSelector: "${{$if($lt($output(count,n),3),ask,wait)}}"}
  wait: {provider: delay, inputs: {delay: 30}, stageSelector: try}
  try: {provider: flaky, handleErrors: true, config: {failTimes: 2}, retry: {maxRetries: 2}, stageSelector: work}
  work: {provider: script, idempotent: true, contexts: [hq, left, right], stageSelector: ask}
)",
    R"(firstStage: wide
stages:
  wide: {provider: remote, idempotent: true, timeout: 2m, contexts: "${{$trigger(many,tokyo)}}", inputs: {operation: mock}, stageSelector: loop}
  loop: {provider: mock, handleErrors: true, inputs: {foo: "${{$output(loop,foo)}}"}, stageSelector: "${{$if($lt($output(loop,foo),4),loop,ask)}}"}
  ask: {provider: ask, handleErrors: true, inputs: {times: 3, end: 500}, retry: {maxRetries: 1}, stageSelector: work}
  work: {provider: script, handleErrors: true, timeout: 3m, retry: {maxRetries: 3, interval: 25s}, stageSelector: wide}
)"};

std::string run_name(Dice& dice) {
  return dice.one_of({"a1", "a2", "a3", "a4"});
}

std::string task_name(Dice& dice, World& world) {
  const std::string run = run_name(dice);
  const auto id = world.find_run(run);
  const std::int64_t current = id ? world.record(*id).activation.run : 1;
  const std::int64_t stage_run = dice.below(6) == 0 && current > 1 ? current - 1 : current;
  return run + "/" + std::to_string(stage_run) + "/" + std::to_string(dice.below(4));
}

std::string activation(Dice& dice) {
  const std::string where =
      R"({"where":)" +
      dice.one_of({R"(["tokyo","paris","hq"])", R"("tokyo")", R"(["not a plane","paris"])", "[]"}) +
      "}";
  const std::string inputs =
      dice.below(3) == 0 ? "many=many:" + dice.one_of({"3", "300"}) : "inputs=" + where;
  return "activate " + run_name(dice) + " c" + std::to_string(dice.below(campaigns.size())) + " " +
         inputs + (dice.below(5) == 0 ? " paused" : "");
}

std::string reply(Dice& dice, World& world) {
  const std::string state = dice.one_of({"accepted", "started", "progress", "done", "done", "done",
                                         "failed", "rejected", "cancelled"});
  return "reply " + dice.one_of({"each", "each", "each", "tokyo", "paris"}) + " " +
         task_name(dice, world) + dice.one_of({"", "..2", "..300"}) + " " + state +
         (dice.below(6) == 0 ? " attempt=2" : "");
}

std::string at_the_site(Dice& dice) {
  const std::string id = dice.one_of({"t1", "t2", "t3"});
  const std::string attempt = " attempt=" + std::to_string(1 + dice.below(3));
  const std::string origin = dice.one_of({"above", "above", "above", "stranger"});
  switch (dice.below(4)) {
    case 0:
      return "cancel-command " + origin + " " + id + attempt;
    case 1:
      return "work above:" + id + "/" + std::to_string(1 + dice.below(2)) + "/0 " +
             dice.one_of({"started", "finished", "finished 500", "finished 20001", "uncertain",
                          "not-yet {\"n\":1}", "finished polls=1"});
    default:
      return "command " + origin + " " + id + " " +
             dice.one_of({"script", "mock", "delay", "ask", "http"}) + attempt +
             " inputs={\"delay\":90,\"times\":2} " +
             dice.one_of({"deadline=1m", "deadline=1h", "expired"}) +
             dice.one_of({"", " idempotent"});
  }
}

std::string next_command(Dice& dice, World& world) {
  switch (dice.below(12)) {
    case 0:
    case 1:
      return activation(dice);
    case 2:
    case 3:
    case 4:
      return reply(dice, world);
    case 5:
      return dice.one_of({"pause ", "resume ", "resume ", "cancel "}) + run_name(dice);
    case 6:
      return "work " + task_name(dice, world) + " " +
             dice.one_of({"started", "finished", "finished 10036", "finished 20001", "uncertain",
                          "not-yet {\"n\":1}", "not-yet {\"n\":2} wait=40s", "started polls=1",
                          "finished polls=1"});
    case 7:
      return "journal-lost " + dice.one_of({"tokyo", "paris", "s1"});
    case 8:
      return "turn";
    case 9:
      return dice.one_of({"advance ", "advance ", "jump "}) +
             dice.one_of({"1s", "10s", "31s", "5m"});
    case 10:
      return "restart";
    default:
      return at_the_site(dice);
  }
}

void converse(std::uint64_t seed) {
  static const core::Providers providers = test::polling_providers();
  World world([](const core::PlaneName& plane, std::unique_ptr<store::Store> old) {
    const store::Minted minted{std::string(32, '1'), std::string(32, '2')};
    return old ? store::reopen_memory_store(*old) : store::make_memory_store(plane, minted);
  });
  world.plane.providers = &providers;
  world.quiet = {"command", "status", "cancel", "work", "reply"};
  std::string spoken;
  const auto speak = [&](const Command& command) {
    spoken += command.line + "\n";
    try {
      perform(world, command);
    } catch (const std::runtime_error& error) {  // a task that there is not
      spoken += std::string("  (") + error.what() + ")\n";
    }
  };
  speak({"plane hq parents=above offers=script,mock,delay,ask", {}});
  for (std::size_t i = 0; i < campaigns.size(); ++i) {
    speak({"campaign c" + std::to_string(i), campaigns[i]});
  }
  Dice dice(seed);
  for (int i = 0; i < commands_per_seed && world.broken().empty(); ++i) {
    speak({next_command(dice, world), {}});
  }
  for (const char* run : {"a1", "a2", "a3", "a4"}) speak({std::string("cancel ") + run, {}});
  world.settle();
  INFO("seed ", seed, "\n", spoken);
  for (const std::string& violation : world.broken()) MESSAGE(violation);
  CHECK(world.broken().empty());
}

}  // namespace

TEST_CASE("scenarios: random conversations break no invariant and come to rest") {
  const char* wish = std::getenv("ANTIPHON_SEEDS");
  const std::uint64_t count = wish == nullptr ? seeds : std::stoull(wish);
  for (std::uint64_t seed = 1; seed <= count; ++seed) converse(seed);
}

}  // namespace antiphon::scenarios
