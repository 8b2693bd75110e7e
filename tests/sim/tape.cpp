// SPDX-License-Identifier: MIT
#include "tests/sim/tape.hpp"

#include <algorithm>

#include "engine/store/memory_store.hpp"
#include "engine/store/records.hpp"
#include "tests/contracts/store_rows.hpp"
#include "tests/scenarios/print.hpp"
#include "tests/sim/node.hpp"
#include "tests/sim/post.hpp"

namespace antiphon::sim {
namespace {

/// Work is begun by nobody: what came of it is on the tape.
class NoWork final : public runtime::Worker {
 public:
  void start(const runtime::Work&) override {}
  void stop(const core::TaskId&, int) override {}
  void forget(const core::TaskId&, int) override {}
  void close() override {}
};

class Player final : public runtime::Messenger, public runtime::Clock {
 public:
  Player(runtime::PlaneOptions options, bool json)
      : options_(std::move(options)),
        post_(options_.plane.self, json,
              {options_.plane.parents.begin(), options_.plane.parents.end()}) {
    options_.watch = nullptr;
    store_ =
        store::make_memory_store(options_.plane.self, {std::string(32, '1'), std::string(32, '2')});
  }

  store::Store& store() { return *store_; }

  void play(const Tape::Entry& entry) {
    wall_ = entry.wall;
    monotonic_ = entry.monotonic;
    drawn_ = &entry.drawn;
    next_ = 0;
    std::uint64_t passed = 0;
    set_boundary([&](std::string_view) {
      if (++passed == entry.died_at) throw Crash{};
      if (passed == entry.full_at) throw NoRoom{passed};
    });
    try {
      perform(entry);
    } catch (const Crash&) {
      plane_.reset();
    } catch (const NoRoom&) {
    }
    set_boundary(nullptr);
  }

  void send(runtime::Outbound message) override {
    const auto messages = post_.out(message);
    for (std::size_t i = 0; i < messages.size(); ++i) pass("before-publish");
  }
  void listen(std::vector<std::string>) override {}
  core::Instant wall() override { return wall_; }
  core::Duration monotonic() override { return monotonic_; }

 private:
  void perform(const Tape::Entry& entry) {
    if (entry.kind == Tape::Kind::boot) {
      plane_.reset();
      if (booted_) store_ = store::reopen_memory_store(*store_);
      booted_ = true;
      plane_ = std::make_unique<runtime::Plane>(options_, *store_, *this, work_, *this,
                                                [this] { return draw(); });
      plane_->recover();
    } else if (entry.kind == Tape::Kind::stop) {
      plane_.reset();
      store_->close();
    } else {
      if (!entry.again) {
        told_.clear();
        for (const auto& [inbound, delivery] : entry.told) told_.push_back({inbound, delivery, {}});
      }
      plane_->step(told_);
      pass("after-effects");
    }
  }

  /// More than was drawn the first time: it has gone another way, and will be found to differ.
  core::Seed draw() { return next_ < drawn_->size() ? (*drawn_)[next_++] : core::Seed{}; }

  runtime::PlaneOptions options_;
  Post post_;
  NoWork work_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runtime::Plane> plane_;
  std::vector<runtime::Envelope> told_;
  bool booted_ = false;
  core::Instant wall_;
  core::Duration monotonic_;
  const std::vector<core::Seed>* drawn_ = nullptr;
  std::size_t next_ = 0;
};

std::function<void(std::string_view)>& boundary() {
  static std::function<void(std::string_view)> boundary;
  return boundary;
}

}  // namespace

void set_boundary(std::function<void(std::string_view)> wanted) {
  boundary() = std::move(wanted);
}

void pass(std::string_view where) {
  if (boundary()) boundary()(where);
}

std::string play(const Tape& tape, const runtime::PlaneOptions& options, bool json,
                 const std::function<void(store::Store&)>& prepare) {
  Player player(options, json);
  if (prepare) prepare(player.store());
  for (const Tape::Entry& entry : tape.entries) player.play(entry);
  const bool stopped = !tape.entries.empty() && tape.entries.back().kind == Tape::Kind::stop;
  return stopped ? std::string() : dump(player.store(), *player.store().reader());
}

std::string dump(store::Store& store, store::Reader& reader) {
  std::string text;
  std::vector<core::ActivationId> ids;
  store::each_activation(reader, [&](const core::Activation& run) { ids.push_back(run.id); });
  std::sort(ids.begin(), ids.end());
  for (const auto& id : ids) text += scenarios::dump_run(store::load_record(reader, id));
  const auto add = [&](const auto& found) {
    for (const auto& row : found) text += test::shown(row) + "\n";
  };
  constexpr std::size_t all = 500;
  add(reader.campaigns({{}, all}));
  add(reader.sites({{}, all}));
  add(reader.rejects({{}, all}));
  const auto rows = store.begin();
  add(rows->triggers());
  for (const core::Lane& lane : rows->lanes({}, all)) {
    const core::LaneRecord record = store::load_lane(*rows, lane);
    add(std::vector{lane});
    add(record.events);
  }
  return text + "last instant " + std::to_string(rows->last_instant().ms) + "\n";
}

}  // namespace antiphon::sim
