// SPDX-License-Identifier: MIT
// A plane's shell: which documents it takes, and what it believes of its sites.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using test::name;

std::string with_trigger(const std::string& topic) {
  return "metadata: {name: a}\nspec:\n  firstStage: s\n  stages: {s: {}}\n  triggers:\n"
         "    - {name: t, topic: '" +
         topic + "'}\n";
}

runtime::SeenPresence presence(bool online, bool retained) {
  core::Presence presence;
  presence.online = online;
  presence.journal = "j";
  presence.version = "1";
  presence.parents = {"hq"};
  return {name<core::PlaneName>("tokyo"), presence, retained};
}

runtime::FromSite hello(const std::string& from) {
  return {name<core::PlaneName>(from), core::Hello{"j", 0, 0, {}}, "antiphon/hq/hello/" + from};
}

runtime::FromSite reply(core::ReplyState state) {
  core::Reply reply;
  reply.id = name<core::TaskId>("forgotten");
  reply.state = state;
  return {name<core::PlaneName>("tokyo"), reply, "antiphon/hq/reply/tokyo"};
}

}  // namespace

TEST_CASE("plane: a trigger on what planes say to each other is refused, and no other") {
  test::PlaneFixture hq;
  for (const char* topic :
       {"antiphon/#", "antiphon/+/presence", "antiphon/hq/event/+", "antiphon/hq/command/x"}) {
    CAPTURE(topic);
    const core::Answer answer = hq.apply(with_trigger(topic));
    CHECK(answer.status == 400);
    CHECK(answer.error ==
          "f.yaml: spec.triggers[0].topic: below antiphon/ planes talk to each other; that starts "
          "no run (have the device publish elsewhere)");
    CHECK(core::parse_object(answer.body)["problems"].size() == 1);
  }
  CHECK(hq.store().begin()->triggers().empty());
  for (const char* topic : {"#", "+/+/presence", "antiphonic/#", "plant/antiphon/x"}) {
    CAPTURE(topic);
    CHECK(hq.apply("{}").status == 400);
    CHECK(hq.apply(with_trigger(topic) + "  version: v" + std::to_string(topic[0])).status == 200);
  }
}

TEST_CASE("plane: any word of a site moves when it was last seen, to about ten seconds") {
  test::PlaneFixture hq;
  hq.tell(presence(true, false));
  const auto first = hq.time();
  CHECK(hq.site("tokyo").last_seen == first);
  hq.advance(core::seconds(9));
  hq.tell(reply(core::ReplyState::done));
  CHECK(hq.site("tokyo").last_seen == first);
  hq.advance(core::seconds(1));
  hq.tell(reply(core::ReplyState::done));
  CHECK(hq.site("tokyo").last_seen == hq.time());
}

TEST_CASE("plane: a presence that the broker kept says nothing of when a site was seen") {
  test::PlaneFixture hq;
  hq.tell(presence(true, true));
  const auto first = hq.time();
  CHECK(hq.site("tokyo").last_seen == first);  // nothing better is known
  hq.advance(core::minutes(5));
  hq.tell(presence(false, true));
  CHECK(hq.site("tokyo").last_seen == first);
  CHECK_FALSE(hq.site("tokyo").online);
  hq.tell(presence(true, false));
  CHECK(hq.site("tokyo").last_seen == hq.time());
}

TEST_CASE("plane: a hello makes a site, and online one whose presence is known") {
  test::PlaneFixture hq;
  hq.tell(hello("tokyo"));
  CHECK(hq.site("tokyo").ours);
  CHECK_FALSE(hq.site("tokyo").online);
  hq.tell(presence(false, true));
  hq.tell(hello("tokyo"));
  CHECK(hq.site("tokyo").online);
}

TEST_CASE("plane: its own hello is refused, on the topic that it came on") {
  test::PlaneFixture hq;
  hq.tell(hello("hq"));
  CHECK(hq.site("hq").name.empty());
  const auto rejects = hq.rejects();
  REQUIRE(rejects.size() == 1);
  CHECK(rejects.front().topic == "antiphon/hq/hello/hq");
  CHECK(rejects.front().reason == "a plane is no site of its own");
}

TEST_CASE("plane: a refused command is kept with its topic") {
  test::PlaneFixture hq;
  core::Command command;
  command.id = name<core::TaskId>("t1");
  command.provider = "mock";
  command.deadline = hq.time() + core::hours(1);
  command.at = hq.time();
  hq.tell(
      runtime::FromOrigin{name<core::PlaneName>("paris"), command, "antiphon/hq/command/paris"});
  const auto rejects = hq.rejects();
  REQUIRE(rejects.size() == 1);
  CHECK(rejects.front().topic == "antiphon/hq/command/paris");
  CHECK(rejects.front().status == 403);
}

TEST_CASE(
    "plane: of two equal messages both count, though the second one's first delivery is lost") {
  test::PlaneFixture hq;
  REQUIRE(hq.apply("metadata: {name: a}\nspec:\n  firstStage: s\n  stages: {s: {provider: mock}}\n"
                   "  triggers: [{name: t, topic: bell}]\n")
              .status == 200);
  const auto ring = [&](bool duplicate, std::uint32_t packet_id) {
    core::TopicMessage message;
    message.topic = "bell";
    message.payload = "{}";
    message.filters = {"bell"};
    std::vector<runtime::Envelope> batch;
    batch.push_back({message, {duplicate, packet_id, "bell\n{}"}, {}});
    hq.step(batch);
    return hq.store().reader()->activations({}, {{}, 10}).size();
  };
  CHECK(ring(false, 1) == 1);
  CHECK(ring(true, 1) == 1);
  CHECK(ring(true, 2) == 2);
  CHECK(ring(true, 2) == 2);
}

}  // namespace antiphon
