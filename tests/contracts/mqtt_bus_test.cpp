// SPDX-License-Identifier: MIT
// What is true of the Paho bus and a real Mosquitto beyond the port's contract: processes that die,
// passwords, properties, sockets.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "connectors/bus/socket_options.hpp"
#include "tests/contracts/bus_contract.hpp"
#include "tests/contracts/mqtt_world.hpp"

using namespace antiphon::test;
using antiphon::bus::Outgoing;
using antiphon::bus::Published;
namespace bus = antiphon::bus;
namespace core = antiphon::core;

namespace {

std::vector<std::string> client_argv(Broker& broker, int version, const std::string& id,
                                     const std::string& mode) {
  return {ANTIPHON_BUS_CLIENT, broker.uri(), std::to_string(version), id, "work", mode};
}

void await_output(ChildProcess& process, const std::string& text) {
  await([&] { return process.out().find(text) != std::string::npos; }, patience,
        "the client prints " + text);
}

/// How many sockets of this process are connected to `port`, and how many of them have TCP_NODELAY.
std::pair<int, int> sockets_to(int port) {
  int connected = 0;
  int nodelay = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
        ntohs(peer.sin_port) != port)
      continue;
    int on = 0;
    size = sizeof on;
    getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size);
    ++connected;
    nodelay += on != 0;
  }
  return {connected, nodelay};
}

/// A password file of mosquitto_passwd's own making.
void write_password(const std::filesystem::path& file, const std::string& user,
                    const std::string& password) {
  std::filesystem::remove(file);
  std::ofstream(file).close();
  const auto made = run({"mosquitto_passwd", "-b", file.string(), user, password});
  if (made.exit_code != 0) throw std::runtime_error(made.err);
}

}  // namespace

TEST_CASE_TEMPLATE(
    "mqtt bus: a message whose handler had not returned when its process was killed comes again",
    World, Mqtt5, Mqtt311) {
  World world;
  const int version = world.names_filters() ? 5 : 4;
  const auto id = fresh_client_id();
  std::string as;  // of a redelivery MQTT asks for the same packet identifier
  {
    ChildProcess first(client_argv(world.broker(), version, id, "hold"));
    await_output(first, "connected");
    world.publish("work", "precious", 1, false);
    const auto line = [&] {
      return first.out().substr(std::min(first.out().find("precious"), first.out().size()));
    };
    await([&] { return line().ends_with('\n'); }, patience, "the client prints the message");
    as = line();
    first.kill(SIGKILL);
    first.wait();
  }
  {
    ChildProcess second(client_argv(world.broker(), version, id, "return"));
    await_output(second, as);
    // Its PUBACK has left when the next message is handled.
    world.publish("work", "next", 1, false);
    await_output(second, "next");
    second.kill(SIGKILL);
    second.wait();
  }
  ChildProcess third(client_argv(world.broker(), version, id, "return"));
  world.publish("work", "last", 1, false);
  await_output(third, "last");
  CHECK(third.out().find("precious") == std::string::npos);
}

TEST_CASE_TEMPLATE("mqtt bus: the will is published when the process dies, and not at stop", World,
                   Mqtt5, Mqtt311) {
  World world;
  const int version = world.names_filters() ? 5 : 4;
  auto ear = world.broker().subscribe({"will/#", "end"});
  const auto id = fresh_client_id();
  ChildProcess client(client_argv(world.broker(), version, id, "return"));
  await_output(client, "connected");
  client.kill(SIGKILL);
  CHECK(ear.await_line("will/") == "will/" + id + " gone");

  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.will = outgoing("will/quiet", "gone");
  auto quiet = world.make_bus(options);
  quiet->start(recorder.handlers(), {"a"});
  recorder.await_connected();
  quiet->stop(core::seconds(1));
  world.publish("end", "", 1, false);
  ear.await_line("end");
  for (const auto& line : ear.lines()) CHECK(line.find("quiet") == std::string::npos);
}

TEST_CASE_TEMPLATE("mqtt bus: its socket has TCP_NODELAY, after a reconnect too", World, Mqtt5,
                   Mqtt311) {
  World world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"a"});
  recorder.await_connected();
  CHECK(sockets_to(world.broker().port()) == std::pair(1, 1));
  world.kill_broker();
  world.start_broker();
  recorder.await_connected(2);
  CHECK(sockets_to(world.broker().port()) == std::pair(1, 1));
}

