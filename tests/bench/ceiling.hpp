// SPDX-License-Identifier: MIT
// The bus's limit: bare requests and replies of the product's sizes through the product's own bus
// adapter, nothing decoded and nothing stored.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "connectors/bus/bus.hpp"
#include "tests/bench/counts.hpp"
#include "tests/bench/interrupt.hpp"

namespace antiphon::bench {

class Ceiling {
 public:
  explicit Ceiling(const std::string& uri);
  ~Ceiling();
  Ceiling(const Ceiling&) = delete;
  Ceiling& operator=(const Ceiling&) = delete;

  /// Round trips a second with `depth` requests unanswered all the time, each of `bytes`.
  double measure(int depth, Milliseconds time, std::size_t bytes);

 private:
  void ask();

  std::unique_ptr<bus::Bus> bus_;
  std::string request_;  ///< changed only while nothing is unanswered
  std::atomic<bool> going_ = false;
  std::atomic<std::int64_t> answered_ = 0;
  std::atomic<std::int64_t> unanswered_ = 0;
};

}  // namespace antiphon::bench
