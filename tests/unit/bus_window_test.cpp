// SPDX-License-Identifier: MIT
// The parts of the bus adapter that need no broker: window, subscriptions, address, backoff.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "connectors/bus/backoff.hpp"
#include "connectors/bus/broker_address.hpp"
#include "connectors/bus/send_window.hpp"
#include "connectors/bus/subscriptions.hpp"

using namespace antiphon::bus;

namespace {

bool push(SendWindow& window, std::size_t payload_bytes,
          std::vector<Published>* answers = nullptr) {
  Outgoing message;
  message.topic = "t";
  message.payload.assign(payload_bytes, 'x');
  Done done;
  if (answers != nullptr) done = [answers](Published published) { answers->push_back(published); };
  return window.push(message, done);
}

}  // namespace

TEST_CASE(
    "bus window: no more is in flight than the broker and we allow, and an answer lets the next "
    "go") {
  struct Row {
    std::size_t receive_maximum;
    std::size_t in_flight;
  };
  for (const auto& row :
       std::vector<Row>{{0, 1}, {1, 1}, {20, 20}, {100, 100}, {65'535, window_messages}}) {
    CAPTURE(row.receive_maximum);
    SendWindow window;
    window.open(row.receive_maximum);
    for (int i = 0; i < 200; ++i) REQUIRE(push(window, 1));
    std::uint64_t last = 0;
    while (const auto send = window.next()) last = send->ticket;
    CHECK(window.in_flight() == row.in_flight);
    CHECK_FALSE(window.may_send());
    CHECK(window.answered(last, Published::acknowledged));
    CHECK(window.next());
    CHECK_FALSE(window.next());
  }
}

TEST_CASE("bus window: bytes in flight are bounded, but one large message goes alone") {
  SendWindow window;
  window.open(100);
  REQUIRE(push(window, window_bytes / 2));
  REQUIRE(push(window, window_bytes));
  REQUIRE(push(window, 1));
  const auto first = window.next();
  REQUIRE(first);
  CHECK_FALSE(window.next());
  CHECK(window.answered(first->ticket, Published::acknowledged));
  const auto large = window.next();
  REQUIRE(large);
  CHECK(large->message.payload.size() == window_bytes);
  CHECK_FALSE(window.next());
}

TEST_CASE("bus window: at its bounds it refuses, and takes again when something left") {
  SendWindow window;
  for (std::size_t i = 0; i < waiting_messages; ++i) REQUIRE(push(window, 1));
  CHECK_FALSE(push(window, 1));
  CHECK(window.next());
  CHECK(push(window, 1));

  SendWindow large;
  REQUIRE(push(large, waiting_bytes - 10));
  CHECK_FALSE(push(large, 10));
}

TEST_CASE("bus window: an answer is given once, and a lost connection answers all that is left") {
  std::vector<Published> answers;
  SendWindow window;
  window.open(1);
  for (int i = 0; i < 3; ++i) REQUIRE(push(window, 1, &answers));
  const auto first = window.next();
  REQUIRE(first);
  window.answered(first->ticket, Published::refused)->done(Published::refused);
  CHECK_FALSE(window.answered(first->ticket, Published::acknowledged));

  const auto second = window.next();
  REQUIRE(second);
  for (const auto& answer : window.drop_all()) answer.done(answer.published);
  CHECK(answers == std::vector{Published::refused, Published::unknown, Published::unknown});
  CHECK(window.idle());
  CHECK_FALSE(window.answered(second->ticket, Published::acknowledged));
  CHECK_FALSE(window.next());
}

TEST_CASE("bus subscriptions: each connection is told all, and later only what changed") {
  using Filters = std::vector<std::string>;
  Subscriptions subscriptions;
  CHECK(subscriptions.set({"a/+", "a/b", "a/b", "bad#"}) == Filters{"bad#"});
  subscriptions.connected(true);
  CHECK(subscriptions.changes().subscribe == Filters{"a/+", "a/b"});
  CHECK(subscriptions.changes().subscribe.empty());

  subscriptions.set({"a/+", "c"});
  const auto changes = subscriptions.changes();
  CHECK(changes.subscribe == Filters{"c"});
  CHECK(changes.unsubscribe == Filters{"a/b"});

  // Given up while there was no connection: the session still has it.
  subscriptions.set({"a/+"});
  subscriptions.connected(false);
  const auto again = subscriptions.changes();
  CHECK(again.subscribe == Filters{"a/+"});
  CHECK(again.unsubscribe == Filters{"c"});
}

TEST_CASE(
    "bus subscriptions: a copy goes to the filter it names, without a name to nobody in "
    "particular") {
  using Filters = std::vector<std::string>;
  Subscriptions subscriptions;
  subscriptions.set({"a/+", "a/b"});
  const auto one = subscription_id("a/+");
  const auto other = subscription_id("a/b");
  CHECK(one != other);
  CHECK(subscriptions.recipients("a/b", {one}) == Filters{"a/+"});
  CHECK(subscriptions.recipients("a/b", {other, one}) == Filters{"a/+", "a/b"});
  CHECK(subscriptions.recipients("a/b", {}) == Filters{});
  CHECK(subscriptions.recipients("a/b", {subscription_id("given/up")}) == std::nullopt);
  CHECK(subscriptions.recipients("x", {}) == std::nullopt);
  // The same in each life of a process, or a session's queue would be misread.
  CHECK(subscription_id("antiphon/hq/#") == 37'236'538);
}

TEST_CASE("bus address: a URI is a scheme, a host and a port, and nothing else") {
  struct Row {
    std::string uri;
    BrokerAddress address;
  };
  const std::vector<Row> table{
      {"mqtt://127.0.0.1:1884", {"127.0.0.1", 1884, false}},
      {"mqtt://hq.example", {"hq.example", 1883, false}},
      {"mqtt://hq.example/", {"hq.example", 1883, false}},
      {"mqtts://hq.example", {"hq.example", 8883, true}},
      {"mqtt://[::1]:1884", {"::1", 1884, false}},
      {"mqtts://[fe80::1]", {"fe80::1", 8883, true}},
  };
  for (const auto& row : table) {
    CAPTURE(row.uri);
    const auto parsed = parse_broker_uri(row.uri);
    REQUIRE(parsed);
    CHECK(*parsed == row.address);
  }
  for (const std::string uri : {"", "localhost:1883", "tcp://h:1", "mqtt://", "mqtt://:1883",
                                "mqtt://h:", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:1x",
                                "mqtt://u@h", "mqtt://h/p", "mqtt://[::1", "mqtt://[::1]1"}) {
    CAPTURE(uri);
    CHECK_FALSE(parse_broker_uri(uri));
  }
}

TEST_CASE(
    "bus backoff: the delay doubles to its most, never less than half of it, and begins anew") {
  using antiphon::core::milliseconds;
  Backoff backoff(milliseconds(100), milliseconds(300), 7);
  for (const std::int64_t most_ms : {100, 200, 300, 300}) {
    const auto delay = backoff.next();
    CHECK(delay.ms >= most_ms / 2);
    CHECK(delay.ms <= most_ms);
  }
  backoff.reset();
  CHECK(backoff.next().ms <= 100);
}
