// SPDX-License-Identifier: MIT
// The http provider's part of a plane's configuration.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/limits.hpp"

namespace antiphon::providers {

struct HttpOptions {
  std::filesystem::path
      state_dir;   ///< the plane's own; what was begun is noted below <state_dir>/http
  std::string ca;  ///< certificates to trust besides the system's; empty: none
  std::vector<std::string> hosts;  ///< "host", "host:port" or "*.domain"; empty: any
  std::size_t max_running = core::limits::running_requests;
};

}  // namespace antiphon::providers
