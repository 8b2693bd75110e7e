// SPDX-License-Identifier: MIT
// The faults of a seed: what happens to planes, machines, links and the broker, and when.
#pragma once

#include <functional>

#include "tests/sim/dice.hpp"
#include "tests/sim/swarm.hpp"
#include "tests/sim/virtual_packets.hpp"

namespace antiphon::sim {

class Node;
class World;

class Trouble {
 public:
  explicit Trouble(World& world);

  /// Puts all of it on the agenda.
  void plan();

  /// A process that died starts again before long.
  void boot_soon(Node& node);

  /// Nothing happens any more, and what was broken works again.
  void end();

 private:
  void repeat(Fault fault, std::function<void()> happen);
  void strike(Fault fault);
  Node& any_node();
  Node& any_site();
  void boot_within(Node& node, core::Duration most);
  void clog();
  void stop_broker(bool kill);
  void set_clock();
  void forge();

  World& world_;
  Dice dice_;
  ClientIndex stranger_;
  bool ended_ = false;
};

}  // namespace antiphon::sim
