// SPDX-License-Identifier: MIT
#include "engine/core/handlers/handlers.hpp"
#include "engine/core/signals.hpp"

namespace antiphon::core {

void handle(Slice& slice, const SignalGiven& event) {
  slice.outcome.answer = give_signal(slice, event);
}

}  // namespace antiphon::core
