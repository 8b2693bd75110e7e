// SPDX-License-Identifier: MIT
// What a reconciler's status says of how far an object is, in our words or in Symphony's.
#pragma once

#include <string>

#include "engine/core/object.hpp"

namespace antiphon::core {

struct ObjectProgress {
  enum class State { open, succeeded, failed };
  State state = State::open;
  std::int64_t failed = 0;  ///< deployments that failed; 1 where a failed one gives no number
  std::string error;        ///< why it failed
};

/// `state` of a status, else `provisioningStatus.status` (Symphony's), as written; empty: it says
/// none.
std::string object_state(const JsonText& status);

/// A status of succeeded, ready, deployed or done, in any case, has succeeded; failed or error has
/// failed; any other is open. So is no status, or none since the document changed.
ObjectProgress progress_of(const Object& object);

}  // namespace antiphon::core
