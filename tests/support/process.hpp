// SPDX-License-Identifier: MIT
// Child processes of tests: started, watched, killed and always reaped, so that a failing test
// leaves nothing running.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/await.hpp"

namespace antiphon::test {

struct ProcessOptions {
  std::map<std::string, std::string> env{};  ///< added to, or replacing, what this process has
  std::filesystem::path cwd{};               ///< empty: this process's own
  std::string stdin_text{};                  ///< the child reads this, then the end of the file
  /// Where its output goes; empty: kept in memory. Either way out() and err() read it.
  std::filesystem::path out_file{};
  std::filesystem::path err_file{};
};

/// One child. `argv[0]` is looked for in PATH, /usr/sbin and /usr/local/sbin. It is killed when
/// this object goes, or the thread that started it ends (a crashed test program must leave nothing
/// behind): start children on a lasting thread.
class ChildProcess {
 public:
  explicit ChildProcess(const std::vector<std::string>& argv, const ProcessOptions& options = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void kill(int signal);

  /// Waits for its end: the exit code, or 128 + the signal that ended it. Throws after `timeout`.
  int wait(std::chrono::milliseconds timeout = patience);

  /// What it has written so far.
  std::string out() const;
  std::string err() const;

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::optional<int> exit_code_;
};

struct RunResult {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end.
RunResult run(const std::vector<std::string>& argv, const ProcessOptions& options = {},
              std::chrono::milliseconds timeout = 3 * patience);

/// A TCP port on which nothing listens on loopback. It lies below the range that the kernel takes
/// for outgoing connections: a client that keeps trying a port of that range may in the end be
/// connected to itself.
int free_port();

}  // namespace antiphon::test
