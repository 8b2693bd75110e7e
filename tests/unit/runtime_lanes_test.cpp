// SPDX-License-Identifier: MIT
// Messages of a trigger that wait for each other: overlap, debounce, throttle, collect, each also
// over restarts between any two of them.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "tests/unit/lane_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;
using test::LaneFixture;
using test::name;
using test::TriggerFixture;

}  // namespace

TEST_CASE(
    "triggers: overlapping runs of a key go on beside, wait for, replace or skip each other") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    const auto after = [&](const std::string& overlap) {
      LaneFixture hq("overlap: " + overlap + "\n    key: \"${{$topic(line)}}\"");
      if (restarts) hq.restart_always();
      for (int n = 1; n <= 3; ++n) hq.hear_number(n);
      hq.hear_number(4, "line8");
      const std::string at_first = hq.shown();
      hq.pass(core::minutes(61));
      return at_first + " | " + hq.shown();
    };
    CHECK(after("parallel\n    collect: {count: 1}") ==
          "[1] running, [2] running, [3] running, [4] running | "
          "[1] done, [2] done, [3] done, [4] done");
    CHECK(after("queue") == "1 running, 4 running | 1 done, 4 done, 2 running");
    CHECK(after("skip") == "1 running, 4 running | 1 done, 4 done");
    CHECK(after("replace") ==
          "1 cancelled, 2 cancelled, 3 running, 4 running | "
          "1 cancelled, 2 cancelled, 3 done, 4 done");
  }
}

TEST_CASE("triggers: a queue keeps its order, is over when its last run is, and is bounded") {
  LaneFixture hq("overlap: queue");
  for (int n = 1; n <= 4; ++n) hq.hear_number(n);
  CHECK(hq.shown() == "1 running");
  hq.cancel_newest();
  CHECK(hq.shown() == "1 cancelled, 2 running");
  hq.apply_version("2", "overlap: queue\n    inputs: {n: new}");
  hq.cancel_newest();
  CHECK(hq.shown() == "1 cancelled, 2 cancelled, 3 running");  // of the version that heard it
  hq.pass(core::hours(1));
  hq.pass(core::hours(1));
  CHECK(hq.shown() == "1 cancelled, 2 cancelled, 3 done, 4 done");
  CHECK(hq.lanes() == 0);
  hq.apply_version("3", "overlap: queue", "{provider: delay, inputs: {delay: 1h}}");
  for (int n = 0; n < core::limits::lane_waiting + 1; ++n) {
    hq.tell(TriggerFixture::message("plant/line7/alarm", "{}"));
  }
  CHECK(hq.reasons().empty());
  hq.tell(TriggerFixture::message("plant/line7/alarm", "{}"));
  REQUIRE(hq.reasons().size() == 1);
  CHECK(hq.reasons()[0].find("trigger t: 1000 runs wait already for run a-") == 0);
}

TEST_CASE("triggers: runs that end at once leave no lane, and the next begins") {
  TriggerFixture hq("overlap: queue");
  for (std::size_t n = 1; n <= 3; ++n) CHECK(hq.hear("{}") == n);
  std::vector<runtime::Envelope> none;
  for (int i = 0; i < 5; ++i) hq.step(none);
  CHECK(hq.store().begin()->lane_load() == core::LaneLoad{});
}

TEST_CASE(
    "triggers: a queued message whose inputs cannot be told is refused, and the next begins") {
  TriggerFixture hq("overlap: queue\n    inputs: {n: \"${{$payload('$.n')}}\"}",
                    "{provider: delay, inputs: {delay: 1h}}");
  CHECK(hq.hear(R"({"n":1})") == 1);
  CHECK(hq.hear(R"({"m":2})") == 1);
  CHECK(hq.hear(R"({"n":3})") == 1);
  hq.advance(core::minutes(61));
  std::vector<runtime::Envelope> none;
  for (int i = 0; i < 5; ++i) hq.step(none);
  CHECK(hq.runs().size() == 2);
  CHECK(hq.reasons().size() == 1);
}

