// SPDX-License-Identifier: MIT
// The runner's child: the script, from its start to the last of its processes.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "connectors/providers/capped_output.hpp"
#include "connectors/providers/run_folder.hpp"
#include "connectors/providers/unique_fd.hpp"

namespace antiphon::providers {

/// What made the script end.
enum class EndedBy {
  itself,
  cancel,  ///< SIGUSR1 to the runner
  deadline,
  host,  ///< a signal, while the runner was told to go too: the host is going down, nobody can tell
         ///< what was done
};

struct Ending {
  EndedBy by = EndedBy::itself;
  std::optional<int> exit_code;
  std::optional<int> signal;
};

/// The signals the runner listens to, blocked for this process and readable from the descriptor.
core::Result<UniqueFd> take_signals();

class ScriptProcess {
 public:
  ScriptProcess(const RunFolder& folder, const RunOrder& order, UniqueFd signals);

  /// Runs it to its end: of the script, and then of all that it left in its process group (what is
  /// to outlive it starts a session of its own). Failure: it could not be executed.
  core::Result<Ending> run();

  const CappedOutput& out() const { return out_; }
  const CappedOutput& err() const { return err_; }

 private:
  using Clock = std::chrono::steady_clock;

  core::Result<void> begin();
  void wait_for_end();
  void end_by(EndedBy cause);
  void keep_limits();
  void read_signals();
  int ms_to_next_limit() const;
  Ending collect();

  const RunFolder& folder_;
  const RunOrder& order_;
  UniqueFd signals_;
  UniqueFd child_;
  UniqueFd out_pipe_;
  UniqueFd err_pipe_;
  CappedOutput out_;
  CappedOutput err_;
  pid_t pid_ = 0;
  Clock::time_point deadline_;
  std::optional<Clock::time_point> kill_at_;
  EndedBy by_ = EndedBy::itself;
  bool host_goes_down_ = false;
};

}  // namespace antiphon::providers
