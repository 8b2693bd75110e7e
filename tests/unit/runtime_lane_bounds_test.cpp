// SPDX-License-Identifier: MIT
// How much may wait for runs of triggers, who can see it, and lanes that cannot be read.
#include <doctest/doctest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/runtime/lanes.hpp"
#include "engine/runtime/queries.hpp"
#include "tests/unit/lane_fixture.hpp"

namespace antiphon {

namespace {

using core::Value;
using test::LaneFixture;
using test::name;
using test::TriggerFixture;

/// What a lane in which `held` waits says to one more message, `load` being that of all lanes.
std::string refusal(const core::Lane& held, core::LaneLoad load, core::TriggerSpec spec,
                    std::size_t bytes = 2) {
  TriggerFixture hq("overlap: queue", "{provider: delay, inputs: {delay: 1h}}");
  hq.hear("{}");
  const auto rows = hq.store().begin();
  core::Lane lane = held;
  lane.id = "lane";
  if (lane.next_seq > 1) rows->put(lane);
  for (std::int64_t seq = 1; seq <= lane.waiting; ++seq) rows->add("lane", {seq, true, "h", "{}"});
  lane.activation = hq.runs().front().id;
  if (lane.next_seq > 1) rows->put(lane);
  const auto before = load;
  runtime::Lanes lanes(*rows, hq.time(), load, [&](const auto&, const auto&) {
    return std::make_shared<const core::TriggerSpec>(spec);
  });
  const auto taken = lanes.take("lane", "t", {0, false, "h", std::string(bytes, ' ')});
  if (taken) return "taken";
  CHECK(load == before);
  CHECK(rows->lane_load().events == lane.waiting);
  return taken.error().message + " (" + taken.error().hint + ")";
}

}  // namespace

TEST_CASE("triggers: messages that wait have bounds, of one key and of all, and so have keys") {
  core::TriggerSpec queue;
  queue.overlap = core::Overlap::queue;
  core::Lane none;
  core::Lane one;
  one.waiting = 1;
  one.waiting_bytes = 2;
  one.next_seq = 2;
  CHECK(refusal(one, {1, 1, 2}, queue) == "taken");
  CHECK(refusal(one, {1, 1, 2}, queue, core::limits::lane_bytes - 1) ==
        "trigger t: messages of 2 bytes wait already for one key (at most 8388608 may: let runs "
        "end)");
  CHECK(refusal(one, {9, core::limits::lane_events, 2}, queue) ==
        "trigger t: 100000 messages of 2 bytes wait already in all (at most 100000 of 268435456 "
        "bytes may: let runs end)");
  CHECK(refusal(one, {9, 1, core::limits::lanes_bytes - 1}, queue) ==
        "trigger t: 1 messages of 268435455 bytes wait already in all (at most 100000 of 268435456 "
        "bytes may: let runs end)");
  CHECK(refusal(none, {10'000, 1, 2}, queue) ==
        "trigger t: 10000 keys of triggers are in use (choose a key that has fewer values, or let "
        "runs end)");
  CHECK(refusal(none, {9'999, 100'000, 2}, queue) == "taken");  // it need not wait
  core::TriggerSpec skip;
  skip.overlap = core::Overlap::skip;
  CHECK(refusal(one, {9, core::limits::lane_events, 2}, skip) == "taken");  // and is left out
}

TEST_CASE("triggers: lists say which are on, and what waits to start runs of them") {
  LaneFixture hq("overlap: queue\n    key: \"${{$topic(line)}}\"");
  const auto listed = [&](const std::string& campaign) {
    core::QueryRequest query;
    query.what = "triggers";
    query.campaign = campaign;
    const auto answer = runtime::answer_query(*hq.store().reader(), query, hq.time());
    return core::parse_object(answer.body)["items"];
  };
  for (int n = 1; n <= 3; ++n) hq.hear_number(n);
  hq.hear_number(4, "line8");
  Value item = listed("").at(0);
  CHECK(item["hash"].is_string());
  item.erase("hash");
  CHECK(item ==
        Value{{"campaign", "a"},
              {"namespace", "default"},
              {"name", "t"},
              {"topic", "plant/+/alarm"},
              {"enabled", true},
              {"lanes", {{"keys", 2}, {"messages", 2}, {"bytes", item["lanes"]["bytes"]}}}});
  CHECK(listed("a").size() == 1);
  CHECK(listed("b").empty());
  hq.tell(core::SwitchRequest{
      {}, name<core::Namespace>("default"), name<core::CampaignName>("a"), "t", false});
  CHECK(listed("a").at(0)["enabled"] == false);
  CHECK(listed("a").at(0)["switched"] == false);
}

TEST_CASE("triggers: a lane whose campaign version cannot be read is looked at again later") {
  LaneFixture hq("collect: {count: 3, window: 10s}");
  hq.hear_number(1);
  const auto rows = hq.store().begin();
  core::LaneLoad load = rows->lane_load();
  const core::Instant later = hq.time() + core::seconds(10);
  runtime::Lanes lanes(*rows, later, load, [](const auto&, const auto&) { return nullptr; });
  core::Lane lane = rows->lanes({}, 1).front();
  CHECK_FALSE(lanes.turn(lane).start);
  CHECK(rows->lanes({}, 1).front().due == later + core::limits::lane_retry);
  CHECK(load == core::LaneLoad{1, 1, load.bytes});
  CHECK_FALSE(lanes.take(lane.id, "t", {0, false, "h", "{}"}));
}

}  // namespace antiphon
