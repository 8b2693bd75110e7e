// SPDX-License-Identifier: MIT
// A script's stdout or stderr as it is kept: the beginning as it comes, the end at the end, and in
// between a line that says how much was left out. A script that prints for days costs a bounded
// file and bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "connectors/providers/unique_fd.hpp"

namespace antiphon::providers {

class CappedOutput {
 public:
  /// Keeps about `most` bytes in the file `path`. A file that cannot be written is done without:
  /// losing the log of work must not lose the work.
  CappedOutput(const std::filesystem::path& path, std::size_t most);

  void append(std::string_view bytes);

  /// Nothing more comes: the end is written.
  void finish();

  /// The last `most` bytes, or fewer.
  std::string_view tail() const;
  /// The tail is not all there was, so it may begin in the middle of a line.
  bool tail_is_cut() const { return total_ > most_; }

 private:
  void write(std::string_view bytes);

  UniqueFd file_;
  std::size_t most_;
  std::uint64_t total_ = 0;
  std::string kept_;  ///< at least the last most_ bytes, at most twice as many
};

}  // namespace antiphon::providers
