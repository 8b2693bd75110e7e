// SPDX-License-Identifier: MIT
// One seed: hq, perhaps a region, their sites, a broker, devices and operators, in virtual time and
// on one thread.
// First a phase with faults, in which nothing may be broken; then one without, in which everything
// has to come to its end.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/meeting.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/marks.hpp"
#include "tests/sim/net.hpp"
#include "tests/sim/node.hpp"
#include "tests/sim/swarm.hpp"

namespace antiphon::sim {

/// How often each cell of the table of states and events was met.
using Cells = std::array<std::uint64_t, core::cell_count>;

/// What is asked of a run of one seed beside the seed.
struct Ask {
  /// Die at this boundary, counted from 1 over all planes; 0: where chance says.
  std::vector<std::uint64_t> die_at{};
  /// Rules that are not checked.
  std::set<std::string> blind{};
  std::uint64_t steps_most = 200'000;
  bool hash = false;    ///< of every row; else Result::hash says only how many steps there were
  bool replay = false;  ///< compare each plane with what its tape gives (I10)
  bool trace = false;
};

struct Result {
  std::vector<core::Violation> violations;
  std::vector<std::string> lines;  ///< with Ask::trace, all; else none
  std::uint64_t steps = 0;
  std::uint64_t boundaries = 0;
  std::uint64_t hash = 0;  ///< of how it went and, if asked for, of every row of every plane
  Marks marks;
  Cells cells{};
};

class World {
 public:
  World(Swarm swarm, Ask ask);
  ~World();

  Result run();

  // For the parts of the world.
  core::Instant now;
  Agenda agenda;
  const Swarm swarm;
  Marks marks;
  Net net;
  std::uint64_t steps = 0;  ///< that planes took

  bool tracing() const { return ask_.trace; }
  void say(const std::string& line);
  bool checks(const std::string& rule) const { return !ask_.blind.contains(rule); }
  void broken(const Node& node, std::vector<core::Violation> found);
  void broken(const std::string& rule, const std::string& text);

  // What planes do.
  void sent(const Node& from, const core::PlaneName& site, const core::Command& command);
  void acknowledged(const Node& node, const Deliver& copy);
  void answered(const Node& node, const runtime::AnswerOut& out);
  void work_begun(const Node& node, const runtime::Work& work,
                  const std::optional<core::Activation>& run,
                  const std::optional<core::Task>& task);
  void check_poll(const Node& node, const runtime::Work& work, const core::Task& task);
  void applying(const Node& node, const core::Slice& slice, const core::Event& event);
  void applied(const Node& node, const core::Slice& slice, const core::Event& event,
               const core::Outcome& outcome);
  void seen(const Node& node, const core::RunRecord& before, const core::RunRecord& after);
  void came_to_the_bus(Node& node);
  void boot_soon(Node& node);

 private:
  friend class Boundaries;
  friend class People;
  friend class Trouble;

  /// hq and the region: whose campaigns run.
  std::span<const std::unique_ptr<Node>> centres() const { return {nodes_.data(), people_.size()}; }
  std::span<const std::unique_ptr<Node>> sites() const {
    return {nodes_.data() + people_.size(), nodes_.size() - people_.size()};
  }
  void until(core::Instant end);
  void calm_down();
  void come_to_rest();
  bool at_rest();
  core::Duration slowest_clock() const;
  void check_end();
  void check_objects();
  void check_retained(const Node& node, const core::Object& object);
  void check_shared(const Node& origin, const core::Object& object, const Node& site);
  void check_sent_soon(Node& node, core::Instant since);
  void check_sent(const Node& node);
  void check_starved();
  void check_starved(const Node& centre);
  void check_late(const Node& node);
  bool rests(store::Reader& reader, const core::Activation& run);
  static std::vector<std::string> waiting_lanes(const Node& node);

  Ask ask_;
  core::TransitionCheck table_;
  Dice dice_;
  std::vector<std::unique_ptr<Node>> nodes_;           ///< hq, perhaps a region, then the sites
  std::vector<std::unique_ptr<class People>> people_;  ///< of each centre
  std::unique_ptr<class Trouble> trouble_;
  std::uint64_t boundaries_ = 0;
  std::uint64_t items_ = 0;  ///< of the agenda that have happened, looks of the checks aside
  bool faults_on_ = true;
  std::vector<core::Violation> violations_;
  std::vector<std::string> lines_;
  std::uint64_t hash_ = 0;

  using Sending = std::tuple<core::PlaneName, core::TaskId>;
  struct Said {
    core::PlaneName origin;
    int attempt = 0;  ///< the highest
  };
  std::map<Sending, Said> commands_;
  std::map<std::string, int> begun_;  ///< pieces of work, by journal, origin, task and attempt
};

/// While it lives, boundaries of the node's process are passed.
class Boundaries {
 public:
  Boundaries(World& world, Node& node);
  ~Boundaries();
  Boundaries(const Boundaries&) = delete;
  Boundaries& operator=(const Boundaries&) = delete;

 private:
  void pass(std::string_view where);

  World& world_;
  Node& node_;
  std::uint64_t passed_ = 0;
};

Result run_seed(const Swarm& swarm, const Ask& ask = {});

}  // namespace antiphon::sim
