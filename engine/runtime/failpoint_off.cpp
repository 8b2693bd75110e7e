// SPDX-License-Identifier: MIT
#include "engine/runtime/failpoint.hpp"

namespace antiphon {

void failpoint(std::string_view) {}

}  // namespace antiphon
