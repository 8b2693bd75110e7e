// SPDX-License-Identifier: MIT
// The run folder: what plane and runner tell each other about one attempt of one task, in files
// that outlive both.
//   work.json, inputs.json   by the plane, before it starts a runner
//   started                  by the runner before the script is executed: from here on the script
//   may have run result.json              by the runner after its end stdout, stderr, work/    the
//   script's output and the folder it begins in inputs-output.json       by the script, if it wants
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/providers/process_identity.hpp"
#include "engine/core/error.hpp"
#include "engine/core/model.hpp"
#include "engine/core/value.hpp"

namespace antiphon::providers {

/// Whose work it is.
struct Piece {
  core::TaskKey key;
  core::TaskId id;
  int attempt = 1;
};

/// "<task id>.<attempt>": the name of its run folder.
std::string name_of(const core::TaskId& id, int attempt);

/// work.json: what the runner has to do.
struct RunOrder {
  Piece piece;
  std::vector<std::string> argv;  ///< [0] is executed
  std::vector<std::string> env;
  core::Duration time_left;
};

/// `started`: who took the run. `never`: nobody did and nobody will, it was cancelled first.
struct RunClaim {
  ProcessIdentity runner;
  bool never = false;
};

/// result.json: how it ended.
struct RunResult {
  int status = 0;
  core::JsonText outputs;  ///< an object
  std::string error;
  std::optional<int> exit_code;  ///< none: it did not run, or a signal ended it
  std::optional<int> signal;
};

class RunFolder {
 public:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path inputs_file() const { return path_ / "inputs.json"; }
  std::filesystem::path outputs_file() const { return path_ / "inputs-output.json"; }
  std::filesystem::path script_folder() const { return path_ / "work"; }
  std::filesystem::path out_file() const { return path_ / "stdout"; }
  std::filesystem::path err_file() const { return path_ / "stderr"; }

  bool exists() const;
  /// Makes the folder and writes order and inputs; an order of before that nobody claimed is
  /// replaced.
  core::Result<void> prepare(const RunOrder& order, std::string_view inputs) const;
  core::Result<RunOrder> order() const;

  /// True: the claim is ours alone, for ever. False: somebody else has it.
  core::Result<bool> claim(const RunClaim& claim) const;
  /// None: nobody has it. One that cannot be read is a claim of nobody alive.
  std::optional<RunClaim> claimed() const;

  core::Result<void> finish(const RunResult& result) const;
  /// None: there is none that can be read.
  std::optional<RunResult> result() const;

  /// Removes it at one stroke: it is never seen half gone.
  void drop() const;

 private:
  std::filesystem::path path_;
};

/// Removes what drop() left behind when it was interrupted.
void sweep_dropped(const std::filesystem::path& runs);

}  // namespace antiphon::providers
