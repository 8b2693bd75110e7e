// SPDX-License-Identifier: MIT
#include "tests/sim/trouble.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

constexpr core::Duration short_while = core::seconds(10);

}  // namespace

Trouble::Trouble(World& world)
    : world_(world),
      dice_(world.swarm.seed, "trouble"),
      stranger_(world.net.add([](const Packet&) {})) {}

Node& Trouble::any_node() {
  const auto count = static_cast<std::int64_t>(world_.nodes_.size());
  return *world_.nodes_[static_cast<std::size_t>(dice_.below(count))];
}

Node& Trouble::any_site() {
  const auto sites = world_.sites();
  return *sites[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(sites.size())))];
}

void Trouble::repeat(Fault fault, std::function<void()> happen) {
  const core::Duration mean = world_.swarm.between(fault);
  world_.agenda.put(world_.now + dice_.span({mean.ms / 4}, {mean.ms * 2}),
                    [this, fault, happen = std::move(happen)] {
                      if (ended_) return;
                      happen();
                      repeat(fault, happen);
                    });
}

void Trouble::plan() {
  const Swarm& swarm = world_.swarm;
  for (std::size_t i = 0; i < fault_count; ++i) {
    const auto fault = static_cast<Fault>(i);
    if (!swarm.has(fault) || fault == Fault::crash) continue;
    if (fault == Fault::queue) {
      world_.net.broker().set_queue_limit(static_cast<std::size_t>(dice_.between(1, 10)));
    } else if (fault == Fault::work) {
      for (auto& node : world_.nodes_) node->misbehave(true);
    } else {
      repeat(fault, [this, fault] { strike(fault); });
    }
  }
  if (swarm.has(Fault::broker_kill)) {
    repeat(Fault::broker_kill, [this] { world_.net.broker().persist(); });
  }
  if (swarm.has(Fault::forgery)) world_.net.connect(stranger_, {});
}

void Trouble::strike(Fault fault) {
  switch (fault) {
    case Fault::reboot: {
      Node& node = any_node();
      node.reboot();
      return boot_within(node, short_while);
    }
    case Fault::stop: {
      Node& node = any_node();
      node.stop();
      return boot_within(node, short_while);
    }
    case Fault::offline: {
      Node& node = any_site();
      node.die();
      return boot_within(node, core::minutes(10));
    }
    case Fault::link:
      return world_.net.cut(any_node().client());
    case Fault::clog:
      return clog();
    case Fault::broker_stop:
      return stop_broker(false);
    case Fault::broker_kill:
      return stop_broker(true);
    case Fault::loss:
      return world_.net.lose_next(any_node().client());
    case Fault::duplicate:
      if (world_.net.broker().duplicate(any_node().client())) world_.net.flush();
      return;
    case Fault::journal: {
      Node& node = any_site();
      node.lose_disk();
      return boot_within(node, short_while);
    }
    case Fault::clock:
      return set_clock();
    case Fault::forgery:
      return forge();
    case Fault::full:
      // Not for days: a plane tries again each second, which is many steps and nothing new.
      return any_node().fill_disk(
          std::min(world_.swarm.paced(dice_.span(core::milliseconds(100), core::seconds(20))),
                   core::hours(1)));
    default:
      return;
  }
}

void Trouble::boot_soon(Node& node) {
  boot_within(node, short_while);
}

void Trouble::boot_within(Node& node, core::Duration most) {
  world_.agenda.put(world_.now + world_.swarm.paced(dice_.span({10}, most)),
                    [&node] { node.boot(); });
}

void Trouble::clog() {
  const ClientIndex client = any_node().client();
  const bool up = dice_.one_in(2);
  world_.say("a link crawls");
  const Swarm& swarm = world_.swarm;
  world_.net.clog(client, up, dice_.span(core::seconds(1), core::seconds(60)));
  world_.agenda.put(world_.now + swarm.paced(dice_.span(core::seconds(1), core::seconds(60))),
                    [this, client, up] { world_.net.clog(client, up, {}); });
}

void Trouble::stop_broker(bool kill) {
  VirtualBroker& broker = world_.net.broker();
  if (!broker.running()) return;
  world_.say(kill ? "the broker is killed" : "the broker stops");
  if (kill) {
    const Loss loss{dice_.one_in(3), dice_.one_in(3)};
    if (loss.sessions) world_.marks.hit(Mark::session_lost);
    broker.kill(loss);
  } else {
    broker.stop(world_.now);
  }
  world_.net.flush();
  world_.agenda.put(world_.now + world_.swarm.paced(dice_.span({10}, short_while)), [this] {
    if (!world_.net.broker().running()) world_.net.broker().start();
  });
}

void Trouble::set_clock() {
  Node& node = any_node();
  const core::Duration ahead = dice_.span(core::hours(-6), core::hours(6));
  if (ahead < node.clock_ahead()) world_.marks.hit(Mark::clock_went_back);
  world_.say("the clock of " + node.name().text() + " is wrong by " + std::to_string(ahead.ms) +
             " ms");
  node.set_clock(ahead);
  if (!dice_.one_in(3)) return;
  node.stop();
  boot_within(node, short_while);
}

/// A site answers for another's task, or a stranger commands.
void Trouble::forge() {
  const auto& sent = world_.commands_;
  if (sent.empty()) return;
  auto at = sent.begin();
  std::advance(at, dice_.below(static_cast<std::int64_t>(sent.size())));
  const auto& [site, id] = at->first;
  const core::PlaneName liar =
      dice_.one_in(3) ? *core::PlaneName::parse("mallory") : any_site().name();
  const bool other_attempt = liar == site;  // the site itself, but not of this attempt
  core::Reply reply;
  reply.id = id;
  reply.attempt = at->second.attempt + (other_attempt ? 1 : 0);
  constexpr std::array lies{core::ReplyState::done, core::ReplyState::done,
                            core::ReplyState::failed, core::ReplyState::accepted,
                            core::ReplyState::started};
  reply.state = lies[static_cast<std::size_t>(dice_.below(lies.size()))];
  if (other_attempt && reply.state == core::ReplyState::done)
    reply.state = core::ReplyState::failed;
  reply.status = reply.state == core::ReplyState::done ? 200 : 500;
  reply.outputs = R"({"forged":1})";
  reply.error = reply.state == core::ReplyState::done ? "" : "forged";
  reply.journal = "forged";
  reply.at = world_.now;
  const Post post(liar, world_.swarm.full);
  for (auto& message : post.out(runtime::ToOrigin{at->second.origin, std::move(reply)})) {
    world_.net.publish(stranger_, 1, std::move(message));
  }
  core::Command command;
  command.id = id;
  command.attempt = at->second.attempt + 1;
  command.provider = "script";
  command.config = command.inputs = "{}";
  command.deadline = world_.now + core::hours(1);
  command.at = world_.now;
  command.path = {"mallory"};
  const Post order(*core::PlaneName::parse("mallory"), world_.swarm.full);
  for (auto& message : order.out(runtime::ToSite{site, std::move(command)})) {
    world_.net.publish(stranger_, 2, std::move(message));
  }
}

void Trouble::end() {
  ended_ = true;
  VirtualBroker& broker = world_.net.broker();
  if (!broker.running()) broker.start();
  broker.set_queue_limit(BrokerOptions{}.queue_limit);
  for (auto& node : world_.nodes_) {
    node->misbehave(false);
    node->fill_disk({});
    world_.net.clog(node->client(), true, {});
    world_.net.clog(node->client(), false, {});
  }
}

}  // namespace antiphon::sim
