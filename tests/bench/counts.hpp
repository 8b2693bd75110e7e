// SPDX-License-Identifier: MIT
// What the far end has counted, in memory that it shares with the benchmark: a count that is looked
// at costs neither of them a message.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

namespace antiphon::bench {

struct Counts {
  std::atomic<std::uint64_t> stages;         ///< commands answered, each task once
  std::atomic<std::uint64_t> repeats;        ///< commands answered again
  std::atomic<std::uint64_t> command_bytes;  ///< payload of the last command
  std::atomic<std::uint64_t> reply_bytes;    ///< payload of the last reply
};

/// A file of zeroed counts, mapped by both processes. Throws std::runtime_error.
class SharedCounts {
 public:
  explicit SharedCounts(const std::filesystem::path& file);
  ~SharedCounts();
  SharedCounts(const SharedCounts&) = delete;
  SharedCounts& operator=(const SharedCounts&) = delete;

  Counts* operator->() const { return counts_; }

 private:
  Counts* counts_;
};

}  // namespace antiphon::bench
