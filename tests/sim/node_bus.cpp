// SPDX-License-Identifier: MIT
// A plane on the bus: how it connects, what it takes in, and what it says.
#include <algorithm>

#include "tests/sim/confidential.hpp"
#include "tests/sim/node.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

constexpr core::Duration session_expiry = core::days(14);

}  // namespace

void Node::connect() {
  if (!up()) return;
  core::Presence gone = process_->plane->presence(false);
  Connect how;
  how.session_expiry = session_expiry;
  how.will = post_.out(gone).front();
  world_.net.connect(client_, std::move(how));
}

void Node::receive(const Packet& packet) {
  if (up()) std::visit([this](const auto& one) { on(one); }, packet);
}

void Node::subscribe(const std::vector<std::string>& filters) {
  std::vector<Subscription> wanted;
  for (const std::string& filter : filters) {
    wanted.push_back({filter, ++process_->subscriptions, 1, false});
  }
  if (!wanted.empty()) world_.net.subscribe(client_, std::move(wanted));
}

void Node::on(const Connack&) {
  auto filters = post_.filters();
  filters.insert(filters.end(), process_->triggers.begin(), process_->triggers.end());
  subscribe(filters);
}

void Node::on(const Suback&) {
  if (process_->connected) return;
  process_->connected = true;
  process_->on_bus_since = world_.now;
  post(runtime::Connected{});
  world_.came_to_the_bus(*this);
}

void Node::on(const Closed&) {
  process_->connected = false;
  process_->on_bus_since.reset();
  post(runtime::Disconnected{});
  const auto process = processes_;
  world_.agenda.put(world_.now + dice_.span(core::milliseconds(100), core::seconds(5)),
                    [this, process] {
                      if (process == processes_) connect();
                    });
}

void Node::on(const Deliver& copy) {
  if (copy.duplicate) world_.marks.hit(Mark::durable_redelivered);
  process_->received.push_back(copy);
  read_messages();
}

void Node::listen(std::vector<std::string> filters) {
  if (process_->triggers == filters) return;
  process_->triggers = filters;
  subscribe(filters);
}

/// One thread reads: while it waits for a commit, nothing else is read.
void Node::read_messages() {
  while (process_->uncommitted == 0 && !process_->received.empty()) {
    const Deliver copy = std::move(process_->received.front());
    process_->received.pop_front();
    take_in(copy);
  }
}

void Node::take_in(const Deliver& copy) {
  const auto acknowledge = [this, copy] {
    world_.acknowledged(*this, copy);
    if (copy.id != 0) world_.net.acknowledge(client_, copy.id);
  };
  auto arrivals = post_.in(copy, process_->triggers);
  const bool durable = std::any_of(arrivals.begin(), arrivals.end(),
                                   [](const wire::Arrival& one) { return one.durable; });
  for (wire::Arrival& arrival : arrivals) {
    if (!arrival.durable) {
      post(std::move(arrival.inbound), std::move(arrival.delivery));
      continue;
    }
    ++process_->uncommitted;
    post(std::move(arrival.inbound), std::move(arrival.delivery), [this, acknowledge] {
      if (--process_->uncommitted > 0) return;
      acknowledge();
      world_.agenda.put(world_.now, [this, process = processes_] {
        if (process == processes_ && up()) read_messages();
      });
    });
  }
  if (!durable) acknowledge();
}

void Node::send(runtime::Outbound message) {
  claims_.note(message);
  if (const auto* site = std::get_if<runtime::ToSite>(&message)) {
    if (const auto* command = std::get_if<core::Command>(&site->message)) {
      sent_.insert(command->id);
      world_.sent(*this, site->site, *command);
    }
  }
  if (const auto* answer = std::get_if<runtime::AnswerOut>(&message)) {
    world_.answered(*this, *answer);
  }
  for (MessagePtr& out : post_.out(message)) {
    world_.broken(*this, check_said(message, out->payload));
    pass("before-publish");
    if (world_.tracing()) world_.say(name_.text() + " says " + out->topic + " " + out->payload);
    const PacketId id = out->qos == 0 ? 0 : 1;
    world_.net.publish(client_, id, std::move(out));
  }
}

}  // namespace antiphon::sim
