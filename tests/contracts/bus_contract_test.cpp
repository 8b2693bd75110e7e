// SPDX-License-Identifier: MIT
// The contract of the port Bus, for each world of BUS_WORLDS.
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/contracts/bus_contract.hpp"
#include "tests/contracts/bus_worlds.hpp"

using namespace antiphon::test;
using antiphon::bus::Outgoing;
using antiphon::bus::Published;
using antiphon::bus::Received;
namespace core = antiphon::core;

namespace {

/// A gate that holds whoever passes until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void await_reached() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return reached_; }))
      throw std::runtime_error("nobody at the gate");
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool open_ = false;
};

}  // namespace

TEST_CASE_TEMPLATE(
    "bus contract: it connects to a broker that starts later, and says once that there is none",
    World, BUS_WORLDS) {
  World world(false);
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"a"});
  recorder.await_lost();
  CHECK_FALSE(bus->connected());
  CHECK(publish_and_wait(*bus, outgoing("a", "x")) == Published::unknown);

  world.start_broker();
  recorder.await_connected();
  CHECK(bus->connected());
  CHECK(recorder.lost().size() == 1);
  CHECK(publish_and_wait(*bus, outgoing("a", "y")) == Published::acknowledged);
  CHECK(recorder.await_message("a").payload == "y");
}

TEST_CASE_TEMPLATE("bus contract: a message comes as it was sent", World, BUS_WORLDS) {
  World world;
  world.publish("kept", "old", 1, true);
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"kept", "n/+"});
  recorder.await_connected();
  const std::string bytes("\0\xFF binary\n", 9);
  world.publish("n/one", bytes, 1, false);
  world.publish("n/zero", "z", 0, false);
  world.publish("n/empty", "", 1, false);

  const auto one = recorder.await_message("n/one");
  CHECK(one.payload == bytes);
  CHECK(one.qos == 1);
  CHECK_FALSE(one.retained);
  CHECK_FALSE(one.duplicate);
  CHECK_FALSE(one.response_topic);
  CHECK_FALSE(one.correlation);
  CHECK_FALSE(one.id);
  const auto zero = recorder.await_message("n/zero");
  CHECK(zero.qos == 0);
  CHECK(zero.packet_id == 0);
  const auto empty = recorder.await_message("n/empty");
  CHECK(empty.payload.empty());
  CHECK(one.packet_id != 0);
  CHECK(empty.packet_id != 0);
  CHECK(one.packet_id != empty.packet_id);
  const auto kept = recorder.await_message("kept");
  CHECK(kept.retained);
  CHECK(kept.payload == "old");
  world.publish("n/news", "live", 1, true);
  CHECK_FALSE(recorder.await_message("n/news").retained);
}

TEST_CASE_TEMPLATE("bus contract: it publishes at QoS 0 and 1, retained and not", World,
                   BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"me/#"});
  recorder.await_connected();
  CHECK(publish_and_wait(*bus, outgoing("me/0", "a", 0)) == Published::acknowledged);
  CHECK(publish_and_wait(*bus, outgoing("me/1", "b", 1)) == Published::acknowledged);
  Outgoing kept = outgoing("me/kept", "c");
  kept.retain = true;
  CHECK(publish_and_wait(*bus, kept) == Published::acknowledged);
  CHECK(recorder.await_message("me/0").payload == "a");
  CHECK(recorder.await_message("me/1").qos == 1);

  Recorder later;
  auto other = world.make_bus(options_for(fresh_client_id()));
  other->start(later.handlers(), {"me/#"});
  CHECK(later.await_message("me/kept").retained);
}

TEST_CASE_TEMPLATE("bus contract: after a loss it connects and subscribes again by itself", World,
                   BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"a"});
  recorder.await_connected();
  world.kill_broker();
  recorder.await_lost();
  CHECK_FALSE(bus->connected());
  world.start_broker();
  recorder.await_connected(2);
  world.publish("a", "back", 1, false);
  CHECK(recorder.await_message("a").payload == "back");
  CHECK(recorder.lost().size() == 1);
}

TEST_CASE_TEMPLATE(
    "bus contract: 5,000 messages published at once are all acknowledged, and arrive in order",
    World, BUS_WORLDS) {
  constexpr int count = 5'000;
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"many"});
  recorder.await_connected();
  std::atomic<int> acknowledged{0};
  std::atomic<int> other{0};
  for (int i = 0; i < count; ++i) {
    std::string payload = std::to_string(i);
    payload.resize(256, ' ');
    bus->publish(outgoing("many", payload), [&](Published published) {
      ++(published == Published::acknowledged ? acknowledged : other);
    });
  }
  await([&] { return acknowledged + other == count; }, patience, "5,000 answers");
  CHECK(acknowledged == count);
  await([&] { return recorder.messages().size() == count; }, patience, "5,000 messages");
  int next = 0;
  for (const auto& message : recorder.messages()) REQUIRE(std::stoi(message.payload) == next++);
  CHECK_FALSE(recorder.overlapped());
  bus->stop(core::seconds(1));
}

