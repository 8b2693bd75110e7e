// SPDX-License-Identifier: MIT
// The process of a plane: how it begins, takes steps and ends.
#include "tests/sim/node.hpp"

#include <algorithm>

#include "engine/core/limits.hpp"
#include "engine/store/records.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/confidential.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

constexpr core::Duration full_disk_pause = core::seconds(1);  // as in engine/runtime/loop.cpp

}  // namespace

Node::Node(World& world, core::PlaneName name, std::vector<core::PlaneName> parents)
    : world_(world),
      name_(std::move(name)),
      parents_(std::move(parents)),
      client_(world.net.add([this](const Packet& packet) { receive(packet); })),
      post_(name_, world.swarm.full, parents_),
      dice_(world.swarm.seed, name_.text()),
      machine_(world.now, world.agenda, Dice(world.swarm.seed, name_.text() + " work"), world.marks,
               {[this](const runtime::Work& work) { work_begun(work); },
                [this](runtime::WorkReport report) { this->report(std::move(report)); }}),
      sqlite_(world.swarm.full && (parents_.empty() || dice_.one_in(10))) {}

Node::~Node() {
  process_.reset();
  reader_.reset();
  disk_.reset();
  remove_virtual_disk(file_);
}

bool Node::on_bus() const {
  return process_ && process_->connected;
}

std::optional<core::Instant> Node::on_bus_since() const {
  return process_ ? process_->on_bus_since : std::nullopt;
}

const runtime::Plane* Node::plane() const {
  return process_ ? process_->plane.get() : nullptr;
}

core::Instant Node::wall() {
  return world_.now + ahead_;
}

core::Duration Node::monotonic() {
  return world_.now - booted_;
}

void Node::open_disk() {
  reader_.reset();
  disk_ = open_virtual_disk(std::move(disk_), file_, name_, sqlite_, dice_);
  reader_ = disk_->reader();
  if (prepare_ && disk_->identity().boot == 1) prepare_(*disk_);
}

void Node::boot() {
  if (up()) return;
  ++processes_;
  booted_ = world_.now;
  sent_.clear();
  open_disk();
  own_start_ = std::max(wall(), disk_->begin()->last_instant());
  world_.say(name_.text() + " starts, boot " + std::to_string(disk_->identity().boot));
  check_runs();

  process_ = std::make_unique<Process>();
  note(Tape::Kind::boot);
  try {
    const Boundaries boundaries(world_, *this);
    process_->plane = std::make_unique<runtime::Plane>(options(), *disk_, *this, machine_, *this,
                                                       [this] { return draw(); });
    process_->triggers = process_->plane->trigger_filters();
    process_->plane->recover();
  } catch (const Crash& crash) {
    if (tape_) tape_->entries.back().died_at = crash.boundary;
    world_.marks.hit(Mark::crash_in_recovery);
    die();
    return;
  } catch (const NoRoom& full) {  // the program ends; whoever watches over it starts it again
    if (tape_) tape_->entries.back().died_at = full.boundary;
    world_.marks.hit(Mark::commit_without_room);
    die();
    world_.boot_soon(*this);
    return;
  }
  connect();
  wake_in(process_->plane->patience());
}

runtime::PlaneOptions Node::options() {
  runtime::PlaneOptions options;
  options.plane.self = name_;
  options.plane.providers = &providers();
  options.plane.secrets = &secrets();
  options.plane.parents.insert(parents_.begin(), parents_.end());
  options.plane.offers = {"script", "mock", "delay", "ask", "http"};
  options.program_version = "sim";
  options.watch = this;
  return options;
}

void Node::stop() {
  if (!up()) return;
  if (!had_room_for({})) return die();  // that it ends in order cannot be noted
  note(Tape::Kind::stop);
  world_.say(name_.text() + " is stopped");
  send(process_->plane->presence(false));
  world_.net.disconnect(client_);
  process_->plane.reset();
  reader_.reset();
  disk_->close();
  process_.reset();
  machine_.orphan();
}

void Node::die() {
  if (!up()) return;
  world_.say(name_.text() + " dies");
  if (process_->in_hand) died_with(*process_->in_hand);
  process_.reset();
  machine_.orphan();
  world_.net.gone(client_);
}

void Node::reboot() {
  die();
  machine_.reboot();
}

void Node::lose_disk() {
  die();
  machine_.reboot();
  machine_.lose_disk();
  reader_.reset();
  disk_.reset();
  remove_virtual_disk(file_);
  file_.clear();
  checked_.clear();
  touched_.clear();
  claims_ = {};
  full_until_ = world_.now;
  if (tape_) tape_->entries.clear();
  lost_disk_ = true;
  world_.marks.hit(Mark::journal_lost);
}

void Node::fill_disk(core::Duration time) {
  if (time.ms == 0) {
    full_until_ = std::min(full_until_, world_.now);
  } else {
    world_.say("the disk of " + name_.text() + " is full for " + core::to_text(time));
    full_until_ = std::max(full_until_, world_.now + time);
  }
}

bool Node::had_room_for(core::Duration time) const {
  return full_until_ + time <= world_.now;
}

int Node::deaths_with(const std::string& fingerprint) const {
  const auto found = deaths_with_.find(fingerprint);
  return found == deaths_with_.end() ? 0 : found->second;
}

void Node::died_with(const std::vector<runtime::Envelope>& envelopes) {
  for (const runtime::Envelope& one : envelopes) {
    if (one.committed) ++deaths_with_[one.delivery.fingerprint];
  }
}

// ---- the loop

