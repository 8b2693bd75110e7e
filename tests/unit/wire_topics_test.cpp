// SPDX-License-Identifier: MIT
// Topics: built from checked names, read back into them, and nothing of a plane's own comes back to
// it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "connectors/wire/topics.hpp"

using namespace antiphon;
using namespace antiphon::wire;

namespace {

Topics topics_of_hq() {
  return *Topics::make("antiphon", *core::PlaneName::parse("hq"), {*core::PlaneName::parse("top")});
}

/// "activate rollout 1.0 ann", "elsewhere", "refused": one word an address, then what it says.
std::string shape_of(const std::string& topic) {
  const auto address = topics_of_hq().parse(topic);
  if (!address) return "refused";
  struct Visitor {
    std::string operator()(const address::Activate& a) const {
      return "activate " + a.campaign.text() + " [" + a.version.text() + "] " + a.user.text();
    }
    std::string operator()(const address::Act& a) const {
      return a.verb + " " + a.activation.text() + " " + a.user.text();
    }
    std::string operator()(const address::Signal& a) const {
      return "signal " + a.activation.text() + " " + a.name + " " + a.user.text();
    }
    std::string operator()(const address::Apply& a) const { return "apply " + a.user.text(); }
    std::string operator()(const address::Switch& a) const {
      return (a.enabled ? "enable " : "disable ") + a.campaign.text() + " " + a.trigger + " " +
             a.user.text();
    }
    std::string operator()(const address::Delete& a) const { return "delete " + a.user.text(); }
    std::string operator()(const address::Query& a) const {
      return "query " + a.what + " " + a.user.text();
    }
    std::string operator()(const address::Command& a) const { return "command " + a.origin.text(); }
    std::string operator()(const address::Reply& a) const { return "reply " + a.site.text(); }
    std::string operator()(const address::Hello& a) const { return "hello " + a.site.text(); }
    std::string operator()(const address::Presence& a) const {
      return "presence " + a.plane.text();
    }
    std::string operator()(const address::ObjectStatus& a) const {
      return "status of " + core::to_text(a.object);
    }
    std::string operator()(const address::Request& a) const {
      return "request of " + a.task.text() + " " + a.activation.text();
    }
    std::string operator()(const address::OriginObject& a) const {
      return a.origin.text() + " has " + core::to_text(a.object);
    }
    std::string operator()(const address::Elsewhere&) const { return "elsewhere"; }
  };
  return std::visit(Visitor{}, *address);
}

bool is_matched(std::string_view filter, std::string_view topic) {
  for (;;) {
    if (filter == "#") return true;
    const auto filter_end = filter.find('/');
    const auto topic_end = topic.find('/');
    const auto level = filter.substr(0, filter_end);
    if (level != "+" && level != topic.substr(0, topic_end)) return false;
    const bool filter_ends = filter_end == filter.npos;
    const bool topic_ends = topic_end == topic.npos;
    if (topic_ends) return filter_ends || filter.substr(filter_end) == "/#";
    if (filter_ends) return false;
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
}

bool is_subscribed(const std::string& topic) {
  for (const auto& filter : topics_of_hq().subscriptions()) {
    if (is_matched(filter, topic)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("topics: each act of the mailbox is read into its names") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"antiphon/hq/campaign/rollout/activate", "activate rollout [] "},
      {"antiphon/hq/campaign/rollout:1.0/activate/ann", "activate rollout [1.0] ann"},
      {"antiphon/hq/activation/r-1/cancel", "cancel r-1 "},
      {"antiphon/hq/activation/r-1/pause/ann", "pause r-1 ann"},
      {"antiphon/hq/activation/r-1/rollback/ann", "rollback r-1 ann"},
      {"antiphon/hq/activation/r-1/signal/go", "signal r-1 go "},
      {"antiphon/hq/activation/r-1/approve/ann", "approve r-1 ann"},
      {"antiphon/hq/activation/r-1/approval/t1", "request of t1 r-1"},
      {"antiphon/hq/activation/r-1/signal/go/ann", "signal r-1 go ann"},
      {"antiphon/hq/apply", "apply "},
      {"antiphon/hq/apply/ann", "apply ann"},
      {"antiphon/hq/delete/ann", "delete ann"},
      {"antiphon/hq/trigger/rollout/release/enable", "enable rollout release "},
      {"antiphon/hq/trigger/rollout/release/disable/ann", "disable rollout release ann"},
      {"antiphon/hq/query/sites/ann", "query sites ann"},
      {"antiphon/hq/command/top", "command top"},
      {"antiphon/hq/reply/tokyo", "reply tokyo"},
      {"antiphon/hq/hello/tokyo", "hello tokyo"},
      {"antiphon/hq/object/instance/app/status", "status of instance/app"},
      {"antiphon/hq/object/target/a.b@plant/status", "status of target/a.b@plant"},
      {"antiphon/top/object/catalogversion/app-v-1", "top has catalogversion/app-v-1"},
      {"antiphon/top/object/catalogversion/app@plant", "top has catalogversion/app@plant"},
      {"antiphon/tokyo/presence", "presence tokyo"},
      {"antiphon/hq/presence", "presence hq"}};
  for (const auto& [topic, shape] : rows) {
    CAPTURE(topic);
    CHECK(shape_of(topic) == shape);
    CHECK(is_subscribed(topic));
  }
}

TEST_CASE("topics: an act with a bad name, a level too many or too few is refused") {
  const std::vector<std::string> topics{
      "antiphon/hq/campaign/-bad/activate",
      "antiphon/hq/campaign//activate",
      "antiphon/hq/campaign/rollout:/activate",
      "antiphon/hq/campaign/rollout:1:2/activate",
      "antiphon/hq/campaign/roll out/activate",
      "antiphon/hq/campaign/rollout/activate/",
      "antiphon/hq/campaign/rollout/activate/ann/more",
      "antiphon/hq/campaign/" + std::string(62, 'a') + "/activate",
      "antiphon/hq/activation/.hidden/cancel",
      "antiphon/hq/activation/r-1/cancel/ann/more",
      "antiphon/hq/activation/r-1/cancel/$share",
      "antiphon/hq/activation/r-1/signal",
      "antiphon/hq/apply/a+b",
      "antiphon/hq/delete/ann/more",
      "antiphon/hq/trigger/rollout/-x/enable",
      "antiphon/hq/trigger//release/enable",
      "antiphon/hq/trigger/rollout/release/enable/ann/more",
      "antiphon/hq/query",
      "antiphon/hq/query/secrets",
      "antiphon/hq/query/sites/a#",
      "antiphon/hq/command",
      "antiphon/hq/command/top/more",
      "antiphon/hq/reply/",
      "antiphon/hq/reply/" + std::string(64'000, 'a'),
      "antiphon/hq/object/Instance/app/status",
      "antiphon/hq/object/instances/app/status",
      "antiphon/hq/object/instance/app:1/status",
      "antiphon/hq/object/instance/app@default/status",
      "antiphon/hq/object/instance//status",
      "antiphon/hq/object/instance/" + std::string(254, 'a') + "/status",
      "antiphon/top/object/catalogversion/-a",
      "antiphon/hq/hello/\xFF",
      "antiphon/b\xC3\xA4"
      "d/presence",
      std::string("antiphon/hq/hello/a\0b", 21)};
  for (const auto& topic : topics) {
    CAPTURE(topic.substr(0, 60));
    CHECK(shape_of(topic) == "refused");
    CHECK(topics_of_hq().parse(topic).error().message.starts_with("topic: "));
    CHECK(topics_of_hq().parse(topic).error().message.size() < 400);
  }
}

TEST_CASE("topics: what is no act of this mailbox is elsewhere") {
  for (const auto* topic : {"",
                            "/",
                            "antiphon",
                            "antiphon/",
                            "antiphon/hq",
                            "antiphon/hq/",
                            "plant/line1/release",
                            "antiphon/tokyo/apply",
                            "antiphon/tokyo/command/hq",
                            "antiphon/hq/activation/r-1/status",
                            "antiphon/hq/event/task.settled",
                            "antiphon/hq/answer/ann/1",
                            "antiphon/hq/stats",
                            "antiphon/hq/campaign/rollout",
                            "antiphon/hq/activation/r-1/explode",
                            "antiphonic/hq/apply",
                            "other/hq/apply",
                            "antiphon/tokyo/presence/more",
                            "antiphon/hq/object/instance/app",
                            "antiphon/top/object/instance/app",
                            "antiphon/tokyo/object/catalogversion/app",
                            "antiphon/top/object/catalogversion/a/status"}) {
    CAPTURE(topic);
    CHECK(shape_of(topic) == "elsewhere");
    CHECK_FALSE(is_subscribed(topic));
  }
}

TEST_CASE("topics: what a plane says is not what it subscribes, but for presence") {
  const auto topics = topics_of_hq();
  const auto run = *core::ActivationId::parse("r-1");
  const auto ann = *core::UserName::parse("ann");
  CHECK_FALSE(is_subscribed(topics.status(run)));
  CHECK_FALSE(is_subscribed(topics.object(*core::object_key("instance/app"))));
  CHECK_FALSE(is_subscribed(topics.event("task.settled")));
  CHECK_FALSE(is_subscribed(topics.answer(ann, *RequestId::parse("1"))));
  CHECK_FALSE(is_subscribed(topics.command(*core::PlaneName::parse("tokyo"))));
  CHECK(is_subscribed(topics.presence()));
}

TEST_CASE("topics: built topics are read back as what they were built from") {
  const auto topics = topics_of_hq();
  const auto ann = *core::UserName::parse("ann");
  const auto run = *core::ActivationId::parse("r-1");
  const auto rollout = *core::CampaignName::parse("rollout");
  const auto app = *core::object_key("instance/app@plant");
  CHECK(shape_of(topics.object_status(app)) == "status of instance/app@plant");
  CHECK(topics.object(app) == "antiphon/hq/object/instance/app@plant");
  CHECK(shape_of(topics.remove(ann)) == "delete ann");
  CHECK(shape_of(topics.turn(rollout, "release", true, ann)) == "enable rollout release ann");
  CHECK(shape_of(topics.turn(rollout, "release", false, {})) == "disable rollout release ");
  CHECK(shape_of(topics.activate(rollout, *core::VersionName::parse("2"), ann)) ==
        "activate rollout [2] ann");
  CHECK(shape_of(topics.activate(rollout, {}, {})) == "activate rollout [] ");
  CHECK(shape_of(topics.act(run, core::Verb::resume, ann)) == "resume r-1 ann");
  CHECK(shape_of(topics.apply({})) == "apply ");
  CHECK(shape_of(topics.query("rejects", ann)) == "query rejects ann");
  const auto tokyo = *Topics::make("antiphon", *core::PlaneName::parse("tokyo"));
  const auto hq = *core::PlaneName::parse("hq");
  CHECK(shape_of(tokyo.reply(hq)) == "reply tokyo");
  CHECK(shape_of(tokyo.hello(hq)) == "hello tokyo");
  CHECK(shape_of(tokyo.command(hq)) == "command tokyo");
  CHECK(shape_of(tokyo.presence()) == "presence tokyo");
  CHECK(topics.all_statuses() == "antiphon/hq/activation/+/status");
  CHECK(topics.all_events() == "antiphon/hq/event/+");
  CHECK(topics.all_answers(ann) == "antiphon/hq/answer/ann/#");
}

TEST_CASE("topics: the root may have levels, each of them a name") {
  const auto hq = *core::PlaneName::parse("hq");
  const auto topics = Topics::make("acme/line-1", hq);
  REQUIRE(topics);
  CHECK(topics->presence() == "acme/line-1/hq/presence");
  CHECK(std::holds_alternative<address::Apply>(*topics->parse("acme/line-1/hq/apply")));
  CHECK(std::holds_alternative<address::Elsewhere>(*topics->parse("antiphon/hq/apply")));
  for (const auto& root : std::vector<std::string>{"", "/", "a/", "/a", "a//b", "a/+", "#", "$SYS",
                                                   std::string(300, 'a')}) {
    CAPTURE(root);
    CHECK_FALSE(Topics::make(root, hq));
  }
}

TEST_CASE(
    "topics: triggers and acts of people are durable, what its sender repeats is re-askable") {
  const auto care = [](const std::string& topic) { return care_of(*topics_of_hq().parse(topic)); };
  for (const auto* topic :
       {"plant/line1/release", "antiphon/hq/campaign/c/activate", "antiphon/hq/activation/r/cancel",
        "antiphon/hq/activation/r/signal/go", "antiphon/hq/apply", "antiphon/hq/delete",
        "antiphon/hq/trigger/c/t/enable"}) {
    CHECK(care(topic) == Care::durable);
  }
  for (const auto* topic :
       {"antiphon/hq/query/sites", "antiphon/hq/command/top", "antiphon/hq/reply/tokyo",
        "antiphon/hq/hello/tokyo", "antiphon/tokyo/presence"}) {
    CHECK(care(topic) == Care::re_askable);
  }
}
