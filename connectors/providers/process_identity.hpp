// SPDX-License-Identifier: MIT
// Which process it was: a pid alone is given to another one sooner or later, after a reboot at
// once.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "connectors/providers/unique_fd.hpp"
#include "engine/core/error.hpp"

namespace antiphon::providers {

struct ProcessIdentity {
  pid_t pid = 0;                  ///< 0: nobody
  std::uint64_t start_ticks = 0;  ///< since boot, from /proc/<pid>/stat
  std::string boot_id;

  bool operator==(const ProcessIdentity&) const = default;
};

core::Result<ProcessIdentity> own_identity();

/// A pidfd of the process, which becomes readable at its end; none if it has ended (a zombie has)
/// or was of another boot.
UniqueFd open_if_alive(const ProcessIdentity& process);

/// Kills what a session's leader left behind: the processes of that session which carry `mark`
/// ("NAME=value") in their environment. The leader itself has ended.
void kill_remains(const ProcessIdentity& leader, const std::string& mark);

}  // namespace antiphon::providers
