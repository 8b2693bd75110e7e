// SPDX-License-Identifier: MIT
// Scripts that wait until one of those that run has ended: first come, first served, and any may
// leave.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/runtime/worker.hpp"

namespace antiphon::providers {

struct Waiting {
  runtime::Work work;
  std::chrono::steady_clock::time_point due;  ///< its deadline
};

/// Bounded by limits::waiting_scripts and limits::waiting_script_bytes. Used by one thread.
class WaitingLine {
 public:
  /// False at the bound; nothing is kept then. `name` waits at most once.
  bool push(const std::string& name, Waiting waiting);
  std::optional<Waiting> pop();
  std::optional<Waiting> remove(const std::string& name);
  std::size_t size() const { return line_.size(); }
  bool contains(const std::string& name) const { return places_.contains(name); }

 private:
  struct Place {
    std::string name;
    Waiting waiting;
  };
  Waiting take(std::map<std::uint64_t, Place>::iterator place);

  std::map<std::uint64_t, Place> line_;
  std::unordered_map<std::string, std::uint64_t> places_;
  std::uint64_t next_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace antiphon::providers
