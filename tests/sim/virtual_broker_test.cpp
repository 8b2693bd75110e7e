// SPDX-License-Identifier: MIT
// The rules of MQTT as Mosquitto has them: subscriptions, copies, retained messages, who may what.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "tests/sim/virtual_broker_fixture.hpp"

using namespace antiphon::sim;
using namespace antiphon::sim::test;
namespace bus = antiphon::bus;
namespace core = antiphon::core;

TEST_CASE("virtual broker: a filter matches the topics that it matches for the bus") {
  const Lines filters{"a",    "a/b",   "a/#",   "#",     "+",  "+/b",   "a/+",     "a/+/c", "/",
                      "/+",   "+/+",   "+/#",   "a/",    "//", "a/b/#", "$a",      "$a/#",  "$a/+",
                      "a//c", "a/+/#", "+/+/c", "a/b/c", "ab", "ab/#",  "a/+/c/+", "/#",    "+/"};
  const Lines topics{"a",  "a/b",  "a/b/c", "a/x/c", "ab", "abc", "a/bc",  "a/",      "/", "//",
                     "$a", "$a/b", "/a",    "a//c",  "b",  "b/b", "x/y/c", "a/b/c/d", "$", "a/b/"};
  for (const auto& filter : filters) {
    for (const auto& topic : topics) {
      CAPTURE(filter);
      CAPTURE(topic);
      CHECK(topic_matches(filter, literal_bytes(filter), topic) == bus::matches(filter, topic));
    }
  }
}

TEST_CASE("virtual broker: a copy has the lesser QoS, and only QoS 1 is acknowledged") {
  struct Row {
    int published;
    int subscribed;
    Lines sent;
  };
  for (const auto& row : std::vector<Row>{{0, 0, {"1: t=x q0"}},
                                          {0, 1, {"1: t=x q0"}},
                                          {1, 0, {"1: t=x q0", "2: puback 7"}},
                                          {1, 1, {"1: t=x q1 #1", "2: puback 7"}}}) {
    Bench bench;
    const Link ear = bench.connect(1);
    bench.broker.subscribe(ear, 1, {{"t", 0, row.subscribed}}, bench.now);
    const Link mouth = bench.connect(2);
    bench.sent();
    bench.broker.publish(mouth, 7, message("t", "x", row.published), bench.now);
    CHECK(bench.sent() == row.sent);
  }
}

TEST_CASE("virtual broker: overlapping filters give MQTT 5 a copy each that names it, 3.1.1 one") {
  const Lines filters{"plant/+/release", "plant/#", "plant/line/+", "other"};
  Bench bench;
  bench.ear(1, filters);
  bench.ear(2, filters, lasting(4));
  bench.publish("plant/line/release", "v1");
  CHECK(bench.sent() == Lines{"1: plant/line/release=v1 q1 #1 for plant/+/release",
                              "1: plant/line/release=v1 q1 #2 for plant/#",
                              "1: plant/line/release=v1 q1 #3 for plant/line/+",
                              "2: plant/line/release=v1 q1 #1"});
}

TEST_CASE("virtual broker: a wildcard at the first level does not mean topics that begin with $") {
  Bench bench;
  bench.ear(1, {"#", "+/x"});
  bench.publish("$SYS/x", "1");
  CHECK(bench.sent().empty());
  bench.ear(2, {"$SYS/#"});
  bench.publish("$SYS/x", "1");
  CHECK(bench.sent() == Lines{"2: $SYS/x=1 q1 #1 for $SYS/#"});
}

TEST_CASE("virtual broker: a filter subscribed again is replaced, one given up gives no copies") {
  Bench bench;
  const Link ear = bench.ear(1, {"a", "b"});
  bench.broker.subscribe(ear, 3, {{"a", 5, 0}}, bench.now);
  bench.broker.unsubscribe(ear, 4, {"b", "never"});
  bench.publish("a", "1");
  bench.publish("b", "2");
  CHECK(bench.sent() == Lines{"1: suback 3", "1: unsuback 4", "1: a=1 q0 for a"});
}

TEST_CASE("virtual broker: a message without bytes is carried as it is, and is not empty") {
  Bench bench;
  const Link ear = bench.ear(1, {"t"});
  Message made{"t"};
  made.body = std::make_shared<const int>(7);
  made.retain = true;
  const auto sent = std::make_shared<const Message>(std::move(made));
  bench.broker.publish(sent, bench.now);
  REQUIRE(bench.broker.outbox().size() == 1);
  CHECK(std::get<Deliver>(bench.broker.outbox()[0].packet).message == sent);
  CHECK(bench.broker.retained("t") == sent);
  CHECK(bench.broker.session(ear.client)->in_flight.size() == 1);
}

TEST_CASE("virtual broker: a retained message comes at each subscription, marked, after SUBACK") {
  Bench bench;
  bench.publish("k", "zero", 1, true);
  bench.publish("k/1", "old", 1, true);
  bench.publish("k/1", "new", 0, true);
  bench.publish("kk", "other", 1, true);
  for (const int version : {5, 4}) {
    CAPTURE(version);
    const Link ear = bench.connect(1, clean(version));
    bench.sent();
    bench.subscribe(ear, {"k/#", "k/1"});
    const std::string all = version == 5 ? " for k/#" : "";
    const std::string one = version == 5 ? " for k/1" : "";
    CHECK(bench.sent() == Lines{"1: suback 9", "1: k=zero q1 #1 retained" + all,
                                "1: k/1=new q0 retained" + all, "1: k/1=new q0 retained" + one});
    bench.subscribe(ear, {"k/1"});
    CHECK(bench.sent() == Lines{"1: suback 9", "1: k/1=new q0 retained" + one});
  }
}

