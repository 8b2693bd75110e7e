// SPDX-License-Identifier: MIT
// How connections, sessions and the broker itself come to their end.
#include <utility>

#include "engine/core/check.hpp"
#include "tests/sim/virtual_broker.hpp"

namespace antiphon::sim {

void VirtualBroker::close(Session& session, Closed::Why why, bool with_will, core::Instant now) {
  outbox_.push_back({session.link, Closed{why}});
  end_connection(session, with_will, now);
}

void VirtualBroker::end_connection(Session& session, bool with_will, core::Instant now) {
  const ClientIndex client = session.link.client;
  session.link.number = 0;
  const MessagePtr will = std::exchange(session.will, nullptr);
  if (session.expiry == core::Duration{})
    session = {};
  else if (session.expiry != for_ever)
    session.expires_at = now + session.expiry;
  if (with_will && will && may(client, will->topic, Access::write)) publish(will, now);
}

void VirtualBroker::persist() {
  file_ = state_;
  for (auto& session : file_.sessions) {
    if (session.expiry == core::Duration{}) session = {};
    session.link.number = 0;
    session.will = nullptr;
    session.expires_at.reset();
  }
}

void VirtualBroker::go_down() {
  for (const auto& session : state_.sessions) {
    if (session.online()) outbox_.push_back({session.link, Closed{Closed::Why::broker_down}});
  }
  state_ = {};
  running_ = false;
}

void VirtualBroker::stop(core::Instant now) {
  if (!running_) return;
  for (auto& session : state_.sessions) {
    const MessagePtr will = std::exchange(session.will, nullptr);
    if (will && may(session.link.client, will->topic, Access::write)) publish(will, now);
  }
  persist();
  go_down();
}

void VirtualBroker::kill(Loss loss) {
  go_down();
  if (loss.sessions) file_.sessions.clear();
  if (loss.retained) file_.retained.clear();
}

void VirtualBroker::start() {
  ANTIPHON_CHECK(!running_);
  state_ = file_;
  running_ = true;
}

void VirtualBroker::drop_session(ClientIndex client, core::Instant now) {
  if (session(client) == nullptr) return;
  auto& dropped = state_.sessions[client];
  if (dropped.online()) close(dropped, Closed::Why::session_dropped, true, now);
  dropped = {};
}

bool VirtualBroker::duplicate(ClientIndex client) {
  return session(client) != nullptr && send_again(state_.sessions[client], outbox_);
}

const Session* VirtualBroker::session(ClientIndex client) const {
  if (client >= state_.sessions.size() || !state_.sessions[client].exists) return nullptr;
  return &state_.sessions[client];
}

MessagePtr VirtualBroker::retained(const std::string& topic) const {
  const auto kept = state_.retained.find(topic);
  return kept == state_.retained.end() ? nullptr : kept->second.message;
}

}  // namespace antiphon::sim
