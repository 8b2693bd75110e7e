// SPDX-License-Identifier: MIT
// What the virtual broker keeps for a client, and what is lost with connections, sessions and the
// broker itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/virtual_broker_fixture.hpp"

using namespace antiphon::sim;
using namespace antiphon::sim::test;
namespace core = antiphon::core;

TEST_CASE("virtual broker: a session outlives its connection if it was asked for") {
  Connect passing_session;
  passing_session.session_expiry = core::seconds(10);
  struct Row {
    Connect first;
    Connect second;
    core::Duration between;
    bool present;
  };
  const std::vector<Row> rows{{lasting(), lasting(), core::days(99), true},
                              {lasting(), clean(), {}, false},
                              {Connect{}, lasting(), {}, false},
                              {clean(4), lasting(4), {}, false},
                              {lasting(4), lasting(4), core::days(99), true},
                              {lasting(4), clean(4), {}, false},
                              {passing_session, lasting(), core::milliseconds(9'999), true},
                              {passing_session, lasting(), core::seconds(10), false}};
  for (const auto& row : rows) {
    CAPTURE(&row - rows.data());
    Bench bench;
    const Link link = bench.ear(1, {"t"}, row.first);
    bench.broker.disconnect(link, bench.now);
    bench.now = bench.now + row.between;
    bench.publish("t", "x");
    const Link again = bench.connect(1, row.second);
    const std::string copy = row.first.version == 5 ? "1: t=x q1 #1 for t" : "1: t=x q1 #1";
    CHECK(bench.sent() == (row.present ? Lines{"1: connack present", copy} : Lines{"1: connack"}));
    bench.broker.disconnect(again, bench.now);
  }
}

TEST_CASE("virtual broker: a session ends by its latest connection's wish, with or without news") {
  Connect passing_session;
  passing_session.session_expiry = core::seconds(10);
  for (const bool stays : {true, false}) {
    Bench bench;
    bench.broker.disconnect(bench.ear(1, {"t"}, passing_session), bench.now);
    bench.broker.disconnect(bench.connect(1, stays ? lasting() : passing_session), bench.now);
    bench.now.ms += 10'000;
    bench.publish("t", "x");
    CHECK((bench.broker.session(1) != nullptr) == stays);
  }
}

TEST_CASE("virtual broker: no more is in flight than both sides allow; QoS 0 passes by") {
  struct Row {
    int version;
    std::uint32_t receive_maximum;
    std::size_t in_flight;
  };
  for (const auto& row : std::vector<Row>{{5, 65'535, 20}, {5, 3, 3}, {5, 0, 1}, {4, 3, 20}}) {
    Bench bench;
    Connect how = lasting(row.version);
    how.receive_maximum = row.receive_maximum;
    const Link ear = bench.ear(1, {"t"}, how);
    for (int i = 0; i < 50; ++i) bench.publish("t", "x");
    CHECK(bench.sent().size() == row.in_flight);
    bench.publish("t", "now", 0);
    CHECK(bench.sent().size() == 1);
    bench.broker.acknowledge(ear, 1, bench.now);
    bench.broker.acknowledge(ear, 1, bench.now);
    CHECK(bench.sent().size() == 1);
    CHECK(bench.broker.session(1)->in_flight.size() == row.in_flight);
    CHECK(bench.broker.session(1)->queued.size() == 49 - row.in_flight);
  }
}

TEST_CASE("virtual broker: beyond the queue's limit copies are dropped and nobody is told") {
  struct Row {
    std::size_t limit;
    bool online;
    std::size_t kept;
    std::size_t dropped;
  };
  for (const auto& row : std::vector<Row>{{1'000, false, 1'000, 200},
                                          {1'000, true, 1'000, 180},
                                          {5, false, 5, 1'195},
                                          {0, false, 1'200, 0}}) {
    Bench bench;
    const Link ear = bench.ear(1, {"t"});
    const Link mouth = bench.connect(2);
    bench.broker.set_queue_limit(row.limit);
    if (!row.online) bench.broker.lose(ear, bench.now);
    bench.sent();
    for (PacketId id = 1; id <= 1'200; ++id)
      bench.broker.publish(mouth, id, message("t", std::to_string(id)), bench.now);
    CHECK(bench.sent().size() == (row.online ? 1'220 : 1'200));
    CHECK(bench.broker.session(1)->queued.size() == row.kept);
    CHECK(bench.broker.session(1)->queued.back().message->payload ==
          std::to_string(row.kept + (row.online ? 20 : 0)));
    CHECK(bench.broker.drops().full == row.dropped);
  }
}

TEST_CASE("virtual broker: what was not acknowledged comes again with DUP and its id, in order") {
  for (const int version : {5, 4}) {
    CAPTURE(version);
    BrokerOptions options;
    options.in_flight = 2;
    Bench bench(options);
    const Link ear = bench.ear(1, {"t"}, lasting(version));
    for (const auto* payload : {"a", "b", "c", "d"}) bench.publish("t", payload);
    bench.broker.acknowledge(ear, 1, bench.now);
    bench.sent();
    bench.broker.lose(ear, bench.now);
    bench.publish("t", "lost", 0);
    CHECK(bench.sent().empty());
    CHECK(bench.broker.drops().offline == 1);
    const Link again = bench.connect(1, lasting(version));
    const std::string f = version == 5 ? " for t" : "";
    CHECK(bench.sent() ==
          Lines{"1: connack present", "1: t=b q1 #2 dup" + f, "1: t=c q1 #3 dup" + f});
    bench.broker.acknowledge(again, 3, bench.now);
    bench.broker.acknowledge(again, 2, bench.now);
    CHECK(bench.sent() == Lines{"1: t=d q1 #4" + f});
  }
}

TEST_CASE("virtual broker: packet ids go round, past those in flight") {
  Bench bench;
  const Link ear = bench.ear(1, {"t"});
  bench.publish("t", "stays");
  for (PacketId id = 2; id <= 65'535; ++id) {
    bench.publish("t", "goes");
    bench.broker.acknowledge(ear, id, bench.now);
  }
  bench.sent();
  bench.publish("t", "next");
  CHECK(bench.sent() == Lines{"1: t=next q1 #2 for t"});
}

TEST_CASE("virtual broker: a copy that waited for a filter given up since still names it") {
  Bench bench;
  const Link ear = bench.ear(1, {"a/old", "a/#"});
  bench.broker.disconnect(ear, bench.now);
  bench.publish("a/old", "x");
  const Link again = bench.connect(1);
  bench.broker.unsubscribe(again, 1, {"a/old"});
  bench.publish("a/old", "y");
  CHECK(bench.sent() == Lines{"1: connack present", "1: a/old=x q1 #1 for a/old",
                              "1: a/old=x q1 #2 for a/#", "1: unsuback 1",
                              "1: a/old=y q1 #3 for a/#"});
}

TEST_CASE("virtual broker: a second connection of a client closes the first, which is deaf then") {
  Bench bench;
  const Link first = bench.ear(1, {"t"});
  bench.publish("t", "x");
  const Link second = bench.connect(1);
  CHECK(bench.sent() == Lines{"1: t=x q1 #1 for t", "1: closed: taken over", "1: connack present",
                              "1: t=x q1 #1 dup for t"});
  bench.broker.acknowledge(first, 1, bench.now);
  bench.broker.publish(first, 5, message("t", "late"), bench.now);
  bench.subscribe(first, {"u"});
  bench.broker.unsubscribe(first, 6, {"t"});
  bench.broker.lose(first, bench.now);
  CHECK(bench.sent().empty());
  CHECK(bench.broker.session(1)->in_flight.size() == 1);
  bench.broker.publish(second, 5, message("t", "y", 0), bench.now);
  CHECK(bench.sent() == Lines{"1: t=y q0 for t"});
}

TEST_CASE("virtual broker: the will is published when a connection ends without good order") {
  struct Row {
    std::string end;
    bool published;
    std::function<void(Bench&, Link)> act;
  };
  const std::vector<Row> rows{
      {"disconnect", false, [](Bench& b, Link l) { b.broker.disconnect(l, b.now); }},
      {"disconnect with will", true, [](Bench& b, Link l) { b.broker.disconnect(l, b.now, true); }},
      {"lost", true, [](Bench& b, Link l) { b.broker.lose(l, b.now); }},
      {"taken over, the session goes on", false, [](Bench& b, Link) { b.connect(1); }},
      {"taken over, it ends", true, [](Bench& b, Link) { b.connect(1, clean()); }},
      {"malformed topic", true,
       [](Bench& b, Link l) { b.broker.publish(l, 1, message("#", ""), b.now); }},
      {"session dropped", true, [](Bench& b, Link) { b.broker.drop_session(1, b.now); }},
      {"broker stopped", true, [](Bench& b, Link) { b.broker.stop(b.now); }},
      {"broker killed", false, [](Bench& b, Link) { b.broker.kill(); }}};
  for (const auto& row : rows) {
    CAPTURE(row.end);
    for (const bool denied : {false, true}) {
      BrokerOptions options;
      options.denies = [&](ClientIndex, const std::string&, Access) { return denied; };
      Bench bench(options);
      bench.ear(2, {"will/#"}, lasting(4));
      Connect how = lasting();
      how.will = message("will/1", "gone", 1, true);
      const Link link = bench.connect(1, how);
      bench.sent();
      row.act(bench, link);
      const auto lines = bench.sent();
      const bool heard =
          std::find(lines.begin(), lines.end(), "2: will/1=gone q1 #1") != lines.end();
      CHECK(heard == (row.published && !denied));
      if (!bench.broker.running()) bench.broker.start();
      CHECK((bench.broker.retained("will/1") != nullptr) == (row.published && !denied));
    }
  }
}

TEST_CASE("virtual broker: a restart in good order keeps sessions and what is retained") {
  Bench bench;
  Connect short_session;
  short_session.session_expiry = core::seconds(1);
  bench.ear(1, {"t"}, short_session);
  bench.ear(2, {"t"}, clean());
  bench.broker.disconnect(bench.ear(3, {"other"}, short_session), bench.now);
  bench.publish("t", "in flight", 1, true);
  bench.sent();
  bench.broker.stop(bench.now);
  CHECK(bench.sent() == Lines{"1: closed: broker down", "2: closed: broker down"});
  CHECK_FALSE(bench.broker.running());
  bench.connect(1);
  bench.publish("t", "to nobody", 1, true);
  CHECK(bench.sent() == Lines{"1: closed: broker down"});

  bench.broker.start();
  CHECK(bench.broker.session(2) == nullptr);
  bench.now.ms += core::days(1).ms;  // Mosquitto forgets when sessions were to end
  bench.publish("t", "queued", 1, true);
  CHECK(bench.broker.session(3) != nullptr);
  bench.connect(1);
  CHECK(bench.sent() ==
        Lines{"1: connack present", "1: t=in flight q1 #1 dup for t", "1: t=queued q1 #2 for t"});
}

TEST_CASE("virtual broker: killed, it forgets all since it wrote its file, acknowledged or not") {
  struct Row {
    bool persists;
    Loss loss;
    bool session;
    bool retained;
  };
  for (const auto& row : std::vector<Row>{{false, {}, false, false},
                                          {true, {}, true, true},
                                          {true, {true, false}, false, true},
                                          {true, {false, true}, true, false},
                                          {true, {true, true}, false, false}}) {
    Bench bench;
    const Link ear = bench.ear(1, {"t"});
    const Link mouth = bench.connect(2);
    bench.sent();
    bench.broker.publish(mouth, 1, message("t", "kept", 1, true), bench.now);
    if (row.persists) bench.broker.persist();
    bench.broker.acknowledge(ear, 1, bench.now);
    bench.broker.publish(mouth, 2, message("t", "lost", 1, true), bench.now);
    bench.subscribe(ear, {"u"});
    bench.broker.kill(row.loss);
    CHECK(bench.sent() == Lines{"1: t=kept q1 #1 for t", "2: puback 1", "1: t=lost q1 #2 for t",
                                "2: puback 2", "1: suback 9", "1: closed: broker down",
                                "2: closed: broker down"});
    bench.broker.start();
    const auto retained = bench.broker.retained("t");
    CHECK((retained != nullptr) == row.retained);
    if (retained) CHECK(retained->payload == "kept");
    bench.connect(1);
    CHECK(bench.sent() == (row.session ? Lines{"1: connack present", "1: t=kept q1 #1 dup for t"}
                                       : Lines{"1: connack"}));
    bench.publish("u", "x", 0);
    CHECK(bench.sent().empty());
  }
}

TEST_CASE("virtual broker: a will dies with the broker, however the next one ends") {
  Bench bench;
  Connect how = lasting();
  how.will = message("will", "gone", 1, true);
  bench.connect(1, how);
  bench.broker.persist();
  bench.broker.kill();
  bench.broker.start();
  bench.broker.stop(bench.now);
  bench.broker.start();
  CHECK(bench.broker.session(1) != nullptr);
  CHECK(bench.broker.retained("will") == nullptr);
}

TEST_CASE("virtual broker: a dropped session is gone, connected or not") {
  for (const bool online : {true, false}) {
    Bench bench;
    const Link ear = bench.ear(1, {"t"});
    if (!online) bench.broker.disconnect(ear, bench.now);
    bench.broker.drop_session(1, bench.now);
    bench.broker.drop_session(7, bench.now);
    CHECK(bench.sent() == (online ? Lines{"1: closed: session dropped"} : Lines{}));
    bench.publish("t", "x");
    bench.connect(1);
    CHECK(bench.sent() == Lines{"1: connack"});
  }
}

TEST_CASE("virtual broker: a delivery can be duplicated until it is acknowledged") {
  Bench bench;
  CHECK_FALSE(bench.broker.duplicate(1));
  const Link ear = bench.ear(1, {"t"});
  CHECK_FALSE(bench.broker.duplicate(1));
  bench.publish("t", "a");
  bench.publish("t", "b");
  bench.sent();
  CHECK(bench.broker.duplicate(1));
  CHECK(bench.sent() == Lines{"1: t=b q1 #2 dup for t"});
  bench.broker.acknowledge(ear, 2, bench.now);
  CHECK(bench.broker.duplicate(1));
  CHECK(bench.sent() == Lines{"1: t=a q1 #1 dup for t"});
  bench.broker.lose(ear, bench.now);
  CHECK_FALSE(bench.broker.duplicate(1));
}
