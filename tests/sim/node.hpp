// SPDX-License-Identifier: MIT
// A control plane on a machine of its own. Its process comes and goes, at boundaries too; its disk
// and its work stay. The plane in it is the real one; around it are a virtual clock, a virtual
// network and virtual scripts.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/invariants.hpp"
#include "engine/runtime/plane.hpp"
#include "tests/sim/claims.hpp"
#include "tests/sim/post.hpp"
#include "tests/sim/tape.hpp"
#include "tests/sim/work.hpp"

namespace antiphon::sim {

class World;

/// Thrown at a boundary: the process is gone.
struct Crash {
  std::uint64_t boundary = 0;  ///< counted from 1 in this step of the plane
};

/// Thrown at a boundary before a commit: nothing is written.
struct NoRoom : store::StoreError {
  explicit NoRoom(std::uint64_t at) : StoreError(Kind::full, "no room"), boundary(at) {}
  std::uint64_t boundary;  ///< counted from 1 in this step of the plane
};

class Node final : public runtime::Messenger, public runtime::Watch, public runtime::Clock {
 public:
  Node(World& world, core::PlaneName name, std::vector<core::PlaneName> parents);
  ~Node() override;

  const core::PlaneName& name() const { return name_; }
  bool up() const { return process_ != nullptr; }
  bool on_bus() const;
  /// Since when it has been on the bus without a break.
  std::optional<core::Instant> on_bus_since() const;

  // What happens to it.
  void boot();
  void stop();  ///< in order
  void die();
  void reboot();
  void lose_disk();
  bool lost_disk() const { return lost_disk_; }
  const std::vector<core::PlaneName>& parents() const { return parents_; }
  void fill_disk(core::Duration time);  ///< from now on; nothing: it has room again
  void misbehave(bool on) { machine_.misbehave(on); }
  void set_clock(core::Duration ahead) { ahead_ = ahead; }
  core::Duration clock_ahead() const { return ahead_; }
  /// What the plane's own time is, or was, at an instant of the world since its start.
  core::Instant own_time(core::Instant at) const { return own_start_ + (at - booted_); }
  core::Instant booted() const { return booted_; }
  /// Whether its disk has had room all that time.
  bool had_room_for(core::Duration time) const;
  /// How many of its processes have died while they were at a message of this fingerprint.
  int deaths_with(const std::string& fingerprint) const;
  /// What is done to a disk that has nothing on it.
  void when_new(std::function<void(store::Store&)> prepare) { prepare_ = std::move(prepare); }
  ClientIndex client() const { return client_; }

  /// Beyond what it says of itself by the bus; null while the process is down.
  const runtime::Plane* plane() const;
  store::Store& disk() const { return *disk_; }
  store::Reader& reader() const { return *reader_; }
  /// Commands that this process has sent, with their repeats.
  const std::set<core::TaskId>& sent() const { return sent_; }
  /// Notes all that it is told from now on; to be called before its first start.
  void record() { tape_.emplace(); }
  /// What is played from the tape is not what the plane has; empty: it is, or there is no tape.
  std::string differs_from_tape();

  /// Every run as text, for hashes and comparisons.
  std::string dump() { return sim::dump(*disk_, *reader_); }

  // runtime::Messenger, Watch, Clock
  void send(runtime::Outbound message) override;
  void listen(std::vector<std::string> filters) override;
  void applying(const core::Slice& slice, const core::Event& event) override;
  void applied(const core::Slice& slice, const core::Event& event,
               const core::Outcome& outcome) override;
  core::Instant wall() override;
  core::Duration monotonic() override;

 private:
  /// What is gone with the process.
  struct Process {
    std::unique_ptr<runtime::Plane> plane;
    std::deque<Deliver> received;
    std::deque<runtime::Envelope> inbox;
    std::optional<std::vector<runtime::Envelope>> in_hand;  ///< whose commit has found no room
    int uncommitted = 0;  ///< durable envelopes of the message that blocks the receiving thread
    bool connected = false;
    std::optional<core::Instant> on_bus_since;
    std::vector<std::string> triggers;
    std::optional<core::Instant> wake;
    std::uint32_t subscriptions = 0;
  };

  void receive(const Packet& packet);
  void on(const Connack& connack);
  void on(const Suback& suback);
  void on(const Closed& closed);
  void on(const Deliver& copy);
  void on(const Puback&) {}
  void on(const Unsuback&) {}
  void connect();
  void subscribe(const std::vector<std::string>& filters);
  void read_messages();
  void take_in(const Deliver& copy);
  void post(runtime::Inbound inbound, runtime::Delivery delivery = {},
            std::function<void()> committed = {});
  void report(runtime::WorkReport report);
  void work_begun(const runtime::Work& work);
  void wake_in(core::Duration time);
  void step();
  std::vector<runtime::Envelope> take();
  void try_step(std::vector<runtime::Envelope>& envelopes);
  void died_with(const std::vector<runtime::Envelope>& envelopes);
  void open_disk();
  runtime::PlaneOptions options();
  core::Seed draw();
  void note(Tape::Kind kind);
  void check_runs();
  void check_lanes();
  void check_run(const core::ActivationId& id);

  World& world_;
  core::PlaneName name_;
  std::vector<core::PlaneName> parents_;
  ClientIndex client_;
  Post post_;
  Dice dice_;
  Machine machine_;
  Claims claims_;
  std::optional<Tape> tape_;
  std::unique_ptr<store::Store> disk_;
  std::unique_ptr<store::Reader> reader_;
  bool sqlite_;  ///< in full mode hq always, of the others each tenth: files take their time
  std::uint64_t looks_ = 0;
  bool lost_disk_ = false;
  std::string file_;
  std::function<void(store::Store&)> prepare_;
  std::unique_ptr<Process> process_;
  std::uint64_t processes_ = 0;
  core::Instant booted_;
  core::Instant own_start_;
  core::Duration ahead_{};
  core::Instant full_until_{};
  std::map<std::string, int> deaths_with_;
  std::map<core::ActivationId, core::RunRecord> checked_;
  std::set<core::ActivationId> touched_;
  std::set<core::TaskId> sent_;
};

}  // namespace antiphon::sim
