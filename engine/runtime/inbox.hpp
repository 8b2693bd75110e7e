// SPDX-License-Identifier: MIT
// The loop's one queue: everything that happens outside arrives here, from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/core/limits.hpp"
#include "engine/runtime/inbound.hpp"

namespace antiphon::runtime {

struct Envelope {
  Inbound inbound;
  Delivery delivery{};
  /// Called once by the loop, after the commit that holds what became of it.
  std::function<void()> committed{};
  bool noted = false;  ///< the plane has noted in its store that it has begun this
};

/// Bounded: who posts to a full inbox waits, so that the broker keeps what we cannot take yet.
class Inbox {
 public:
  /// False once the inbox is closed: the envelope was not taken.
  bool post(Envelope envelope);

  /// At most `limit` envelopes; waits for the first until there is one, `patience` is over, nudge()
  /// or close().
  std::vector<Envelope> take(std::size_t limit, core::Duration patience);

  /// Waits for `time`, or until nudge() or close().
  void pause(core::Duration time);

  /// Lets a waiting take() or pause() return.
  void nudge();
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable left_;
  std::deque<Envelope> waiting_;
  bool nudged_ = false;
  bool closed_ = false;
};

}  // namespace antiphon::runtime
