// SPDX-License-Identifier: MIT
#include "engine/runtime/loop.hpp"

#include <spdlog/spdlog.h>

#include <future>

namespace antiphon::runtime {
namespace {

constexpr core::Duration full_disk_pause = core::seconds(1);

}  // namespace

Loop::Loop(Plane& plane, store::Store& store, Messenger& messenger, Clock& clock)
    : plane_(plane), queries_(store, messenger, clock) {}

bool Loop::post(Inbound inbound, Delivery delivery) {
  if (auto* query = std::get_if<core::QueryRequest>(&inbound)) {
    queries_.ask(std::move(*query));
    return true;
  }
  return inbox_.post({std::move(inbound), std::move(delivery), {}});
}

void Loop::post_durable(Inbound inbound, Delivery delivery) {
  std::promise<void> committed;
  const bool posted = inbox_.post(
      {std::move(inbound), std::move(delivery), [&committed] { committed.set_value(); }});
  static_cast<void>(posted);  // not posted: nobody will ever say that it is committed
  committed.get_future().wait();
}

void Loop::stop() {
  stopping_ = true;
  inbox_.nudge();
}

void Loop::run() {
  plane_.recover();
  while (!stopping_) {
    const std::size_t most = plane_.cautious() ? 1 : core::limits::batch_events;
    auto envelopes = inbox_.take(most, plane_.patience());
    step(envelopes);
  }
  inbox_.close();
}

/// Tries again while the disk is full, and takes nothing in meanwhile.
void Loop::step(std::vector<Envelope>& envelopes) {
  for (bool full = false;; full = true) {
    try {
      plane_.step(envelopes);
      if (full) spdlog::info("the disk has room again; going on");
      return;
    } catch (const store::StoreError& error) {
      if (error.kind() != store::StoreError::Kind::full) throw;
      if (!full) spdlog::error("the disk is full; nothing is taken in until there is room");
      if (stopping_) return;
      inbox_.pause(full_disk_pause);
    }
  }
}

}  // namespace antiphon::runtime
