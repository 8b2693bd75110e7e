// SPDX-License-Identifier: MIT
// What clients do; what happens to the broker is in virtual_broker_faults.cpp.
#include "tests/sim/virtual_broker.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/check.hpp"

namespace antiphon::sim {
namespace {

/// Sessions are a vector: an index beyond any world's size is a mistake.
constexpr ClientIndex clients_most = 1'000'000;

/// Mosquitto hangs up on the others (and on some more: bus::topic_problem).
bool is_publishable(std::string_view topic) {
  return !topic.empty() && std::none_of(topic.begin(), topic.end(),
                                        [](char c) { return c == '+' || c == '#' || c == '\0'; });
}

std::optional<core::Instant> after(core::Instant now, std::optional<core::Duration> duration) {
  if (!duration || *duration == for_ever) return std::nullopt;
  return now + *duration;
}

bool has_ended(const Session& session, core::Instant now) {
  return !session.online() && session.expires_at && *session.expires_at <= now;
}

/// What a copy says of the subscription that it came for.
SubscriptionPtr named(const Session& session, const Route& route) {
  return session.version == 5 && route.subscription()->id != 0 ? route.subscription() : nullptr;
}

}  // namespace

Session* VirtualBroker::open_session(Link link) {
  if (link.number == 0 || link.client >= state_.sessions.size()) return nullptr;
  auto& session = state_.sessions[link.client];
  return session.link == link ? &session : nullptr;
}

bool VirtualBroker::may(ClientIndex client, const std::string& topic, Access access) {
  if (!options_.denies || !options_.denies(client, topic, access)) return true;
  ++drops_.denied;
  return false;
}

void VirtualBroker::connect(Link link, const Connect& how, core::Instant now) {
  ANTIPHON_CHECK(link.number != 0 && link.client < clients_most);
  if (!running_) {
    outbox_.push_back({link, Closed{Closed::Why::broker_down}});
    return;
  }
  if (link.client >= state_.sessions.size()) state_.sessions.resize(link.client + 1);
  auto& session = state_.sessions[link.client];
  if (session.online()) {
    // Mosquitto keeps the will to itself if the session goes on.
    const bool ends = how.clean_start || session.expiry == core::Duration{};
    close(session, Closed::Why::taken_over, ends, now);
  }
  if (how.clean_start || has_ended(session, now)) session = {};

  outbox_.push_back({link, Connack{session.exists}});
  session.exists = true;
  session.link = link;
  session.version = how.version;
  session.expiry = how.session_expiry;
  if (how.version != 5) session.expiry = how.clean_start ? core::Duration{} : for_ever;
  session.expires_at.reset();
  session.window = options_.in_flight;
  if (how.version == 5)
    session.window = std::clamp<std::size_t>(how.receive_maximum, 1, session.window);
  session.will = how.will;
  resume(session, flow(now));
}

void VirtualBroker::subscribe(Link link, PacketId id, std::vector<Subscription> wanted,
                              core::Instant now) {
  Session* session = open_session(link);
  if (session == nullptr) return;
  outbox_.push_back({link, Suback{id}});
  for (auto& subscription : wanted) {
    const Route route(std::move(subscription));
    auto& routes = session->routes;
    const auto before = std::find_if(routes.begin(), routes.end(), [&](const Route& other) {
      return other.filter() == route.filter();
    });
    if (before == routes.end())
      routes.push_back(route);
    else
      *before = route;
    give_retained(*session, route, now);
  }
}

void VirtualBroker::unsubscribe(Link link, PacketId id, const std::vector<std::string>& filters) {
  Session* session = open_session(link);
  if (session == nullptr) return;
  std::erase_if(session->routes, [&](const Route& route) {
    return std::find(filters.begin(), filters.end(), route.filter()) != filters.end();
  });
  outbox_.push_back({link, Unsuback{id}});
}

void VirtualBroker::publish(Link link, PacketId id, const MessagePtr& message, core::Instant now) {
  Session* session = open_session(link);
  if (session == nullptr) return;
  if (!is_publishable(message->topic)) {
    close(*session, Closed::Why::malformed_topic, true, now);
    return;
  }
  const bool allowed = may(link.client, message->topic, Access::write);
  if (allowed) publish(message, now);
  if (message->qos == 0) return;
  const bool told = !allowed && session->version == 5;
  outbox_.push_back({link, Puback{id, told ? Reason::not_authorized : Reason::success}});
}

void VirtualBroker::acknowledge(Link link, PacketId id, core::Instant now) {
  if (Session* session = open_session(link)) sim::acknowledge(*session, id, flow(now));
}

void VirtualBroker::disconnect(Link link, core::Instant now, bool with_will) {
  if (Session* session = open_session(link)) end_connection(*session, with_will, now);
}

void VirtualBroker::lose(Link link, core::Instant now) {
  if (Session* session = open_session(link)) end_connection(*session, true, now);
}

void VirtualBroker::publish(const MessagePtr& message, core::Instant now) {
  if (!running_) return;
  if (message->retain) {
    if (message->payload.empty() && !message->body)
      state_.retained.erase(message->topic);
    else
      state_.retained[message->topic] = {message, after(now, message->expiry)};
  }
  for (auto& session : state_.sessions) {
    if (has_ended(session, now)) session = {};
    if (session.version == 5)
      copy_each(session, message, now);
    else
      copy_once(session, message, now);
  }
}

/// An MQTT 5 client gets a copy for each subscription that matches.
void VirtualBroker::copy_each(Session& session, const MessagePtr& message, core::Instant now) {
  for (const auto& route : session.routes) {
    if (!route.matches(message->topic)) continue;
    if (!may(session.link.client, message->topic, Access::read)) return;
    Copy copy{message, named(session, route), after(now, message->expiry)};
    copy.qos = std::min(message->qos, route.subscription()->qos);
    copy.retained = message->retain && route.subscription()->retain_as_published;
    offer(session, std::move(copy), flow(now));
  }
}

/// A 3.1.1 client gets one copy, at the best QoS that it asked for.
void VirtualBroker::copy_once(Session& session, const MessagePtr& message, core::Instant now) {
  int qos = -1;
  for (const auto& route : session.routes) {
    if (route.matches(message->topic)) qos = std::max(qos, route.subscription()->qos);
  }
  if (qos < 0 || !may(session.link.client, message->topic, Access::read)) return;
  Copy copy{message, nullptr, after(now, message->expiry)};
  copy.qos = std::min(message->qos, qos);
  offer(session, std::move(copy), flow(now));
}

void VirtualBroker::give_retained(Session& session, const Route& route, core::Instant now) {
  std::string_view stem(route.filter().data(), route.literal());
  if (stem.ends_with('/')) stem.remove_suffix(1);  // "a/#" matches "a" too
  auto& kept = state_.retained;
  for (auto it = kept.lower_bound(stem); it != kept.end() && it->first.starts_with(stem);) {
    const auto& [message, expires_at] = it->second;
    if (expires_at && *expires_at <= now) {
      ++drops_.expired;
      it = kept.erase(it);
      continue;
    }
    if (route.matches(it->first) && may(session.link.client, it->first, Access::read)) {
      Copy copy{message, named(session, route), expires_at};
      copy.qos = std::min(message->qos, route.subscription()->qos);
      copy.retained = true;
      offer(session, std::move(copy), flow(now));
    }
    ++it;
  }
}

}  // namespace antiphon::sim
