// SPDX-License-Identifier: MIT
// In an object of its own, which a program that defines planted() itself does not link.
#include "engine/core/planted.hpp"

namespace antiphon::core {

bool planted(Planted) {
  return false;
}

}  // namespace antiphon::core
