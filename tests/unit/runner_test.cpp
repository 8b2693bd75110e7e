// SPDX-License-Identifier: MIT
// The parts of a runner that need neither broker nor socket: which stages it begins, how many at
// once, how they end, and what it remembers of questions.
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "connectors/runner/request_book.hpp"
#include "connectors/runner/service.hpp"
#include "connectors/runner/stage_desk.hpp"
#include "connectors/runner/tokens.hpp"
#include "engine/stages/registry.hpp"
#include "tests/support/await.hpp"

using namespace antiphon;
using core::Value;

namespace {

/// Work that ends when the test says so.
class HeldWorker final : public runtime::Worker {
 public:
  void start(const runtime::Work& work) override {
    const std::lock_guard lock(mutex_);
    begun_.push_back(work);
  }
  void stop(const core::TaskId& id, int) override {
    const std::lock_guard lock(mutex_);
    stopped_.push_back(id);
  }
  void forget(const core::TaskId&, int) override { ++forgotten; }
  void close() override {}

  std::vector<runtime::Work> begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
  }
  std::vector<core::TaskId> stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }
  std::atomic<int> forgotten{0};

 private:
  mutable std::mutex mutex_;
  std::vector<runtime::Work> begun_;
  std::vector<core::TaskId> stopped_;
};

struct Desk {
  explicit Desk(std::size_t running = 2, std::size_t waiting = 2) {
    runner::DeskOptions options;
    options.name = core::PlaneName::parse("edge").value();
    options.providers = &providers;
    options.running_most = running;
    options.waiting_most = waiting;
    options.fresh_id = [this] { return "t" + std::to_string(++ids); };
    desk = std::make_unique<runner::StageDesk>(std::move(options));
    desk->employ(worker);
  }

  std::future<symphony::StageStatus> ask(const std::string& data) {
    const auto answer = std::make_shared<std::promise<symphony::StageStatus>>();
    desk->carry_out(*symphony::read_activation(data),
                    [answer](symphony::StageStatus end) { answer->set_value(std::move(end)); });
    return answer->get_future();
  }

  void report(const std::string& id, int status, const std::string& outputs = "{}") {
    desk->report({{},
                  core::TaskId::parse(id).value(),
                  1,
                  runtime::WorkReport::Kind::finished,
                  status,
                  outputs,
                  status == 200 ? "" : "it failed"});
  }

  core::Providers providers = [] {
    std::vector<core::ProviderInfo> infos;
    const core::Providers all = stages::standard_providers();
    for (const std::string& name : runner::stages_of_a_runner()) infos.push_back(*all.find(name));
    return core::Providers(std::move(infos));
  }();
  std::atomic<int> ids{0};
  HeldWorker worker;
  std::unique_ptr<runner::StageDesk> desk;
};

const std::string script = R"({"stage":"s","provider":"script","config":{"script":"x"}})";

symphony::Request request(const std::string& id, const std::string& body) {
  return {"processor", "POST", "application/json", body, id};
}

}  // namespace

TEST_CASE("runner desk: there are no objects to list, and it says so") {
  Desk world;
  for (const std::string type : {"instance", "catalogversions", "catalogs"}) {
    const auto end =
        world.ask(R"({"stage":"s","provider":"list","inputs":{"objectType":")" + type + "\"}}")
            .get();
    CHECK(end.status == 500);
    CHECK_MESSAGE(end.error_message.find("no registry of objects") != std::string::npos,
                  end.error_message);
  }
  const auto sites =
      world.ask(R"({"stage":"s","provider":"list","inputs":{"objectType":"sites"}})").get();
  CHECK(sites.status == 9996);
}

TEST_CASE("runner desk: inline stages end at once, with built-in outputs around their own") {
  Desk world;
  const auto end = world
                       .ask(R"({"campaignversion":"c-v-1","stage":"s","provider":"counter",)"
                            R"("inputs":{"n":2,"__state":{"n":5}}})")
                       .get();
  CHECK(end.status == 9996);
  CHECK(end.outputs["n"] == 7);
  CHECK(end.outputs["__state"] == Value{{"n", 7}});
  CHECK(end.outputs["status"] == 200);
  CHECK(end.outputs["__site"] == "edge");
  CHECK(end.outputs["__campaignversion"] == "c-v-1");
}

TEST_CASE("runner desk: a failed stage says so in status, text and outputs") {
  Desk world;
  auto asked = world.ask(script);
  test::await([&] { return world.worker.begun().size() == 1; });
  world.report("t1", 10036, R"({"seam":"bad"})");
  const auto end = asked.get();
  CHECK(end.status == 10036);
  CHECK(end.error_message == "Script Execution Failed: it failed");
  CHECK(end.outputs["seam"] == "bad");
  CHECK(end.outputs["status"] == 10036);
  CHECK(end.outputs["error"] == end.error_message);
  test::await([&] { return world.worker.forgotten == 1; });
}

