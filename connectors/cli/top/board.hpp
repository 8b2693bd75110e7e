// SPDX-License-Identifier: MIT
// What `antiphon top` shows, as text: the open runs, the sites, and how much happened in the last
// minute.
#pragma once

#include <cstddef>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/messages.hpp"

namespace antiphon::cli::top {

/// What a plane answered.
struct Known {
  nlohmann::json runs = nlohmann::json::array();  ///< open ones, as a query has them
  nlohmann::json sites = nlohmann::json::array();
  bool more_runs = false;  ///< there are more than these
};

class Board {
 public:
  /// `title`: which plane it is. With `counting` the last minute is shown.
  Board(std::string title, bool counting) : title_(std::move(title)), counting_(counting) {}

  void know(Known known) { known_ = std::move(known); }
  /// `now` is our own clock, as is frame()'s.
  void heard(const core::LifeCycle& event, core::Instant now);

  /// At most `lines` lines; what waits for people or for too long comes first.
  std::string frame(core::Instant now, std::size_t lines) const;

 private:
  std::string counts() const;
  std::string last_minute(core::Instant now) const;
  std::string runs(core::Instant now, std::size_t most) const;
  std::string sites(std::size_t most) const;

  struct Heard {
    core::Instant at;
    std::string type;
  };
  std::string title_;
  bool counting_;
  Known known_;
  std::deque<Heard> heard_;
};

}  // namespace antiphon::cli::top
