// SPDX-License-Identifier: MIT
// Internal to the table of states and events: what a rule is made of.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/transitions.hpp"

namespace antiphon::core {

/// A set of kinds of events.
struct Events {
  std::uint64_t bits = 0;

  constexpr Events() = default;
  constexpr Events(EventKind kind) : bits(std::uint64_t{1} << static_cast<unsigned>(kind)) {}
  constexpr bool has(EventKind kind) const { return (bits & Events(kind).bits) != 0; }
};
static_assert(event_kinds <= 64);

constexpr Events operator|(Events a, Events b) {
  a.bits |= b.bits;
  return a;
}
constexpr Events operator|(EventKind a, EventKind b) {
  return Events(a) | Events(b);
}
constexpr Events operator-(Events a, Events b) {
  a.bits &= ~b.bits;
  return a;
}

/// A set of states of one kind of row. As what comes after, it may hold `stays`.
struct States {
  unsigned bits = 0;

  constexpr bool has(StateNumber state) const { return (bits >> state & 1U) != 0; }
};

constexpr States operator|(States a, States b) {
  return {a.bits | b.bits};
}
constexpr States operator-(States a, States b) {
  return {a.bits & ~b.bits};
}

constexpr States state_bit(StateNumber state) {
  return {1U << state};
}

/// It stays in its state. Of what is none yet: nothing is made.
inline constexpr States stays{1U << 14U};
/// And its row is not touched.
inline constexpr States untouched{stays.bits | 1U << 15U};
/// The event cannot meet it.
inline constexpr States never{};

struct Rule {
  Events on;
  States in;
  States then;
  std::string_view why;
};

/// Each cell of the entity has one.
std::span<const Rule> rules_of(Entity entity);

}  // namespace antiphon::core
