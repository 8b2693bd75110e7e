// SPDX-License-Identifier: MIT
#include "tests/sim/virtual_session.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace antiphon::sim {
namespace {

constexpr PacketId packet_id_most = 65'535;

PacketId next_packet_id(Session& session) {
  const auto taken = [&](PacketId id) {
    return std::any_of(session.in_flight.begin(), session.in_flight.end(),
                       [&](const Copy& copy) { return copy.id == id; });
  };
  do {
    session.last_id = session.last_id == packet_id_most ? 1 : session.last_id + 1;
  } while (taken(session.last_id));
  return session.last_id;
}

void send(const Session& session, const Copy& copy, bool duplicate, Outbox& outbox) {
  outbox.push_back({session.link, Deliver{copy.message, copy.subscription, copy.id, copy.qos,
                                          duplicate, copy.retained}});
}

void launch(Session& session, Copy copy, Outbox& outbox) {
  copy.id = next_packet_id(session);
  send(session, copy, false, outbox);
  session.in_flight.push_back(std::move(copy));
}

bool expired(const Copy& copy, const Flow& flow) {
  const bool gone = copy.expires_at && *copy.expires_at <= flow.now;
  if (gone) ++flow.drops.expired;
  return gone;
}

void move_up(Session& session, const Flow& flow) {
  while (session.in_flight.size() < session.window && !session.queued.empty()) {
    Copy copy = std::move(session.queued.front());
    session.queued.pop_front();
    if (!expired(copy, flow)) launch(session, std::move(copy), flow.outbox);
  }
}

}  // namespace

std::size_t literal_bytes(std::string_view filter) {
  return std::min(filter.find_first_of("+#"), filter.size());
}

bool topic_matches(std::string_view filter, std::size_t literal, std::string_view topic) {
  if (literal == filter.size()) return filter == topic;
  // "a/#" matches "a" too.
  if (filter[literal] == '#' && literal == topic.size() + 1)
    return filter.substr(0, topic.size()) == topic;
  if (topic.size() < literal || filter.substr(0, literal) != topic.substr(0, literal)) return false;
  if (literal == 0 && topic.starts_with('$')) return false;

  std::size_t f = literal;
  std::size_t t = literal;
  while (true) {
    if (filter[f] == '#') return true;
    if (filter[f] == '+') {
      t = std::min(topic.find('/', t), topic.size());
      ++f;
    } else {
      while (f < filter.size() && t < topic.size() && filter[f] == topic[t] && filter[f] != '/')
        ++f, ++t;
    }
    if (f == filter.size()) return t == topic.size();
    if (t == topic.size()) return filter.substr(f) == "/#";
    if (filter[f] != '/' || topic[t] != '/') return false;
    if (++f, ++t; f == filter.size()) return t == topic.size();
  }
}

Route::Route(Subscription subscription)
    : subscription_(std::make_shared<const Subscription>(std::move(subscription))),
      literal_(literal_bytes(filter())) {
  if (literal_ >= sizeof tail_) tail_ = tail_of(std::string_view(filter()).substr(0, literal_));
}

void offer(Session& session, Copy copy, const Flow& flow) {
  if (copy.qos == 0) {
    if (session.online())
      send(session, copy, false, flow.outbox);
    else
      ++flow.drops.offline;
  } else if (session.online() && session.in_flight.size() < session.window) {
    launch(session, std::move(copy), flow.outbox);
  } else if (flow.queue_limit == 0 || session.queued.size() < flow.queue_limit) {
    session.queued.push_back(std::move(copy));
  } else {
    ++flow.drops.full;
  }
}

void acknowledge(Session& session, PacketId id, const Flow& flow) {
  const auto copy = std::find_if(session.in_flight.begin(), session.in_flight.end(),
                                 [&](const Copy& sent) { return sent.id == id; });
  if (copy == session.in_flight.end()) return;
  session.in_flight.erase(copy);
  move_up(session, flow);
}

void resume(Session& session, const Flow& flow) {
  std::erase_if(session.in_flight, [&](const Copy& copy) { return expired(copy, flow); });
  for (const auto& copy : session.in_flight) send(session, copy, true, flow.outbox);
  move_up(session, flow);
}

bool send_again(Session& session, Outbox& outbox) {
  if (!session.online() || session.in_flight.empty()) return false;
  send(session, session.in_flight.back(), true, outbox);
  return true;
}

}  // namespace antiphon::sim