TEST_CASE("mqtt bus: TCP_NODELAY is set over IPv4 and IPv6, on the one socket that is meant") {
  for (const int family : {AF_INET, AF_INET6}) {
    CAPTURE(family);
    sockaddr_storage address{};
    address.ss_family = static_cast<sa_family_t>(family);
    socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (family == AF_INET) {
      reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
      reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr = in6addr_loopback;
    }
    const int listener = socket(family, SOCK_STREAM, 0);
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0) {
      MESSAGE("no loopback of this family here");
      close(listener);
      continue;
    }
    REQUIRE(listen(listener, 1) == 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    const int client = socket(family, SOCK_STREAM, 0);
    REQUIRE(connect(client, reinterpret_cast<sockaddr*>(&address), size) == 0);
    const int port = ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);

    const std::string host = family == AF_INET ? "127.0.0.1" : "::1";
    CHECK(bus::set_tcp_nodelay(host, port + 1) == 0);
    CHECK(bus::set_tcp_nodelay(host, port) == 1);
    int on = 0;
    socklen_t on_size = sizeof on;
    getsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, &on_size);
    CHECK(on != 0);
    close(client);
    close(listener);
  }
}

TEST_CASE_TEMPLATE("mqtt bus: a wrong password is said, once, and tried on until it is right",
                   World, Mqtt5, Mqtt311) {
  const TempDir folder;
  const auto passwords = folder / "passwords";
  write_password(passwords, "hq", "another");
  World world(true, {{"allow_anonymous false", "password_file " + passwords.string()}, {}});
  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.credentials = bus::Credentials{"hq", "secret"};
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"a"});
  recorder.await_lost();
  CAPTURE(recorder.lost().front());
  CHECK(recorder.lost().front().find("uthorized") != std::string::npos);

  write_password(passwords, "hq", "secret");
  world.broker().process().kill(SIGHUP);
  recorder.await_connected();
  CHECK(recorder.lost().size() == 1);
}

TEST_CASE("mqtt bus: MQTT 5 properties come and go; what is absent stays absent") {
  Mqtt5 world;
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"in"});
  recorder.await_connected();
  world.broker().publish("in", "x",
                         {"-V",
                          "5",
                          "-q",
                          "1",
                          "-D",
                          "publish",
                          "response-topic",
                          "back/here",
                          "-D",
                          "publish",
                          "correlation-data",
                          "42",
                          "-D",
                          "publish",
                          "user-property",
                          "other",
                          "1",
                          "-D",
                          "publish",
                          "user-property",
                          "id",
                          "event-7"});
  const auto message = recorder.await_message("in");
  CHECK(message.response_topic == "back/here");
  CHECK(message.correlation == "42");
  CHECK(message.id == "event-7");
  CHECK(message.filters == std::vector<std::string>{"in"});

  auto ear = world.broker().subscribe({"out"}, {"-V", "5", "-F", "%t %p %E %R %D"});
  Outgoing out = outgoing("out", "y");
  out.expiry = core::milliseconds(59'001);
  out.response_topic = "back/there";
  out.correlation = "43";
  CHECK(publish_and_wait(*bus, out) == Published::acknowledged);
  CHECK(ear.await_line("out") == "out y 60 back/there 43");
}

TEST_CASE("mqtt bus: over MQTT 5 a message says, if asked, that it was published to be retained") {
  Mqtt5 world;
  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.retain_as_published = true;
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"live/+"});
  recorder.await_connected();
  world.publish("live/kept", "x", 1, true);
  world.publish("live/plain", "x", 1, false);
  CHECK_FALSE(recorder.await_message("live/plain").retained);
  CHECK(recorder.await_message("live/kept").retained);
}

TEST_CASE(
    "mqtt bus: over MQTT 5 the broker's denial is seen, and a denied filter spoils no other") {
  const TempDir folder;
  const auto acl = folder / "acl";
  std::ofstream(acl) << "topic readwrite open/#\n";
  Mqtt5 world(true, {{"allow_anonymous true", "acl_file " + acl.string()}, {}});
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"open/a", "closed/a"});
  recorder.await_connected();
  CHECK(publish_and_wait(*bus, outgoing("closed/a", "x")) == Published::refused);
  CHECK(publish_and_wait(*bus, outgoing("open/a", "x")) == Published::acknowledged);
  recorder.await_message("open/a");
  CHECK(recorder.lost().empty());
}

