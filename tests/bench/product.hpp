// SPDX-License-Identifier: MIT
// What is measured: one `antiphon serve` on a store of its own, and runs of a campaign whose stages
// are all remote, kept a number in flight by activations over the bus.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "connectors/bus/bus.hpp"
#include "tests/bench/counts.hpp"
#include "tests/bench/interrupt.hpp"
#include "tests/support/process.hpp"

namespace antiphon::bench {

struct Throughput {
  double stages_per_second = 0;
  double hq_cpu_us_per_stage = 0;
};

class Product {
 public:
  /// Starts the plane and applies the campaign. `folder` gets the store and the log. Throws
  /// std::runtime_error with the plane's log.
  Product(const std::string& program, const std::string& uri, const std::filesystem::path& folder,
          const SharedCounts& counts);
  ~Product();
  Product(const Product&) = delete;
  Product& operator=(const Product&) = delete;

  /// With `depth` runs in flight all the time; afterwards none is left.
  Throughput measure(int depth, Milliseconds time);

  int pid() const { return hq_.pid(); }

 private:
  void apply(const std::string& program, const std::string& uri,
             const std::filesystem::path& folder);
  void activate(int site);
  void heard(const bus::Received& message);
  std::size_t running();
  void drain();
  [[noreturn]] void fail(const std::string& what);

  const SharedCounts& counts_;
  test::ChildProcess hq_;
  std::unique_ptr<bus::Bus> bus_;
  std::atomic<bool> ready_ = false;
  std::atomic<bool> going_ = false;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::string, int> open_;  ///< run to the site it goes to
  std::uint64_t started_ = 0;
};

}  // namespace antiphon::bench
