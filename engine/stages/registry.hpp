// SPDX-License-Identifier: MIT
// The providers a plane has. A new one is its function, one line here, and a row in the tests.
#pragma once

#include "engine/core/provider.hpp"

namespace antiphon::stages {

/// Who carries each out, what a restart makes of it, and whether a parent's command may run it when
/// the configuration names no offers (docs/site-protocol.md, Commands).
core::Providers standard_providers();

}  // namespace antiphon::stages