TEST_CASE("triggers: debounce starts one run of the last message, when no more come") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    LaneFixture hq("debounce: 10s\n    key: \"${{$topic(line)}}\"");
    if (restarts) hq.restart_always();
    hq.hear_number(1);
    hq.pass(core::seconds(9));
    hq.hear_number(2);
    hq.hear_number(7, "line8");
    hq.pass(core::seconds(9));
    CHECK(hq.shown().empty());
    hq.pass(core::seconds(1));
    CHECK((hq.shown() == "2 running, 7 running" || hq.shown() == "7 running, 2 running"));
    CHECK(hq.lanes() == 0);
  }
}

TEST_CASE("triggers: throttle starts the first at once, and of the others the last one later") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    LaneFixture hq("throttle: 10s");
    if (restarts) hq.restart_always();
    hq.hear_number(1);
    CHECK(hq.shown() == "1 running");
    hq.hear_number(2);
    hq.hear_number(3);
    hq.pass(core::seconds(9));
    CHECK(hq.shown() == "1 running");
    hq.pass(core::seconds(1));
    CHECK(hq.shown() == "1 running, 3 running");
    hq.hear_number(4);
    CHECK(hq.shown() == "1 running, 3 running");
    hq.pass(core::seconds(10));
    CHECK(hq.shown() == "1 running, 3 running, 4 running");
    hq.pass(core::seconds(10));
    CHECK(hq.lanes() == 0);
    hq.hear_number(5);
    CHECK(hq.shown() == "1 running, 3 running, 4 running, 5 running");
  }
}

TEST_CASE("triggers: collect makes one run of so many messages, or of those of its window") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    LaneFixture hq("collect: {count: 3, window: 10s}");
    if (restarts) hq.restart_always();
    for (int n = 1; n <= 4; ++n) hq.hear_number(n);
    CHECK(hq.shown() == "[1,2,3] running");
    hq.pass(core::seconds(9));
    hq.hear_number(5);
    CHECK(hq.shown() == "[1,2,3] running");
    hq.pass(core::seconds(1));
    CHECK(hq.shown() == "[1,2,3] running, [4,5] running");
    CHECK(hq.lanes() == 0);
    const auto message = core::parse_object(hq.runs()[0].trigger);
    CHECK(message["topic"] == "plant/line7/alarm");
    CHECK(message["named"]["line"] == "line7");
  }
}

TEST_CASE("triggers: what is collected becomes a run before it is too much for one") {
  LaneFixture hq("collect: {window: 1h}");
  const std::string big = core::dump(std::string(100'000, 'x'));
  for (int i = 0; i < 3; ++i) hq.tell(TriggerFixture::message("plant/line7/alarm", big));
  REQUIRE(hq.runs().size() == 1);
  CHECK(core::parse_object(hq.runs()[0].trigger)["payload"].size() == 2);
  hq.pass(core::hours(1));
  CHECK(hq.runs().size() == 2);
}

TEST_CASE("triggers: what was collected waits for the run before it") {
  LaneFixture hq("collect: {count: 2}\n    overlap: queue");
  for (int n = 1; n <= 6; ++n) hq.hear_number(n);
  CHECK(hq.shown() == "[1,2] running");
  hq.pass(core::hours(1));
  CHECK(hq.shown() == "[1,2] done, [3,4] running");
}

TEST_CASE("triggers: a new version begins anew; what was gathered before is a run of the old one") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    const auto after = [&](const std::string& before, const std::string& now) {
      LaneFixture hq(before);
      if (restarts) hq.restart_always();
      hq.hear_number(1);
      hq.hear_number(2);
      hq.apply_version("2", now + "\n    inputs: {n: \"${{$payload()}}\"}",
                       "{provider: delay, inputs: {delay: 1h}}");
      hq.hear_number(3);
      hq.pass(core::minutes(61));
      CHECK(hq.lanes() == (now == "collect: {count: 3}" ? 1 : 0));
      return hq.shown();
    };
    CHECK(after("collect: {count: 3}", "payload: any") == "[1,2] done, 3 done");
    CHECK(after("collect: {count: 3}", "collect: {count: 3}") == "[1,2] done");
    CHECK(after("collect: {count: 3}", "debounce: 1m") == "[1,2] done, 3 running");
    CHECK(after("debounce: 1h", "collect: {count: 1}") == "2 done, [3] done");
    CHECK(after("throttle: 1h", "payload: any") == "1 done, 2 done, 3 done");
  }
}

