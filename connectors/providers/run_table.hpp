// SPDX-License-Identifier: MIT
// The plane's side of the script runs: which run, which wait, what became of each. One thread uses
// it.
#pragma once

#include <poll.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "connectors/providers/run_folder.hpp"
#include "connectors/providers/script_options.hpp"
#include "connectors/providers/script_request.hpp"
#include "connectors/providers/unique_fd.hpp"
#include "connectors/providers/waiting_line.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::providers {

class RunTable {
 public:
  using Report = std::function<void(runtime::WorkReport)>;

  RunTable(ScriptOptions options, Report report);

  /// The port's verbs (engine/runtime/worker.hpp).
  void start(Waiting waiting);
  void stop(const core::TaskId& id, int attempt);
  void forget(const core::TaskId& id, int attempt);

  /// Begins the one that waits longest, if another may run; false: none did. One at a time, because
  /// the disk may be slow.
  bool launch_next();

  /// Adds what has to be polled for.
  void watch(std::vector<pollfd>& fds) const;
  /// Looks after those of watch()'s descriptors that something happened to.
  void awake(const std::vector<pollfd>& fds);

 private:
  struct Running {
    Piece piece;
    UniqueFd process;  ///< a pidfd of the runner
    UniqueFd begun;    ///< ends when the runner has claimed the run, or died; none: that was told
    bool forgotten = false;  ///< its end is nobody's business
  };
  /// What a run folder shows.
  enum class State { none, unclaimed, never, alive, gone, ended };
  struct Sight {
    State state = State::none;
    RunClaim claim{};
    UniqueFd process{};
    RunResult result{};
  };

  RunFolder folder_of(const std::string& name) const { return RunFolder(runs_ / name); }
  static Sight look_at(const RunFolder& folder);
  /// Reports what the sight says; false: it says nothing final yet.
  bool conclude(const Piece& piece, Sight& sight);
  void adopt(const std::string& name, const Piece& piece, Sight& sight);
  void stop_unknown(const std::string& name);
  core::Result<void> launch(const std::string& name, const Waiting& waiting);
  core::Result<void> spawn_runner(const std::string& name, const Piece& piece);
  RunOrder order_for(const Waiting& waiting, const ScriptCall& call) const;
  void note_begun(const std::string& name);
  void note_end(const std::string& name);
  void told(const Piece& piece, int status, std::string error);
  void told(const Piece& piece, runtime::WorkReport::Kind kind);

  ScriptOptions options_;
  std::filesystem::path runs_;
  Report report_;
  std::map<std::string, Running> running_;
  WaitingLine line_;
};

}  // namespace antiphon::providers
