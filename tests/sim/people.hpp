// SPDX-License-Identifier: MIT
// Devices and operators: what they publish, and what has to have come of it (I2).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/messages.hpp"
#include "engine/runtime/inbound.hpp"
#include "engine/runtime/messenger.hpp"
#include "engine/store/store.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/virtual_packets.hpp"

namespace antiphon::sim {

class Node;
class World;

class People {
 public:
  /// Their campaigns run on `centre`; `which` keeps those of two centres apart.
  People(World& world, Node& centre, int which);

  /// Puts what they will do on the agenda.
  void plan();

  /// Operators resume what is paused.
  void resume_paused();

  /// Everything was said, and acknowledged by the broker.
  bool done() const { return waiting_.empty() && planned_ == 0; }

  /// `node` has acknowledged this copy to the broker.
  void taken(const Node& node, const Deliver& copy);

  /// The plane answers; what it says has to be so.
  void answered(const Node& node, const runtime::AnswerOut& out);

  /// What their centre has acknowledged was applied, and nothing was applied twice.
  void check();

 private:
  /// A message of theirs, and what has to come of it.
  struct Letter {
    MessagePtr message;
    std::int64_t number = 0;                ///< in the run's inputs; 0: no run
    bool may_start_nothing = false;         ///< a newer message may have taken its place
    std::optional<core::ActivationId> run;  ///< that it activates or acts on
    std::optional<core::Verb> verb;
    bool steps = false;
    std::optional<bool> approves{};
    bool signals = false;
    std::string token{};         ///< of a step
    std::optional<int> applied;  ///< a campaign's number
    std::optional<core::ObjectKey> object;
    bool deletes = false;  ///< the object; else it is applied
    core::Instant said;
    std::optional<core::Instant> answered;
    bool sent = false;
    bool taken = false;
  };

  void receive(const Packet& packet);
  void connect();
  /// The letter is there until the next one is put.
  Letter& put(std::string topic, core::Value payload, runtime::Inbound meaning);
  void send_waiting();
  void trigger();
  void activate();
  void act();
  void apply(int campaign);
  void change_object();
  void reconcile();
  void plan_one(core::Instant at, std::function<void()> act);
  core::Value sites();
  std::optional<core::ActivationId> some_run();
  static core::UserName ann();
  std::string answer_topic() const;
  bool contradicted(const Letter& letter, const std::function<bool(const Letter&)>& contrary) const;
  void check_act(const Letter& letter);
  void check_applied(const Letter& letter);
  void check_object(const Letter& letter);
  void check_answered(const Letter& letter, const std::set<std::string>& put_aside);
  bool excused(const Letter& letter, const std::set<std::string>& put_aside) const;
  bool may_be_put_aside(const Letter& letter) const;
  std::set<std::string> topics_put_aside();
  std::map<std::int64_t, int> runs_of_messages() const;
  void verb(const core::ActivationId& run, core::Verb verb);
  void step(const core::ActivationId& run, std::string token);
  void check_step(const Letter& letter, const core::Answer& answer);
  void vote(const core::Task& asks);
  void check_votes();
  void signal(const core::ActivationId& run);
  std::optional<core::ActivationId> some_listener();

  /// Puts campaigns on the centre's new disk; the others are applied by the bus.
  void prepare(store::Store& disk);

  World& world_;
  Node& centre_;
  core::Instant begun_;
  Dice dice_;
  ClientIndex client_;
  bool connected_ = false;
  int planned_ = 0;
  std::vector<Letter> letters_;  ///< packet ids are their places, from 1
  std::set<PacketId> waiting_;   ///< not acknowledged by the broker
  std::map<const Message*, PacketId> by_message_;
  std::map<std::pair<std::string, std::string>, std::int64_t> opened_;  ///< by run and token
  std::vector<int> campaigns_;
  std::set<int> on_disk_;
};

}  // namespace antiphon::sim