TEST_CASE("triggers: a new version in one batch with its first message keeps them apart") {
  LaneFixture hq("collect: {count: 3}");
  hq.hear_number(1);
  core::ApplyRequest gone;
  gone.document =
      "metadata: {name: a-v-2}\nspec: {firstStage: s, stages: {s: {provider: delay, inputs: "
      "{delay: 1h}}}, triggers: [{name: t, topic: plant/+line/alarm, collect: {count: 3}, inputs: "
      "{n: '${{$payload()}}'}}]}";
  std::vector<runtime::Envelope> batch;
  batch.push_back({gone, {}, {}});
  batch.push_back({TriggerFixture::message("plant/line7/alarm", "2"), {}, {}});
  hq.step(batch);
  CHECK(hq.shown() == "[1] running");
  hq.hear_number(3);
  hq.hear_number(4);
  CHECK(hq.shown() == "[1] running, [2,3,4] running");
}

TEST_CASE("triggers: a version without the trigger leaves nothing waiting for it") {
  LaneFixture hq("collect: {count: 3}");
  hq.hear_number(1);
  CHECK(hq.apply("metadata: {name: a-v-2}\nspec: {firstStage: s, stages: {s: {}}}").status == 200);
  hq.pass({0});
  CHECK(hq.shown() == "[1] running");
  CHECK(hq.lanes() == 0);
}

TEST_CASE("triggers: a clock that jumps by a year makes each due thing happen once") {
  for (const std::string way : {"debounce: 1h", "collect: {window: 1h}"}) {
    LaneFixture hq(way);
    hq.hear_number(1);
    hq.pass(core::days(365));
    CHECK(hq.runs().size() == 1);
    CHECK(hq.lanes() == 0);
  }
  LaneFixture hq("throttle: 1h");
  hq.hear_number(1);
  hq.hear_number(2);
  hq.pass(core::days(365));
  CHECK(hq.runs().size() == 2);
}

TEST_CASE("triggers: a paused run keeps its place, and what waits begins when it has ended") {
  LaneFixture hq("overlap: queue");
  hq.apply_version("2", "overlap: queue\n    inputs: {n: \"${{$payload()}}\"}",
                   "{provider: delay, inputs: {delay: 1h}, stageSelector: z}, z: {}");
  hq.hear_number(1);
  core::VerbRequest request;
  request.activation = hq.runs().front().id;
  request.verb = core::Verb::pause;
  hq.tell(request);
  hq.hear_number(2);
  hq.pass(core::hours(2));
  CHECK(hq.shown() == "1 paused");
  request.verb = core::Verb::resume;
  hq.tell(request);
  hq.pass({0});
  CHECK(hq.shown() == "1 done, 2 running");
}

TEST_CASE("triggers: a key that cannot be told, or is too long, refuses the message") {
  LaneFixture hq("overlap: skip\n    key: \"${{$payload('$.k')}}\"");
  hq.tell(TriggerFixture::message("plant/line7/alarm", "{}"));
  hq.tell(TriggerFixture::message("plant/line7/alarm",
                                  core::dump(Value{{"k", std::string(257, 'k')}})));
  CHECK(hq.runs().empty());
  REQUIRE(hq.reasons().size() == 2);
  CHECK(hq.reasons()[0] == "trigger t: the key has 257 bytes");
}

TEST_CASE("triggers: a trigger that is turned off starts what it has heard before") {
  LaneFixture hq("debounce: 10s");
  hq.hear_number(1);
  core::SwitchRequest off{
      {}, name<core::Namespace>("default"), name<core::CampaignName>("a"), "t", false};
  hq.tell(off);
  hq.hear_number(2);
  hq.pass(core::seconds(10));
  CHECK(hq.shown() == "1 running");
}

}  // namespace antiphon
