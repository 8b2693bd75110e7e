// SPDX-License-Identifier: MIT
// A machine's detached work, as the script provider has it: a run folder for each piece, which
// outlives the plane's process, and a process tree that outlives it too, but not the machine.
// A proxy's question to a runner has the folder, and ends with the process.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "engine/runtime/worker.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/marks.hpp"

namespace antiphon::sim {

class Machine final : public runtime::Worker {
 public:
  struct Events {
    /// A process tree begins.
    std::function<void(const runtime::Work&)> begun;
    /// To the plane's process, if there is one.
    std::function<void(runtime::WorkReport)> report;
  };

  Machine(const core::Instant& now, Agenda& agenda, Dice dice, Marks& marks, Events events);

  /// Scripts fail, hang and end unseen from now on, or no longer.
  void misbehave(bool on) { misbehaves_ = on; }

  /// Power off and on: what ran is gone, its folders say that it had begun.
  void reboot();
  /// A new disk.
  void lose_disk() { folders_.clear(); }
  /// The plane's process has died: nobody waits for reports.
  void orphan();

  void start(const runtime::Work& work) override;
  void stop(const core::TaskId& id, int attempt) override;
  void forget(const core::TaskId& id, int attempt) override;
  void close() override { orphan(); }

 private:
  struct Folder {
    runtime::Work work;
    std::uint64_t run = 0;  ///< which process tree; 0: none lives
    std::optional<runtime::WorkReport> result;
    bool watched = false;
  };
  using Key = std::pair<core::TaskId, int>;

  void begin(const runtime::Work& work);
  void end(const Key& key, std::uint64_t run, int status);
  void say(const Folder& folder, runtime::WorkReport::Kind kind);
  void tell(runtime::WorkReport report);

  const core::Instant& now_;
  Agenda& agenda_;
  Dice dice_;
  Marks& marks_;
  Events events_;
  std::map<Key, Folder> folders_;
  std::uint64_t runs_ = 0;
  std::uint64_t watchers_ = 1;  ///< counts the plane's processes
  bool misbehaves_ = false;
};

}  // namespace antiphon::sim
