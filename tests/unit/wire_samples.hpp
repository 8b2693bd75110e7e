// SPDX-License-Identifier: MIT
// One value of each message with every field set, for tests of the codec and of the schemas.
#pragma once

#include <string>
#include <string_view>

#include "connectors/bus/bus.hpp"
#include "connectors/wire/decode.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/core/messages.hpp"

namespace antiphon::samples {

template <class N>
N name(std::string_view text) {
  return *N::parse(text);
}

inline core::PlaneName plane(std::string_view text) {
  return name<core::PlaneName>(text);
}
inline core::TaskId task_id() {
  return name<core::TaskId>("0f3k9t2m5q8s1v4b7d0h6j2n8p");
}
inline core::Instant noon() {
  return *core::parse_rfc3339("2026-01-31T12:00:00.250Z");
}

inline wire::Topics topics(std::string_view self) {
  return *wire::Topics::make("antiphon", plane(self));
}

inline wire::Mailbox mailbox(std::string_view self = "hq") {
  return wire::Mailbox(topics(self), {"line1/answers"});
}

inline bus::Received received(std::string topic, std::string payload) {
  bus::Received received;
  received.topic = std::move(topic);
  received.payload = std::move(payload);
  return received;
}

using Decoded = tl::expected<wire::Inbound, wire::Refused>;

/// What tokyo makes of a message.
inline Decoded decode(const std::string& topic, const std::string& payload) {
  return wire::decode(mailbox("tokyo"), received(topic, payload));
}

/// What a broker makes of a message on its way to a subscriber.
inline bus::Received delivered(const bus::Outgoing& out) {
  bus::Received at_subscriber = received(out.topic, out.payload);
  at_subscriber.qos = out.qos;
  at_subscriber.response_topic = out.response_topic;
  at_subscriber.correlation = out.correlation;
  return at_subscriber;
}

inline core::Command command() {
  core::Command command;
  command.id = task_id();
  command.attempt = 2;
  command.activation = "rollout-4k7d9s2m";
  command.campaign = "rollout";
  command.stage = "install";
  command.run = 3;
  command.context = "tokyo";
  command.provider = "script";
  command.config = R"({"script":"install.sh"})";
  command.inputs = R"({"labels":{"line":"a"},"version":"2.4.1"})";
  command.deadline = noon() + core::hours(2);
  command.at = noon();
  command.work_timeout = core::seconds(90);
  command.idempotent = true;
  command.depth = 1;
  command.path = {"hq"};
  return command;
}

inline core::Reply reply() {
  core::Reply reply;
  reply.id = task_id();
  reply.attempt = 2;
  reply.state = core::ReplyState::done;
  reply.status = 200;
  reply.outputs = R"({"installed":"2.4.1","restarts":1})";
  reply.error = "none";
  reply.log = core::WorkLog{1, "installing\n", "careful\n", "only the end was kept"};
  reply.progress = core::Progress{3, 10, "files", "copying"};
  reply.journal = "5f0c9a3be1d24c76a8b90e1f2d3c4b5a";
  reply.boot = 7;
  reply.at = noon();
  return reply;
}

inline core::Presence presence() {
  core::Presence presence;
  presence.journal = "5f0c9a3be1d24c76a8b90e1f2d3c4b5a";
  presence.boot = 7;
  presence.version = "0.1.0";
  presence.parents = {"hq"};
  presence.labels = {{"region", "asia"}};
  presence.offers = {"mock", "script"};
  presence.arrays = true;
  presence.since = noon();
  return presence;
}

inline core::Status status() {
  core::Status status;
  status.activation = name<core::ActivationId>("rollout-4k7d9s2m");
  status.campaign = "rollout";
  status.version = "1";
  status.name_space = "default";
  status.seq = 12;
  status.state = core::ActivationState::running;
  status.stage = "install";
  status.run = 2;
  status.total = 3;
  status.succeeded = 1;
  status.failed = 1;
  status.waits_for = "1 of 3 contexts of stage install";
  status.error = "none";
  status.since = noon();
  status.updated = noon() + core::seconds(4);
  return status;
}

inline core::LifeCycle event() {
  return {"task.settled", name<core::ActivationId>("rollout-4k7d9s2m"), "rollout-4k7d9s2m.12.0",
          noon(),
          R"({"activation":"rollout-4k7d9s2m","site":"tokyo","stage":"install","status":200})"};
}

inline core::Asker asker() {
  core::Asker asker;
  asker.user = name<core::UserName>("ann");
  asker.reply_to = "antiphon/hq/answer/ann/42";
  asker.correlation = std::string("\x01\x00\xFF", 3);
  asker.request_id = "42";
  asker.identity = "build-1187";
  return asker;
}

inline core::ActivateRequest activate() {
  core::ActivateRequest request;
  request.asker = asker();
  request.campaign = name<core::CampaignName>("rollout");
  request.version = name<core::VersionName>("1");
  request.name_space = name<core::Namespace>("plants");
  request.activation = name<core::ActivationId>("rollout-monday");
  request.stage = "install";
  request.inputs = R"({"version":"2.4.1"})";
  request.paused = true;
  return request;
}

inline core::QueryRequest query() {
  core::QueryRequest request;
  request.asker = asker();
  request.what = "tasks";
  request.activation = "rollout-monday";
  request.campaign = "rollout";
  request.state = "failed";
  request.labels = {{"line", "line7"}};
  request.run = 3;
  request.after = "3.17";
  request.limit = 20;
  return request;
}

}  // namespace antiphon::samples