TEST_CASE("virtual broker: an empty retained message is delivered and clears") {
  Bench bench;
  const Link ear = bench.ear(1, {"k"});
  bench.publish("k", "x", 0, true);
  bench.publish("k", "", 0, false);
  CHECK(bench.broker.retained("k") != nullptr);
  bench.publish("k", "", 0, true);
  CHECK(bench.broker.retained("k") == nullptr);
  bench.subscribe(ear, {"k"});
  CHECK(bench.sent() ==
        Lines{"1: k=x q0 for k", "1: k= q0 for k", "1: k= q0 for k", "1: suback 9"});
}

TEST_CASE("virtual broker: a live copy says that it was published to be retained only if asked") {
  struct Row {
    int version;
    bool asked;
    bool published_to_be_retained;
    bool marked;
  };
  for (const auto& row : std::vector<Row>{{5, false, true, false},
                                          {5, true, true, true},
                                          {5, true, false, false},
                                          {4, true, true, false}}) {
    Bench bench;
    const Link ear = bench.connect(1, lasting(row.version));
    bench.broker.subscribe(ear, 1, {{"k", 0, 1, row.asked}}, bench.now);
    bench.sent();
    bench.publish("k", "x", 0, row.published_to_be_retained);
    CHECK(bench.sent() == Lines{row.marked ? "1: k=x q0 retained" : "1: k=x q0"});
  }
}

TEST_CASE("virtual broker: a message that is too old is not sent, not again, and not kept") {
  Bench bench;
  Connect narrow = lasting();
  narrow.receive_maximum = 1;
  const Link ear = bench.ear(1, {"t"}, narrow);
  bench.broker.publish(passing("t", "in flight", core::seconds(2)), bench.now);
  bench.broker.publish(passing("t", "in the queue", core::seconds(2)), bench.now);
  bench.broker.publish(passing("t", "longer", core::seconds(4)), bench.now);
  bench.publish("t", "for ever");
  CHECK(bench.sent() == Lines{"1: t=in flight q1 #1 for t"});
  bench.broker.lose(ear, bench.now);
  bench.now.ms += 2'000;
  const Link again = bench.connect(1, narrow);
  CHECK(bench.sent() == Lines{"1: connack present", "1: t=longer q1 #2 for t"});
  bench.now.ms += 2'000;
  bench.broker.acknowledge(again, 2, bench.now);
  CHECK(bench.sent() == Lines{"1: t=for ever q1 #3 for t"});
  CHECK(bench.broker.drops().expired == 2);

  Message kept{"k", "x"};
  kept.retain = true;
  kept.expiry = core::seconds(1);
  bench.broker.publish(std::make_shared<const Message>(kept), bench.now);
  bench.now.ms += 1'000;
  bench.subscribe(again, {"k"});
  CHECK(bench.sent() == Lines{"1: suback 9"});
  CHECK(bench.broker.retained("k") == nullptr);
}

TEST_CASE(
    "virtual broker: a denied write is refused over MQTT 5 only, a denied read gives nothing") {
  BrokerOptions options;
  options.denies = [](ClientIndex client, const std::string& topic, Access access) {
    return topic == "closed" && client == (access == Access::write ? 2U : 1U);
  };
  for (const int version : {5, 4}) {
    CAPTURE(version);
    Bench bench(options);
    const Link denied_ear = bench.ear(1, {"open", "closed"}, lasting(version));
    bench.ear(3, {"+"}, lasting(4));
    const Link denied_mouth = bench.connect(2, lasting(version));
    bench.sent();
    bench.broker.publish(denied_mouth, 1, message("closed", "x", 1, true), bench.now);
    bench.broker.publish(denied_mouth, 2, message("closed", "x", 0), bench.now);
    CHECK(bench.sent() == Lines{version == 5 ? "2: puback 1 refused" : "2: puback 1"});
    CHECK(bench.broker.retained("closed") == nullptr);
    bench.publish("closed", "y", 0, true);
    CHECK(bench.sent() == Lines{"3: closed=y q0"});
    bench.subscribe(denied_ear, {"closed"});
    CHECK(bench.sent() == Lines{"1: suback 9"});
    bench.broker.publish(denied_mouth, 3, message("open", "z", 0), bench.now);
    CHECK(bench.sent() ==
          Lines{version == 5 ? "1: open=z q0 for open" : "1: open=z q0", "3: open=z q0"});
    CHECK(bench.broker.drops().denied == 4);
  }
}

TEST_CASE("virtual broker: a topic that cannot be published to closes the link") {
  for (const std::string& topic :
       {std::string("a/#"), std::string("+"), std::string(), std::string("a\0b", 3)}) {
    Bench bench;
    const Link mouth = bench.ear(1, {"#"});
    bench.broker.publish(mouth, 1, message(topic, "x"), bench.now);
    CHECK(bench.sent() == Lines{"1: closed: malformed topic"});
    bench.broker.publish(mouth, 2, message("fine", "x"), bench.now);
    CHECK(bench.sent().empty());
  }
}
