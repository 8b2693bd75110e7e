// SPDX-License-Identifier: MIT
// Port: who looks on while a plane applies events. Simulators and tests do; nobody else.
#pragma once

#include "engine/core/effects.hpp"
#include "engine/core/events.hpp"
#include "engine/core/slice.hpp"

namespace antiphon::runtime {

class Watch {
 public:
  virtual ~Watch() = default;

  /// The slice is loaded, and nothing has been done to it.
  virtual void applying(const core::Slice& slice, const core::Event& event) = 0;

  /// Written to the transaction, which is not committed yet and may never be.
  virtual void applied(const core::Slice& slice, const core::Event& event,
                       const core::Outcome& outcome) = 0;
};

}  // namespace antiphon::runtime
