// SPDX-License-Identifier: MIT
// The process of a plane: how it begins, takes steps and ends.
#include "tests/sim/node.hpp"

#include <algorithm>

#include "engine/store/records.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

constexpr core::Duration session_expiry = core::days(14);

}  // namespace

Node::Node(World& world, core::PlaneName name, std::vector<core::PlaneName> parents)
    : world_(world),
      name_(std::move(name)),
      parents_(std::move(parents)),
      client_(world.net.add([this](const Packet& packet) { receive(packet); })),
      post_(name_, world.swarm.full),
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
  }
  connect();
  wake_in(process_->plane->patience());
}

runtime::PlaneOptions Node::options() {
  runtime::PlaneOptions options;
  options.plane.self = name_;
  options.plane.providers = &providers();
  options.plane.parents.insert(parents_.begin(), parents_.end());
  options.plane.offers = {"script", "mock", "delay"};
  options.program_version = "sim";
  options.watch = this;
  return options;
}

void Node::stop() {
  if (!up()) return;
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
  if (tape_) tape_->entries.clear();
  world_.marks.hit(Mark::journal_lost);
}

// ---- the bus

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
  const core::Instant at = world_.now + time;
  if (process_->wake && *process_->wake <= at) return;
  process_->wake = at;
  world_.agenda.put(at, [this, at, process = processes_] {
    if (process == processes_ && up() && process_->wake == at) step();
  });
}

void Node::step() {
  process_->wake.reset();
  runtime::Plane& plane = *process_->plane;
  const std::size_t most = plane.cautious() ? 1 : static_cast<std::size_t>(world_.swarm.batch_most);
  std::vector<runtime::Envelope> envelopes;
  while (envelopes.size() < most && !process_->inbox.empty()) {
    envelopes.push_back(std::move(process_->inbox.front()));
    process_->inbox.pop_front();
  }
  if (envelopes.size() > 3) world_.marks.hit(Mark::batch_of_many);
  ++world_.steps;
  note(Tape::Kind::step);
  if (tape_) {
    for (const auto& one : envelopes)
      tape_->entries.back().told.emplace_back(one.inbound, one.delivery);
  }
  try {
    const Boundaries boundaries(world_, *this);
    plane.step(envelopes);
    pass("after-effects");
  } catch (const Crash& crash) {
    if (tape_) tape_->entries.back().died_at = crash.boundary;
    die();
    return;
  }
  check_runs();
  wake_in(process_->inbox.empty() ? plane.patience() : core::milliseconds(1));
}

void Node::send(runtime::Outbound message) {
  claims_.note(message);
  if (const auto* site = std::get_if<runtime::ToSite>(&message)) {
    if (const auto* command = std::get_if<core::Command>(&site->message)) {
      sent_.insert(command->id);
      world_.sent(*this, site->site, *command);
    }
  }
  for (MessagePtr& out : post_.out(message)) {
    pass("before-publish");
    if (world_.tracing()) world_.say(name_.text() + " says " + out->topic + " " + out->payload);
    const PacketId id = out->qos == 0 ? 0 : 1;
    world_.net.publish(client_, id, std::move(out));
  }
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
  if (process_ && process_->plane && ++looks_ % 8 == 0) {
    world_.broken(*this, process_->plane->check_memory());
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
