// SPDX-License-Identifier: MIT
// Which questions were asked and how they were answered, for as long as memory allows: a question
// that comes twice is carried out once and answered twice.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/symphony/envelope.hpp"

namespace antiphon::runner {

using Reply = std::function<void(const symphony::Response&)>;

/// Any thread.
class RequestBook {
 public:
  explicit RequestBook(std::size_t kept_most = 1'000, std::size_t kept_bytes_most = 16U << 20U)
      : kept_most_(kept_most), kept_bytes_most_(kept_bytes_most) {}

  /// True: it is new, and somebody has to settle() it. Otherwise `reply` is called, now or when the
  /// first one is settled: with its answer, with 409 if the same id stood over other bytes, or with
  /// 503 if too many ask the same.
  bool take(const symphony::Request& request, const Reply& reply);

  /// Answers all who asked this. The oldest answers leave when there are too many.
  void settle(const std::string& id, const symphony::Response& response);

 private:
  struct Entry {
    std::size_t digest = 0;
    std::vector<Reply> asking;  ///< empty: it is answered
    symphony::Response response;
  };

  const std::size_t kept_most_;
  const std::size_t kept_bytes_most_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> answered_;  ///< in order
  std::size_t kept_bytes_ = 0;
};

}  // namespace antiphon::runner
