// SPDX-License-Identifier: MIT
// Answers queries on a thread and a read-only connection of its own, so that lists and history
// never hold up the loop.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/core/messages.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/messenger.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

/// The answer to one query: `items` and, if there are more, `next` for `after` (docs/protocol.md,
/// Queries). By `now` it is judged for how long something waits.
core::Answer answer_query(store::Reader& reader, const core::QueryRequest& query,
                          core::Instant now);

class QueryDesk {
 public:
  /// The references outlive it; `clock` is read on its thread.
  QueryDesk(store::Store& store, Messenger& messenger, Clock& clock);
  ~QueryDesk();
  QueryDesk(const QueryDesk&) = delete;
  QueryDesk& operator=(const QueryDesk&) = delete;

  /// Any thread. Beyond the bound the query is answered 503 at once.
  void ask(core::QueryRequest query);

 private:
  static constexpr std::size_t most_waiting = 1'000;
  void work();
  void answer(const core::QueryRequest& query, core::Answer answer);

  std::unique_ptr<store::Reader> reader_;
  Messenger& messenger_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<core::QueryRequest> waiting_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace antiphon::runtime
