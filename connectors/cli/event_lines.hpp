// SPDX-License-Identifier: MIT
// Life-cycle events as lines for people: what happened where, and how long it took.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/core/messages.hpp"

namespace antiphon::cli {

class EventLines {
 public:
  /// With `name_run` each line begins with the run's id: several runs are watched at once.
  explicit EventLines(bool name_run) : name_run_(name_run) {}

  std::string line(const core::LifeCycle& event);

 private:
  std::string since(const std::string& what, core::Instant now) const;

  bool name_run_;
  std::map<std::string, core::Instant> begun_;
};

/// The event as a line for people or as one of JSON.
std::string event_line(const core::LifeCycle& event, EventLines& lines, bool json);

/// Prints event_line().
void print_event(const core::LifeCycle& event, EventLines& lines, bool json);

}  // namespace antiphon::cli
