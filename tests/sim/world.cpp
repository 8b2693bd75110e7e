// SPDX-License-Identifier: MIT
#include "tests/sim/world.hpp"

#include "engine/core/limits.hpp"
#include "engine/core/report.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/runtime/failpoint.hpp"
#include "engine/store/records.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/trouble.hpp"

namespace antiphon {

namespace sim {
namespace {

/// After the faults: everything has ended or waits for a person.
constexpr core::Duration rest_within = core::hours(2);
/// What is said again after a connect, or after a hello, is said within it, and what crawled along
/// a link has arrived.
constexpr core::Duration heard_within = core::minutes(2);
/// How often the world looks whether that is so.
constexpr core::Duration look_every = core::seconds(20);
constexpr std::size_t violations_most = 20;

core::PlaneName site_name(int n) {
  return *core::PlaneName::parse("site" + std::to_string(n));
}

}  // namespace

Boundaries::Boundaries(World& world, Node& node) : world_(world), node_(node) {
  set_boundary([this](std::string_view where) { pass(where); });
}

Boundaries::~Boundaries() {
  set_boundary(nullptr);
}

void Boundaries::pass(std::string_view where) {
  World& world = world_;
  ++passed_;
  const auto number = ++world.boundaries_;
  const auto& die_at = world.ask_.die_at;
  const bool chosen = std::find(die_at.begin(), die_at.end(), number) != die_at.end();
  const bool unlucky = die_at.empty() && world.faults_on_ && world.swarm.has(Fault::crash) &&
                       world.dice_.one_in(world.swarm.crash_one_in);
  if (!chosen && !unlucky) {
    if (where.starts_with("before-commit") && !node_.had_room_for({})) throw NoRoom{passed_};
    return;
  }
  world.say(node_.name().text() + " dies at boundary " + std::to_string(number) + ", " +
            std::string(where));
  world.marks.hit(where.starts_with("before-commit")  ? Mark::crash_before_commit
                  : where.starts_with("after-commit") ? Mark::crash_after_commit
                                                      : Mark::crash_while_sending);
  world.trouble_->boot_soon(node_);
  throw Crash{passed_};
}

void World::boot_soon(Node& node) {
  trouble_->boot_soon(node);
}

World::World(Swarm with, Ask ask)
    : now(beginning),
      swarm(std::move(with)),
      net(now, agenda, swarm.seed, swarm.latency_most),
      ask_(std::move(ask)),
      dice_(swarm.seed, "world") {
  const auto hq = *core::PlaneName::parse("hq");
  std::vector<core::PlaneName> parents{hq};
  nodes_.push_back(std::make_unique<Node>(*this, hq, std::vector<core::PlaneName>{}));
  if (swarm.region) {
    parents.push_back(*core::PlaneName::parse("region"));
    nodes_.push_back(std::make_unique<Node>(*this, parents.back(), std::vector{hq}));
  }
  const std::size_t centres = nodes_.size();
  for (int i = 1; i <= swarm.sites; ++i) {
    nodes_.push_back(std::make_unique<Node>(*this, site_name(i), parents));
  }
  if (ask_.replay) {
    for (auto& node : nodes_) node->record();
  }
  for (std::size_t i = 0; i < centres; ++i) {
    people_.push_back(std::make_unique<People>(*this, *nodes_[i], static_cast<int>(i)));
  }
  trouble_ = std::make_unique<Trouble>(*this);
}

World::~World() = default;

void World::say(const std::string& line) {
  if (!ask_.trace) return;
  lines_.push_back("+" + core::to_text(now - beginning) + " " + line);
}

void World::broken(const std::string& rule, const std::string& text) {
  if (!checks(rule) || violations_.size() >= violations_most) return;
  violations_.push_back({rule, text});
  say("BROKEN " + rule + ": " + text);
}

void World::broken(const Node& node, std::vector<core::Violation> found) {
  for (const core::Violation& one : found) broken(one.rule, node.name().text() + ": " + one.text);
}

void World::until(core::Instant end) {
  while (!agenda.empty() && agenda.next() <= end && violations_.empty()) {
    if (steps > ask_.steps_most) {
      broken("L1", "more than " + std::to_string(ask_.steps_most) + " steps, and no end");
      return;
    }
    Agenda::Item item = agenda.take();
    now = item.at;
    ++items_;
    item.happen();
  }
  if (violations_.empty()) now = end;
}

Result World::run() {
  for (auto& node : nodes_) node->boot();
  for (auto& people : people_) people->plan();
  trouble_->plan();
  check_starved();
  until(beginning + swarm.length);
  calm_down();
  come_to_rest();
  if ((swarm.has(Fault::loss) || swarm.has(Fault::queue)) && at_rest()) {
    // Of objects a broker is told again when the connection is new; all else has healed without.
    for (auto& node : nodes_) net.cut(node->client());
    come_to_rest();
  }
  if (violations_.empty()) check_end();

  Result result;
  for (auto& node : nodes_) {
    if (!node->up() || !(ask_.hash || ask_.trace)) continue;
    const std::string rows = node->dump();
    hash_ ^= std::hash<std::string>{}(rows)*31 + hash_;
    say(rows);
  }
  result.violations = std::move(violations_);
  result.lines = std::move(lines_);
  result.steps = items_;
  result.boundaries = boundaries_;
  result.hash = hash_ ^ items_ ^ (boundaries_ << 20U);
  result.marks = marks;
  result.cells = table_.met();
  result.marks.hits[static_cast<std::size_t>(Mark::message_dropped)] += net.broker().drops().full;
  return result;
}

void World::come_to_rest() {
  const core::Instant last = now + rest_within + slowest_clock();
  core::Instant busy = now;
  while (violations_.empty() && now < last) {
    if (!at_rest()) busy = now;
    if (now - busy >= heard_within) return;
    for (auto& people : people_) people->resume_paused();
    until(now + look_every);
  }
}

/// The end of the faults: everything runs, is connected, and is told to go on.
void World::calm_down() {
  say("no more faults");
  faults_on_ = false;
  trouble_->end();
  for (auto& node : nodes_) {
    if (!node->up()) node->boot();
  }
}

/// A schedule's instant is that of its plane's clock, which stays wrong.
core::Duration World::slowest_clock() const {
  core::Duration behind{0};
  for (const auto& node : nodes_) behind.ms = std::max(behind.ms, (now - node->own_time(now)).ms);
  return behind;
}

bool World::at_rest() {
  for (const auto& people : people_) {
    if (!people->done()) return false;
  }
  bool rest = true;
  for (const auto& node : nodes_) {
    store::each_activation(node->reader(), [&](const core::Activation& run) {
      rest = rest && rests(node->reader(), run);
    });
    rest = rest && waiting_lanes(*node).empty();
  }
  return rest;
}

void World::check_end() {
  for (const auto& node : nodes_) {
    store::each_activation(node->reader(), [&](const core::Activation& run) {
      if (rests(node->reader(), run)) return;
      broken("L1", node->name().text() + ": run " + run.id.text() + " is " +
                       std::string(core::to_text(run.state)) + " in stage " + run.stage + ", " +
                       core::to_text(now - run.updated) + " after its last change");
    });
  }
  for (const auto& node : nodes_) {
    for (const std::string& lane : waiting_lanes(*node)) {
      broken("L1", node->name().text() + ": lane " + lane + " still has what starts no run");
    }
  }
  for (const auto& people : people_) people->check();
  check_objects();
  if (!ask_.replay) return;
  for (auto& node : nodes_) {
    const std::string difference = node->differs_from_tape();
    if (!difference.empty()) broken("I10", difference);
  }
}

/// Lanes whose messages should have become runs: no run before them is at work, or may rest.
std::vector<std::string> World::waiting_lanes(const Node& node) {
  std::vector<std::string> waiting;
  const auto rows = node.disk().begin();
  for (core::Lane& lane : rows->lanes({}, core::limits::lanes)) {
    const core::LaneRecord record = store::load_lane(*rows, std::move(lane));
    const bool in_line = record.lane.waiting > 0 && record.busy;
    if (record.lane.gathered > 0 || (record.lane.waiting > 0 && !in_line)) {
      waiting.push_back(record.lane.id);
    }
  }
  return waiting;
}

/// It has ended, or waits for sites that do not exist and may come yet.
bool World::rests(store::Reader& reader, const core::Activation& run) {
  if (core::ended(run.state)) return true;
  if (run.run == 0) return false;
  bool waits = false;
  for (const core::Task& task : reader.tasks(run.id, run.run, {{}, 500})) {
    if (core::settled(task.state)) continue;
    const bool absent = !task.site.empty() &&
                        std::none_of(nodes_.begin(), nodes_.end(),
                                     [&](const auto& node) { return node->name() == task.site; });
    if (!absent) return false;
    waits = true;
  }
  return waits;
}

Result run_seed(const Swarm& swarm, const Ask& ask) {
  World world(swarm, ask);
  return world.run();
}

}  // namespace sim

/// The simulator's boundaries are where a test build may be killed.
void failpoint(std::string_view name) {
  const bool twice = name.find("-of-") != std::string_view::npos;
  if (!twice) sim::pass(name);
}

}  // namespace antiphon
