// SPDX-License-Identifier: MIT
// A plane's disk: a memory store, or an SQLite file in a folder of this process.
#pragma once

#include <memory>
#include <string>

#include "engine/store/store.hpp"
#include "tests/sim/dice.hpp"

namespace antiphon::sim {

/// Opens the disk again as a new process does; `old` is what the last one left, or null. `file` is
/// where an SQLite one lies; empty: a new one.
std::unique_ptr<store::Store> open_virtual_disk(std::unique_ptr<store::Store> old,
                                                std::string& file, const core::PlaneName& plane,
                                                bool sqlite, Dice& dice);

/// Nobody opens it again.
void remove_virtual_disk(const std::string& file);

}  // namespace antiphon::sim
