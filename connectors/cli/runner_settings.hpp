// SPDX-License-Identifier: MIT
// What `antiphon runner` can be told, in one table, which docs/stage-runner.md shows too, and the
// same, checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/runner/http_door.hpp"
#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/time.hpp"

namespace antiphon::cli {

struct RunnerFlag {
  std::string_view name;      ///< without the dashes
  std::string_view fallback;  ///< the default, as people write it; empty: none
  std::string_view meaning;
  bool list = false;
};

const std::vector<RunnerFlag>& runner_flags();

/// "http-user" -> "ANTIPHON_RUNNER_HTTP_USER".
std::string environment_of(const RunnerFlag& flag);

/// The rows of the page's table.
std::string runner_flags_table();

/// Values by flag, as they were written.
using RunnerFlags = std::map<std::string, std::vector<std::string>, std::less<>>;

struct RunnerConfig {
  core::PlaneName name;
  bus::BusOptions bus;  ///< where the broker is and who asks there
  std::string request_topic;
  std::string response_topic;
  std::optional<runner::HttpOptions> http;
  std::vector<std::string> scripts;
  std::string files;
  std::vector<std::string> http_hosts;  ///< that the provider `http` may ask; empty: any
  std::vector<core::PlaneName> sites;
  std::size_t running = 16;
  core::Duration timeout;
  core::Duration stop_timeout;
  std::string log_level;
  std::string log_format;
};

/// All that is wrong is in one error, a line each.
core::Result<RunnerConfig> check_runner(const RunnerFlags& flags);

/// For `--check`; passwords are not in it.
std::string to_text(const RunnerConfig& config);

}  // namespace antiphon::cli
