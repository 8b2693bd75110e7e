// SPDX-License-Identifier: MIT
// A store that ends with the process: the same rows and rules as the durable one, for scenarios and
// the simulator.
#pragma once

#include <memory>

#include "engine/store/store.hpp"

namespace antiphon::store {

/// Never throws for want of room; a rule that the durable store enforces (unique ids, rows that an
/// update needs) throws here too.
std::unique_ptr<Store> make_memory_store(const core::PlaneName& plane, const Minted& minted);

/// The committed rows of a store of make_memory_store, as after a restart of its process: the boot
/// counts up, `clean` says whether close() was called. The old object has no transaction open and
/// is used no more.
std::unique_ptr<Store> reopen_memory_store(Store& old);

}  // namespace antiphon::store
