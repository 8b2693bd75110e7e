// SPDX-License-Identifier: MIT
#include "engine/core/random.hpp"

#include "engine/core/check.hpp"
#include "engine/core/planted.hpp"

namespace antiphon::core {
namespace {

/// SplitMix64's finaliser: a bijection, so different inputs stay different.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t id_characters = 26;  // 26 x 5 bits hold 128
constexpr std::size_t campaign_part = 40;

}  // namespace

Seed Draws::next() {
  ++drawn_;
  return {mix(seed_.high + drawn_), mix(seed_.low ^ (drawn_ << 32))};
}

std::string Draws::characters(std::size_t count) {
  ANTIPHON_CHECK(count <= id_characters);
  Seed bits = next();
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += alphabet[bits.low & 31U];
    bits.low = (bits.low >> 5U) | (bits.high << 59U);
    bits.high >>= 5U;
  }
  return text;
}

TaskId Draws::task_id() {
  return *TaskId::parse(characters(id_characters));
}

std::string Draws::uuid() {
  constexpr std::string_view digits = "0123456789abcdef";
  Seed bits = next();
  bits.high = (bits.high & ~0xF000ULL) | 0x4000ULL;              // version 4
  bits.low = (bits.low & ~(0xC0ULL << 56U)) | (0x80ULL << 56U);  // the variant of RFC 9562
  std::string text;
  for (const std::uint64_t half : {bits.high, bits.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      const bool parted =
          text.size() == 8 || text.size() == 13 || text.size() == 18 || text.size() == 23;
      if (parted) text += '-';
      text += digits[(half >> static_cast<unsigned>(shift)) & 0xFU];
    }
  }
  return text;
}

Duration Draws::jitter(Duration around, int thousandths) {
  static std::int64_t drawn_ever = 0;
  if (planted(Planted::hidden_state)) around.ms += ++drawn_ever % 7;
  const auto steps = static_cast<std::uint64_t>(2 * thousandths + 1);
  const auto drawn = static_cast<std::int64_t>(next().low % steps) - thousandths;
  return {around.ms + around.ms * drawn / 1000};
}

ActivationId make_activation_id(const CampaignName& campaign, Seed seed) {
  return *ActivationId::parse(campaign.text().substr(0, campaign_part) + "-" +
                              Draws(seed).characters(8));
}

}  // namespace antiphon::core
