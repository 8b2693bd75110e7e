// SPDX-License-Identifier: MIT
// Chance that is the same everywhere: the simulator draws from nothing else. One Dice a part, so
// that a new draw in one part does not reshuffle the others.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/core/random.hpp"
#include "engine/core/time.hpp"

namespace antiphon::sim {

class Dice {
 public:
  Dice(std::uint64_t seed, std::string_view part) : state_(seed) {
    for (const char c : part) state_ = mixed(state_ ^ static_cast<unsigned char>(c));
  }

  /// 64 bits (splitmix64).
  std::uint64_t draw() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mixed(state_);
  }

  /// 0 to bound - 1. `bound` is small, so the bias of the remainder does not matter.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(bound));
  }
  /// Both ends included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + below(most - least + 1);
  }
  core::Duration span(core::Duration least, core::Duration most) {
    return {between(least.ms, most.ms)};
  }
  bool one_in(std::int64_t times) { return below(times) == 0; }
  bool percent(std::int64_t chance) { return below(100) < chance; }

  core::Seed seed() { return {draw(), draw()}; }

 private:
  static std::uint64_t mixed(std::uint64_t bits) {
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
    return bits ^ (bits >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace antiphon::sim