TEST_CASE_TEMPLATE(
    "bus contract: a persistent session keeps messages, and gives each handled one once", World,
    BUS_WORLDS) {
  World world;
  const auto id = fresh_client_id();
  Recorder first;
  auto bus = world.make_bus(options_for(id));
  bus->start(first.handlers(), {"a/+"});
  first.await_connected();
  CHECK_FALSE(first.last_session_present());
  world.publish("a/seen", "1", 1, false);
  first.await_message("a/seen");
  bus->stop(core::seconds(1));
  world.publish("a/missed", "2", 1, false);

  Recorder second;
  auto again = world.make_bus(options_for(id));
  again->start(second.handlers(), {"a/+"});
  second.await_connected();
  CHECK(second.last_session_present());
  const auto missed = second.await_message("a/missed");
  CHECK(missed.payload == "2");
  CHECK(missed.filters ==
        (world.names_filters() ? std::vector<std::string>{"a/+"} : std::vector<std::string>{}));
  CHECK(second.messages_on("a/seen").empty());
}

TEST_CASE_TEMPLATE("bus contract: what waited in the session may be answered at once", World,
                   BUS_WORLDS) {
  World world;
  const auto id = fresh_client_id();
  Recorder first;
  auto bus = world.make_bus(options_for(id));
  bus->start(first.handlers(), {"question"});
  first.await_connected();
  bus->stop(core::seconds(1));
  world.publish("question", "why", 1, false);

  Recorder ear;
  auto listening = world.make_bus(options_for(fresh_client_id()));
  listening->start(ear.handlers(), {"answer"});
  ear.await_connected();
  Recorder second;
  auto again = world.make_bus(options_for(id));
  again->start(second.handlers([&](const Received& message) {
    again->publish(outgoing("answer", message.payload + "!"));
  }),
               {"question"});
  CHECK(ear.await_message("answer").payload == "why!");
}

TEST_CASE_TEMPLATE("bus contract: without a persistent session nothing is kept", World,
                   BUS_WORLDS) {
  World world;
  auto options = options_for(fresh_client_id());
  options.persistent_session = false;
  Recorder first;
  auto bus = world.make_bus(options);
  bus->start(first.handlers(), {"a/+"});
  first.await_connected();
  bus->stop(core::seconds(1));
  world.publish("a/missed", "2", 1, false);

  Recorder second;
  auto again = world.make_bus(options);
  again->start(second.handlers(), {"a/+"});
  second.await_connected();
  CHECK_FALSE(second.last_session_present());
  world.publish("a/end", "", 1, false);
  second.await_message("a/end");
  CHECK(second.messages().size() == 1);
}

TEST_CASE_TEMPLATE("bus contract: a handler may publish", World, BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers([&](const Received& message) {
    if (message.topic == "question") bus->publish(outgoing("answer", message.payload + "!"));
  }),
             {"question", "answer"});
  recorder.await_connected();
  world.publish("question", "why", 1, false);
  CHECK(recorder.await_message("answer").payload == "why!");
}

TEST_CASE_TEMPLATE(
    "bus contract: while a handler blocks nobody else has to wait, and no other message comes",
    World, BUS_WORLDS) {
  World world;
  Gate gate;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers([&](const Received&) { gate.pass(); }), {"a/#"});
  recorder.await_connected();
  world.publish("a/1", "", 1, false);
  gate.await_reached();
  world.publish("a/2", "", 1, false);

  // Were the caller to wait for Paho, this would never end: the gate is opened behind it.
  std::atomic<int> answers{0};
  for (int i = 0; i < 500; ++i) bus->publish(outgoing("b", "x"), [&](Published) { ++answers; });
  bus->subscribe({"a/#", "c"});
  CHECK(bus->connected());
  CHECK(recorder.messages().size() == 1);

  gate.open();
  await([&] { return answers == 500; }, patience, "the answers");
  recorder.await_message("a/2");
  CHECK_FALSE(recorder.overlapped());
  bus->stop(core::seconds(1));
}

TEST_CASE_TEMPLATE("bus contract: stop waits for the answers, and nothing comes after it", World,
                   BUS_WORLDS) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"x"});
  recorder.await_connected();
  std::atomic<int> acknowledged{0};
  for (int i = 0; i < 1'000; ++i) {
    bus->publish(outgoing("a", "x"), [&](Published published) {
      acknowledged += published == Published::acknowledged;
    });
  }
  bus->stop(core::seconds(10));
  CHECK(acknowledged == 1'000);
  CHECK_FALSE(bus->connected());
  const auto count = recorder.messages().size();
  world.publish("x", "late", 1, false);
  CHECK(recorder.messages().size() == count);
  CHECK(recorder.lost().empty());
}

TEST_CASE_TEMPLATE("bus contract: what cannot be answered any more ends as unknown", World,
                   BUS_WORLDS) {
  World world;
  Gate gate;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers([&](const Received&) { gate.pass(); }), {"a"});
  recorder.await_connected();
  world.publish("a", "", 1, false);
  gate.await_reached();
  std::atomic<int> unknown{0};
  std::atomic<int> answers{0};
  for (int i = 0; i < 50; ++i) {
    bus->publish(outgoing("b", "x"), [&](Published published) {
      unknown += published == Published::unknown;
      ++answers;
    });
  }
  std::thread stopping([&] { bus->stop(core::milliseconds(0)); });
  world.kill_broker();
  gate.open();
  stopping.join();
  CHECK(answers == 50);
  CHECK(unknown == 50);
}