TEST_CASE("runner desk: work that says 'not yet' is begun again with what it kept") {
  Desk world;
  auto asked =
      world.ask(R"({"provider":"http","config":{"url":"http://x","wait.url":"http://y"}})");
  test::await([&] { return world.worker.begun().size() == 1; });
  runtime::WorkReport waits;
  waits.id = core::TaskId::parse("t1").value();
  waits.kind = runtime::WorkReport::Kind::not_yet;
  waits.outputs = R"({"first":202})";
  world.desk->report(waits);
  test::await([&] { return world.worker.begun().size() == 2; });
  const auto again = world.worker.begun().back();
  CHECK(again.id == waits.id);
  CHECK(again.polls == 1);
  CHECK(again.poll_state == waits.outputs);
  CHECK(world.worker.forgotten == 0);
  world.report("t1", 200, R"({"waitResult":true})");
  CHECK(asked.get().outputs["waitResult"] == true);
}

TEST_CASE("runner desk: more than may run wait in order, more than may wait are refused") {
  Desk world(1, 1);
  auto first = world.ask(script);
  test::await([&] { return world.worker.begun().size() == 1; });
  auto second = world.ask(script);
  CHECK(world.ask(script).get().status == 503);
  world.report("t1", 200);
  CHECK(first.get().status == 9996);
  test::await([&] { return world.worker.begun().size() == 2; });
  world.report("t2", 200);
  CHECK(second.get().status == 9996);
}

TEST_CASE("runner desk: a delay waits, one that is longer than the timeout is refused") {
  Desk world;
  CHECK(world.ask(R"({"provider":"delay","inputs":{"delay":"10ms"}})").get().status == 9996);
  CHECK(world.ask(R"({"provider":"delay","inputs":{"delay":"2h"}})").get().status == 11004);
}

TEST_CASE("runner desk: stopping waits for what runs, or ends it, and begins nothing more") {
  Desk world(1, 2);
  auto running = world.ask(script);
  auto waiting = world.ask(script);
  test::await([&] { return world.worker.begun().size() == 1; });
  std::thread stopping([&] { world.desk->stop(core::Duration{}); });
  test::await([&] { return !world.worker.stopped().empty(); });
  world.report("t1", 20001);
  stopping.join();
  CHECK(waiting.get().status == 503);
  CHECK(running.get().status == 20001);
  CHECK(world.ask(script).get().status == 503);
}

TEST_CASE("runner book: an answer leaves when there is no room, and the question is new again") {
  runner::RequestBook book(2);
  const auto nobody = [](const symphony::Response&) {};
  for (const char* id : {"a", "b", "c"}) {
    CHECK(book.take(request(id, "{}"), nobody));
    book.settle(id, {200, "application/json", "{}", id});
  }
  CHECK_FALSE(book.take(request("b", "{}"), nobody));
  CHECK(book.take(request("a", "{}"), nobody));
}

TEST_CASE("runner book: the bytes of kept answers have a bound") {
  runner::RequestBook book(100, 10);
  const auto nobody = [](const symphony::Response&) {};
  CHECK(book.take(request("a", "{}"), nobody));
  book.settle("a", {200, "text/plain", std::string(11, 'x'), "a"});
  CHECK(book.take(request("a", "{}"), nobody));
}

TEST_CASE("runner service: routes by their last segment, and only POST") {
  Desk world;
  runner::Service service(*world.desk);
  const auto state_of = [&service](const std::string& route, const std::string& method) {
    int state = 0;
    service.handle({route, method, "", R"({"provider":"remote"})", ""},
                   [&state](const symphony::Response& response) { state = response.state; });
    return state;
  };
  CHECK(state_of("processor", "POST") == 500);
  CHECK(state_of("/v1alpha2/processor", "POST") == 500);
  CHECK(state_of("processor", "") == 500);
  CHECK(state_of("processor", "GET") == 405);
  CHECK(state_of("jobs", "POST") == 404);
}

TEST_CASE("runner tokens: only those that were given out are known") {
  int made = 0;
  runner::Tokens tokens([&made] { return "token-" + std::to_string(++made); });
  CHECK(tokens.give() == "token-1");
  CHECK(tokens.knows("Bearer token-1"));
  CHECK_FALSE(tokens.knows("token-1"));
  CHECK_FALSE(tokens.knows("Bearer token-2"));
  CHECK_FALSE(tokens.knows(""));
  CHECK(runner::same("abc", "abc"));
  CHECK_FALSE(runner::same("abc", "abd"));
  CHECK_FALSE(runner::same("ab", "abc"));
}
