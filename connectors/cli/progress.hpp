// SPDX-License-Identifier: MIT
// How far something long is, for people who wait for it.
#pragma once

#include <cstdint>
#include <string>

namespace antiphon::cli {

/// "checking hq.db [#####.....] 50 %": `done` of `all`.
std::string progress_line(const std::string& what, std::int64_t done, std::int64_t all);

/// A line on stderr that is drawn anew where it stands, and gone at the end. Only on a terminal.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::int64_t done, std::int64_t all);
  void clear();

 private:
  std::string what_;
  bool wanted_;
  std::string shown_;
};

}  // namespace antiphon::cli
