// SPDX-License-Identifier: MIT
// Starting a program with nothing inherited but what is named: descriptors, environment, signals.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace antiphon::providers {

struct Program {
  std::string path;  ///< absolute
  std::vector<std::string> argv;
  std::vector<std::string> env;  ///< "NAME=value"; all that it has
  std::string folder;            ///< where it begins; empty: here
  int in = -1;                   ///< -1: /dev/null, for each of the three
  int out = -1;
  int err = -1;
  bool own_session = false;  ///< else a process group of its own
};

/// Default signal dispositions, an empty mask, no descriptor past the three. The caller reaps.
/// Failure: what the system said, also when the program cannot be executed.
core::Result<pid_t> spawn(const Program& program);

}  // namespace antiphon::providers
