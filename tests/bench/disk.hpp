// SPDX-License-Identifier: MIT
// The disk's limit: commits a second of the engine's own store, one small row each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "engine/store/store.hpp"
#include "tests/bench/interrupt.hpp"

namespace antiphon::bench {

class Disk {
 public:
  /// The store's file lies in `folder`.
  explicit Disk(const std::filesystem::path& folder);

  /// Commits a second.
  double measure(Milliseconds time);

 private:
  void commit_one_row();

  std::unique_ptr<store::Store> store_;
  std::int64_t rows_ = 0;
};

}  // namespace antiphon::bench
