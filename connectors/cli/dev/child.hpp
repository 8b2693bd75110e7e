// SPDX-License-Identifier: MIT
// Processes that `antiphon dev` starts and ends: none of them outlives it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/time.hpp"

namespace antiphon::cli::dev {

/// A running program. It is ended with this object, and by the kernel if this process dies.
class Child {
 public:
  /// Starts it, without the ANTIPHON_ variables of this process. Ctrl-C does not reach it. What it
  /// writes goes to `log`; with an empty one to where ours goes.
  static core::Result<Child> start(const std::string& name, const std::vector<std::string>& words,
                                   const std::filesystem::path& log);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  const std::string& name() const { return name_; }
  const std::filesystem::path& log() const { return log_; }
  /// Its exit code once it has ended, 128 and the signal if one ended it.
  std::optional<int> ended();
  /// SIGTERM, and SIGKILL if it has not ended after `patience`.
  void stop(core::Duration patience);
  int wait();

 private:
  Child(std::string name, std::filesystem::path log, pid_t pid);

  std::string name_;
  std::filesystem::path log_;
  pid_t pid_;
  std::optional<int> exit_code_;
};

/// A TCP port of loopback on which nobody listens.
core::Result<int> free_port();

}  // namespace antiphon::cli::dev