void Node::post(runtime::Inbound inbound, runtime::Delivery delivery,
                std::function<void()> committed) {
  process_->inbox.push_back({std::move(inbound), std::move(delivery), std::move(committed)});
  wake_in(core::milliseconds(dice_.below(3)));
}

void Node::report(runtime::WorkReport report) {
  if (up()) post(std::move(report));
}

void Node::wake_in(core::Duration time) {
  if (process_->in_hand) return;  // what comes meanwhile waits
  const core::Instant at = world_.now + time;
  if (process_->wake && *process_->wake <= at) return;
  process_->wake = at;
  world_.agenda.put(at, [this, at, process = processes_] {
    if (process == processes_ && up() && process_->wake == at) step();
  });
}

std::vector<runtime::Envelope> Node::take() {
  const bool cautious = process_->plane->cautious();
  const std::size_t most = cautious ? 1 : static_cast<std::size_t>(world_.swarm.batch_most);
  std::vector<runtime::Envelope> envelopes;
  while (envelopes.size() < most && !process_->inbox.empty()) {
    envelopes.push_back(std::move(process_->inbox.front()));
    process_->inbox.pop_front();
  }
  if (envelopes.size() > 3) world_.marks.hit(Mark::batch_of_many);
  return envelopes;
}

void Node::step() {
  process_->wake.reset();
  ++world_.steps;
  note(Tape::Kind::step);
  const bool again = process_->in_hand.has_value();
  auto envelopes = again ? *std::exchange(process_->in_hand, std::nullopt) : take();
  if (tape_) {
    tape_->entries.back().again = again;
    for (const auto& one : envelopes)
      tape_->entries.back().told.emplace_back(one.inbound, one.delivery);
  }
  try_step(envelopes);
}

/// As runtime::Loop does it: while there is no room, the same is tried again.
void Node::try_step(std::vector<runtime::Envelope>& envelopes) {
  runtime::Plane& plane = *process_->plane;
  try {
    const Boundaries boundaries(world_, *this);
    plane.step(envelopes);
    pass("after-effects");
  } catch (const Crash& crash) {
    if (tape_) tape_->entries.back().died_at = crash.boundary;
    died_with(envelopes);
    die();
    return;
  } catch (const NoRoom& full) {
    if (tape_) tape_->entries.back().full_at = full.boundary;
    world_.marks.hit(Mark::commit_without_room);
    check_runs();
    wake_in(full_disk_pause);
    process_->in_hand = std::move(envelopes);
    return;
  }
  check_runs();
  wake_in(process_->inbox.empty() ? plane.patience() : core::milliseconds(1));
}

// ---- looking on

void Node::applying(const core::Slice& slice, const core::Event& event) {
  world_.applying(*this, slice, event);
}

void Node::applied(const core::Slice& slice, const core::Event& event,
                   const core::Outcome& outcome) {
  if (slice.activation) touched_.insert(slice.activation->id);
  world_.applied(*this, slice, event, outcome);
}

void Node::work_begun(const runtime::Work& work) {
  const auto run = reader_->activation(work.key.activation);
  std::optional<core::Task> task;
  if (run) {
    for (core::Task& one : reader_->tasks(run->id, work.key.run, {{}, 500})) {
      if (one.key == work.key) task = std::move(one);
    }
  }
  world_.work_begun(*this, work, run, task);
}

/// Of what was touched, all that was committed holds (I3, I4, I5, I8 and whatever is waited for).
void Node::check_runs() {
  for (const core::ActivationId& id : touched_) check_run(id);
  touched_.clear();
  if (!claims_.empty()) {
    const auto rows = disk_->begin();
    world_.broken(*this, claims_.check(*rows));
  }
  check_lanes();
  const bool now = !sqlite_ || ++looks_ % 8 == 0;  // a query each time costs a tenth of a seed
  if (now && process_ && process_->plane) {
    world_.broken(*this, process_->plane->check_memory());
  }
}

void Node::check_lanes() {
  const auto rows = disk_->begin();
  for (core::Lane& lane : rows->lanes({}, core::limits::lanes)) {
    if (lane.waiting > 0) world_.marks.hit(Mark::run_in_line);
    if (lane.gathered > 0) world_.marks.hit(Mark::message_gathered);
    world_.broken(*this, core::check_lane(store::load_lane(*rows, std::move(lane))));
  }
}

void Node::check_run(const core::ActivationId& id) {
  if (!reader_->activation(id)) return;
  core::RunRecord record = store::load_record(*reader_, id);
  world_.broken(*this, core::check_run(record, name_));
  auto& before = checked_[id];
  if (!before.activation.id.empty()) world_.broken(*this, core::check_step(before, record));
  world_.seen(*this, before, record);
  before = std::move(record);
}

void Node::note(Tape::Kind kind) {
  if (tape_) tape_->entries.push_back({kind, wall(), monotonic()});
}

core::Seed Node::draw() {
  const core::Seed seed = dice_.seed();
  if (tape_) tape_->entries.back().drawn.push_back(seed);
  return seed;
}

std::string Node::differs_from_tape() {
  if (!tape_ || !up()) return {};
  const std::string played = play(*tape_, options(), world_.swarm.full, prepare_);
  const std::string mine = dump();
  if (played == mine) return {};
  const auto at = std::mismatch(mine.begin(), mine.end(), played.begin(), played.end()).first;
  const auto from = static_cast<std::size_t>(at - mine.begin());
  const auto start = from - std::min<std::size_t>(from, 120);
  return name_.text() + ": the same events give another state: " + mine.substr(start, 200) +
         "\nand played again: " + played.substr(start, 200);
}

}  // namespace antiphon::sim
