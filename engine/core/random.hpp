// SPDX-License-Identifier: MIT
// Randomness that came in with the event: ids and jitter are drawn from it, so the same events give
// the same state.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/names.hpp"
#include "engine/core/time.hpp"

namespace antiphon::core {

/// 128 bits from the shell's entropy source, fresh for each event.
struct Seed {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

/// Draws from one seed. Two draws never give the same id; ids of different seeds are as unguessable
/// as the seeds.
class Draws {
 public:
  explicit Draws(Seed seed) : seed_(seed) {}

  /// 26 characters of the alphabet 0-9a-v: 128 bits (protocol.md, Ids).
  TaskId task_id();

  /// `count` (at most 26) characters of the same alphabet.
  std::string characters(std::size_t count);

  /// A random UUID, version 4: 01234567-89ab-4cde-8f01-23456789abcd.
  std::string uuid();

  /// `around` +-20 %, or as many thousandths as said, so that many waiters do not come back at the
  /// same moment.
  Duration jitter(Duration around, int thousandths = 200);

 private:
  Seed next();

  Seed seed_;
  std::uint64_t drawn_ = 0;
};

/// `<campaign cut to 40>-<8 random>`.
ActivationId make_activation_id(const CampaignName& campaign, Seed seed);

}  // namespace antiphon::core