TEST_CASE("mqtt bus: a message larger than the broker takes is refused, and the connection stays") {
  Mqtt5 world(true, {{"allow_anonymous true", "max_packet_size 10000"}, {}});
  Recorder recorder;
  auto bus = world.make_bus(options_for(fresh_client_id()));
  bus->start(recorder.handlers(), {"a"});
  recorder.await_connected();
  CHECK(publish_and_wait(*bus, outgoing("a", std::string(10'001, 'x'))) == Published::refused);
  CHECK(publish_and_wait(*bus, outgoing("a", std::string(8'000, 'x'))) == Published::acknowledged);
  CHECK(recorder.lost().empty());
}

TEST_CASE("mqtt bus: who is evicted by its own client id comes back") {
  Mqtt5 world;
  const auto id = fresh_client_id();
  Recorder recorder;
  auto bus = world.make_bus(options_for(id));
  bus->start(recorder.handlers(), {"a"});
  recorder.await_connected();
  auto other = world.broker().subscribe({"b"}, {"-V", "5", "-i", id});
  recorder.await_connected(2);
  CHECK(recorder.lost().size() >= 1);
}

TEST_CASE(
    "mqtt bus: what a session kept for a filter that has been given up is not taken for "
    "another's") {
  Mqtt5 world;
  const auto id = fresh_client_id();
  Recorder first;
  auto bus = world.make_bus(options_for(id));
  bus->start(first.handlers(), {"a/old", "a/#"});
  first.await_connected();
  bus->stop(core::seconds(1));
  world.publish("a/old", "", 1, false);

  Recorder second;
  auto again = world.make_bus(options_for(id));
  again->start(second.handlers(), {"a/#"});
  second.await_connected();
  world.publish("a/end", "", 1, false);
  second.await_message("a/end");
  const auto copies = second.messages_on("a/old");
  REQUIRE(copies.size() == 1);
  CHECK(copies.front().filters == std::vector<std::string>{"a/#"});
}

TEST_CASE_TEMPLATE("mqtt bus: it beats while it is idle, on the topic it was given", World, Mqtt5,
                   Mqtt311) {
  World world;
  auto ear = world.broker().subscribe({"beat/+"}, {"-F", "%t %q %r %p"});
  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.heartbeat_topic = "beat/me";
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"a"});
  for (int i = 0; i < 3; ++i) CHECK(ear.await_line("beat/me") == "beat/me 0 0 ");
}

TEST_CASE_TEMPLATE("mqtt bus: where its heartbeat is denied the connection stays", World, Mqtt5,
                   Mqtt311) {
  const TempDir files;
  const std::string acl = (files / "acl").string();
  std::ofstream(acl) << "topic readwrite a/#\n";
  World world(true, {{"allow_anonymous true", "acl_file " + acl, "log_type debug"}, {}});
  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.heartbeat_topic = "beat/me";
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"a/#"});
  await([&] { return world.broker().log().find("Denied PUBLISH") != std::string::npos; });
  CHECK(publish_and_wait(*bus, outgoing("a/x", "here")) == bus::Published::acknowledged);
  CHECK(recorder.await_message("a/x").payload == "here");
  CHECK(recorder.times_connected() == 1);
  CHECK(recorder.lost().empty());
}

TEST_CASE("mqtt bus: a broker that cuts for a denied heartbeat does so once") {
  const TempDir files;
  const std::string acl = (files / "acl").string();
  std::ofstream(acl) << "topic readwrite a/#\n";
  // Of this number Mosquitto 2.0.11 cuts whom it refuses a message.
  Mqtt5 world(true, {{"allow_anonymous true", "acl_file " + acl, "max_queued_messages 0"}, {}});
  Recorder recorder;
  auto options = options_for(fresh_client_id());
  options.heartbeat_topic = "beat/me";
  auto bus = world.make_bus(options);
  bus->start(recorder.handlers(), {"a/#"});
  recorder.await_connected(2);

  Recorder other;
  auto allowed = options_for(fresh_client_id());
  allowed.heartbeat_topic = "a/beat";
  auto ear = world.broker().subscribe({"a/beat"}, {"-F", "%t"});
  auto beating = world.make_bus(allowed);
  beating->start(other.handlers(), {"a/y"});
  for (int i = 0; i < 5; ++i) ear.await_line("a/beat");
  CHECK(recorder.times_connected() == 2);
}

TEST_CASE("mqtt bus: options that cannot work are refused with what would be right") {
  const auto refused = [](bus::BusOptions options) {
    const auto made = bus::make_mqtt_bus(std::move(options));
    return made ? std::string() : made.error().message;
  };
  auto options = options_for("id");
  CHECK(refused(options).empty());
  options.uri = "http://127.0.0.1";
  CHECK(refused(options) == "broker 'http://127.0.0.1': unknown scheme");
  options = options_for("");
  CHECK(refused(options) == "the client id is empty");
  options = options_for("id");
  options.mqtt_version = 3;
  CHECK(refused(options) == "MQTT version 3 is unknown");
  options = options_for("id");
  options.heartbeat_topic = "a/#";
  CHECK(refused(options) == "topic 'a/#' has a wildcard");
  options = options_for("id");
  options.will = outgoing("", "x");
  CHECK(refused(options) == "topic '' is empty");
}
