// SPDX-License-Identifier: MIT
#include "engine/core/apply.hpp"

#include <variant>

#include "engine/core/handlers/handlers.hpp"

namespace antiphon::core {

Outcome apply(Slice& slice, const Event& event) {
  std::visit([&slice](const auto& happened) { handle(slice, happened); }, event);
  slice.save();
  return std::move(slice.outcome);
}

}  // namespace antiphon::core
