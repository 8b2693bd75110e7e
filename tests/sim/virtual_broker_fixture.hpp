// SPDX-License-Identifier: MIT
// A virtual broker whose packets can be read: one line each, as "2: x=1 q1 #1 dup for x".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/virtual_broker.hpp"

namespace antiphon::sim::test {

using Lines = std::vector<std::string>;

inline MessagePtr message(std::string topic, std::string payload, int qos = 1,
                          bool retain = false) {
  Message made{std::move(topic), std::move(payload)};
  made.qos = qos;
  made.retain = retain;
  return std::make_shared<const Message>(std::move(made));
}

/// A message that is too old after `expiry`.
inline MessagePtr passing(std::string topic, std::string payload, core::Duration expiry) {
  Message made{std::move(topic), std::move(payload)};
  made.expiry = expiry;
  return std::make_shared<const Message>(std::move(made));
}

/// MQTT 5 with a session that lasts, unless said otherwise.
inline Connect lasting(int version = 5) {
  Connect how;
  how.version = version;
  how.session_expiry = for_ever;
  return how;
}

inline Connect clean(int version = 5) {
  Connect how;
  how.version = version;
  how.clean_start = true;
  return how;
}

class Bench {
 public:
  explicit Bench(BrokerOptions options = {}) : broker(std::move(options)) {}

  VirtualBroker broker;
  core::Instant now{1'000'000};

  /// Connects the client once more, on a link of the next number.
  Link connect(ClientIndex client, const Connect& how = lasting()) {
    const Link link{client, ++numbers_};
    broker.connect(link, how, now);
    return link;
  }

  /// Each filter at QoS 1 with its place in the list as Subscription Identifier.
  void subscribe(Link link, const Lines& filters) {
    std::vector<Subscription> wanted;
    for (const auto& filter : filters)
      wanted.push_back({filter, static_cast<std::uint32_t>(wanted.size() + 1)});
    broker.subscribe(link, 9, std::move(wanted), now);
  }

  /// A client that is connected and has subscribed; what was sent for it is forgotten.
  Link ear(ClientIndex client, const Lines& filters, const Connect& how = lasting()) {
    const Link link = connect(client, how);
    subscribe(link, filters);
    sent();
    return link;
  }

  /// Somebody publishes, whoever it is.
  void publish(const std::string& topic, const std::string& payload, int qos = 1,
               bool retain = false) {
    broker.publish(message(topic, payload, qos, retain), now);
  }

  /// What the broker has sent since the last call.
  Lines sent() {
    Lines lines;
    for (const auto& [to, packet] : broker.outbox()) {
      const auto text = [](const auto& it) { return describe(it); };
      lines.push_back(std::to_string(to.client) + ": " + std::visit(text, packet));
    }
    broker.outbox().clear();
    return lines;
  }

 private:
  static std::string describe(const Deliver& copy) {
    std::string line = copy.message->topic + "=" + copy.message->payload;
    line += " q" + std::to_string(copy.qos);
    if (copy.id != 0) line += " #" + std::to_string(copy.id);
    if (copy.duplicate) line += " dup";
    if (copy.retained) line += " retained";
    if (copy.subscription) line += " for " + copy.subscription->filter;
    return line;
  }
  static std::string describe(const Connack& connack) {
    return connack.session_present ? "connack present" : "connack";
  }
  static std::string describe(const Puback& puback) {
    return "puback " + std::to_string(puback.id) +
           (puback.reason == Reason::success ? "" : " refused");
  }
  static std::string describe(const Suback& suback) {
    return "suback " + std::to_string(suback.id);
  }
  static std::string describe(const Unsuback& unsuback) {
    return "unsuback " + std::to_string(unsuback.id);
  }
  static std::string describe(const Closed& closed) {
    switch (closed.why) {
      case Closed::Why::taken_over:
        return "closed: taken over";
      case Closed::Why::malformed_topic:
        return "closed: malformed topic";
      case Closed::Why::session_dropped:
        return "closed: session dropped";
      case Closed::Why::broker_down:
        return "closed: broker down";
    }
    return {};
  }

  std::uint32_t numbers_ = 0;
};

}  // namespace antiphon::sim::test
