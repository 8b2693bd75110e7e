// SPDX-License-Identifier: MIT
// How both stores name an activation in its other rows.
#pragma once

#include <cstdint>

namespace antiphon::store {

/// Stands for an activation's id; in the order in which activations came to be.
using ActivationKey = std::int64_t;

}  // namespace antiphon::store
