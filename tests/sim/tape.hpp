// SPDX-License-Identifier: MIT
// All that a plane was told and drew, step by step, and the plane that it becomes when it is told
// and draws the same again (I10). In full mode the second one has its rows in memory, so that the
// two stores are compared too.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/runtime/inbound.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::sim {

struct Tape {
  enum class Kind { boot, step, stop };
  struct Entry {
    Kind kind = Kind::step;
    core::Instant wall{};
    core::Duration monotonic{};
    std::vector<std::pair<runtime::Inbound, runtime::Delivery>> told{};
    std::vector<core::Seed> drawn{};
    bool again = false;         ///< told what the step before was told, whose commit found no room
    std::uint64_t died_at = 0;  ///< boundary of this step; 0: it lived
    std::uint64_t full_at = 0;  ///< boundary whose commit found no room; 0: none
  };
  std::vector<Entry> entries;
};

/// Every row of the plane that the tape makes, as text. `options` as the plane had them;
/// `prepare` fills a new disk.
std::string play(const Tape& tape, const runtime::PlaneOptions& options, bool json,
                 const std::function<void(store::Store&)>& prepare);

/// Every row of a store that the port lists, as text.
std::string dump(store::Store& store, store::Reader& reader);

/// Called at each boundary of the code that runs on this thread; may throw.
void set_boundary(std::function<void(std::string_view)> boundary);
void pass(std::string_view where);

}  // namespace antiphon::sim
