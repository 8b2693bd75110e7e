// SPDX-License-Identifier: MIT
// The thread that a plane lives on: it takes what arrives from any thread out of one inbox and has
// the plane apply it, batch by batch.
#pragma once

#include <atomic>

#include "engine/runtime/inbox.hpp"
#include "engine/runtime/plane.hpp"
#include "engine/runtime/queries.hpp"

namespace antiphon::runtime {

class Loop {
 public:
  /// The references must outlive the loop; they are the plane's own.
  Loop(Plane& plane, store::Store& store, Messenger& messenger, Clock& clock);

  /// Any thread. Returns when the message is queued; false once the loop has ended.
  bool post(Inbound inbound, Delivery delivery = {});

  /// Any thread but the loop's. Returns when what became of the message is committed. Once the
  /// loop has ended without having committed it, it does not return false but waits for the end of
  /// the process: returning would acknowledge it.
  void post_durable(Inbound inbound, Delivery delivery);

  /// Returns after stop(). Throws store::StoreError when the store fails: leave the process,
  /// nothing is lost.
  void run();

  /// Any thread. The loop ends after the batch it is in.
  void stop();

 private:
  void step(std::vector<Envelope>& envelopes);

  Plane& plane_;
  Inbox inbox_;
  QueryDesk queries_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace antiphon::runtime
